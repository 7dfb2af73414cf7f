import { expect } from 'chai';
import { shellSplit } from '#native/translate/shell-split.js';

/** Expected values are those of Python 3's `shlex.split`. */
const ROWS: readonly (readonly [string, readonly string[] | null])[] = [
  ['', []],
  ['   ', []],
  ['"nginx" "-g" "daemon off;"', ['nginx', '-g', 'daemon off;']],
  ["/bin/sh -c 'echo hello > /data/testfile'", ['/bin/sh', '-c', 'echo hello > /data/testfile']],
  ['echo $HOME | cat # no comment', ['echo', '$HOME', '|', 'cat', '#', 'no', 'comment']],
  ['a\\ b c', ['a b', 'c']],
  ['"a\\"b" "c\\\\d" "e\\f"', ['a"b', 'c\\d', 'e\\f']],
  ["'a\\b'", ['a\\b']],
  [`a"b"'c'd`, ['abcd']],
  ['""', ['']],
  ["a '' b", ['a', '', 'b']],
  ['a\tb\nc', ['a', 'b', 'c']],
  ['ls *', ['ls', '*']],
  ['"open', null],
  ["it's", null],
  ['end\\', null],
  ['"ends in a backslash\\', null],
];

describe('shell words', () => {
  for (const [line, words] of ROWS) {
    it(JSON.stringify(line), () => expect(shellSplit(line)).to.deep.equal(words));
  }
});
