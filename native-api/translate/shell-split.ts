/**
 * Splits a command line by the rules of Python's `shlex.split`, which is what Zun and docker-py use: POSIX quoting, and no
 * expansion, operators or comments.
 * @returns null when a quotation or an escape is not closed
 */
export function shellSplit(line: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < line.length; i++) {
    const c = line.charAt(i);
    if (/[ \t\r\n]/.test(c)) {
      if (word !== null) words.push(word);
      word = null;
    } else if (c === "'" || c === '"') {
      const quoted = quotation(line, i + 1, c);
      if (quoted === null) return null;
      word = (word ?? '') + quoted.text;
      i = quoted.end;
    } else if (c === '\\') {
      i++;
      if (i === line.length) return null;
      word = (word ?? '') + line.charAt(i);
    } else {
      word = (word ?? '') + c;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

/** Text from `start` to the closing `quote`, and the place of that. Only double quotes know an escape: of themselves and of `\`. */
function quotation(line: string, start: number, quote: string): { text: string; end: number } | null {
  let text = '';
  for (let i = start; i < line.length; i++) {
    const c = line.charAt(i);
    if (c === quote) return { text, end: i };
    const next = line.charAt(i + 1);
    if (quote === '"' && c === '\\' && (next === '"' || next === '\\')) {
      text += next;
      i++;
    } else {
      text += c;
    }
  }
  return null;
}
