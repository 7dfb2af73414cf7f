import { expect } from 'chai';
import { Refusal } from '#nova/refusal.js';
import { hostnameFrom, serverNames } from '#nova/translate/hostname.js';
import { metadataEnvironment, metadataOptions } from '#nova/translate/options.js';
import { commandWords, shellWords } from '#nova/translate/shell-words.js';
import { SCRIPT_PATH, userData } from '#nova/translate/user-data.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('commands of users', () => {
  const rows: readonly (readonly [string, readonly string[] | null])[] = [
    ['httpd -f -p 80', ['httpd', '-f', '-p', '80']],
    ['sh -c "echo $HOME && ls *"', ['sh', '-c', 'echo $HOME && ls *']],
    ["a 'b c' d\\ e", ['a', 'b c', 'd e']],
    ['"a\\"b" "c\\d"', ['a"b', 'c\\d']],
    ["''", ['']],
    ['  ', []],
    ['a | b > c', ['a', '|', 'b', '>', 'c']],
    ["it's", null],
    ['a \\', null],
  ];
  for (const [text, words] of rows) it(`splits ${text}`, () => expect(shellWords(text)).to.deep.equal(words));

  it('takes a JSON array of strings', () => {
    expect(commandWords('["a", "b c"]')).to.deep.equal(['a', 'b c']);
    for (const bad of ['[1]', '[a', '["a"] x']) expect(commandWords(bad), bad).to.equal(null);
  });
});

describe('container options in metadata', () => {
  it('are read, and nothing else', () => {
    const options = metadataOptions({
      APP_MODE: 'demo',
      'container:command': 'sh -c ',
      'container:command.2': ' world"',
      'container:command.1': '"echo hello',
      'container:entrypoint': '["/bin/x"]',
      'container:workdir': '/srv',
      'container:user': 'web:web',
      'container:tty': 'false',
      'container:interactive': 'no',
      'container:init': '0',
      'container:restart_policy': 'on-failure:5',
      'container:auto_heal': 'true',
      'container:env.PATH_X': 'y',
      'container:label.com.example': 'v',
      'container:healthcheck': 'true',
      'container:healthcheck.interval': '10',
      'container:ports': '80, 443/tcp,53/udp',
      'container:stop_signal': 'SIGINT',
      'container:stop_timeout': '3',
      'container:ssh_user': 'deploy',
      'container:image': 'nginx:1.25',
    });
    expect(options).to.deep.equal({
      command: ['sh', '-c', 'echo hello world'],
      entrypoint: ['/bin/x'],
      workdir: '/srv',
      user: 'web:web',
      tty: false,
      interactive: false,
      init: false,
      restartPolicy: { name: 'on-failure', maximumRetryCount: 5 },
      autoHeal: true,
      healthcheck: { test: 'true', interval: 10 },
      ports: ['80/tcp', '443/tcp', '53/udp'],
      stopSignal: 'SIGINT',
      stopTimeout: 3,
      sshUser: 'deploy',
      image: 'nginx:1.25',
      environment: { PATH_X: 'y' },
      labels: { 'com.example': 'v' },
    });
  });

  const bad: readonly (readonly [string, string])[] = [
    ['container:bogus', '1'],
    ['container:constructor', '1'],
    ['container:tty', 'perhaps'],
    ['container:workdir', 'relative'],
    ['container:user', 'a b'],
    ['container:restart_policy', 'always:3'],
    ['container:restart_policy', 'sometimes'],
    ['container:env.1X', 'y'],
    ['container:label.', 'y'],
    ['container:ports', '70000'],
    ['container:ports', '80/icmp'],
    ['container:stop_signal', 'bye now'],
    ['container:stop_timeout', '-1'],
    ['container:command', "it's"],
    ['container:healthcheck.retries', '3'],
    ['container:ssh_user', '../root'],
  ];
  for (const [key, value] of bad) {
    it(`refuses ${key}=${value}`, () => {
      const shown = key === 'container:healthcheck.retries' ? 'container:healthcheck' : key;
      expect(() => metadataOptions({ [key]: value })).to.throw(Refusal, `Invalid container option ${shown}`);
    });
  }

  it('refuses mounts while there is no volume service', () => {
    expect(() => metadataOptions({ 'container:mount.1': 'v:/data' })).to.throw(Refusal, /no volume service/);
  });

  it('leave only legal names of variables to the environment', () => {
    const metadata = { A: '1', _b2: '2', '9c': '3', 'a-b': '4', 'container:tty': 'true', 'with space': '5' };
    expect(metadataEnvironment(metadata)).to.deep.equal({ A: '1', _b2: '2' });
  });
});

describe('user data', () => {
  it('that is a script runs once, before the first start', () => {
    const { files, options } = userData(base64('#!/bin/sh\necho hi\n'));
    expect(options).to.equal(null);
    expect(files).to.deep.equal([
      { path: SCRIPT_PATH, contentBase64: base64('#!/bin/sh\necho hi\n'), mode: 0o755, runAtFirstStart: true },
    ]);
  });

  it('that is a container config sets options', () => {
    const config = {
      command: ['sh', '-c', 'a b'],
      environment: { X: 1, Y: 'two' },
      labels: { a: 'b' },
      ports: [80, '53/udp'],
      tty: false,
    };
    const { files, options } = userData(base64(`#container-config\n${JSON.stringify(config)}`));
    expect(files).to.deep.equal([]);
    expect(options).to.deep.equal({
      command: ['sh', '-c', 'a b'],
      environment: { X: '1', Y: 'two' },
      labels: { a: 'b' },
      ports: ['80/tcp', '53/udp'],
      tty: false,
    });
  });

  it('that is anything else is only kept', () => {
    for (const text of ['#cloud-config\nusers: []', 'Content-Type: multipart/mixed', '', ' #!/bin/sh']) {
      expect(userData(base64(text)), text).to.deep.equal({ files: [], options: null });
    }
    expect(userData(undefined)).to.deep.equal({ files: [], options: null });
  });

  it('that is a broken config is refused', () => {
    for (const text of [
      'command: ls',
      '[]',
      '{"command": {}}',
      '{"bogus": 1}',
      '{"mounts": []}',
      '{"environment": []}',
    ]) {
      expect(() => userData(base64(`#container-config\n${text}`)), text).to.throw(Refusal, /^Invalid container option/);
    }
  });
});

describe('names of servers', () => {
  const rows: readonly (readonly [string, string | null])[] = [
    ['web1', 'web1'],
    ['My Web_Server! 1', 'my-web-server-1'],
    ['été', 't'],
    ['a.b.', 'a-b'],
    ['-x-', 'x'],
    ['東京', null],
    ['😀', null],
    ['x'.repeat(80), 'x'.repeat(63)],
  ];
  for (const [name, hostname] of rows) {
    it(`makes ${String(hostname)} of ${name}`, () => expect(hostnameFrom(name)).to.equal(hostname));
  }

  it('are numbered when there are several', () => {
    expect(serverNames('web', undefined, 2)).to.deep.equal([
      { name: 'web-1', hostname: 'web-1' },
      { name: 'web-2', hostname: 'web-2' },
    ]);
    expect(serverNames('web', 'given', 1)).to.deep.equal([{ name: 'web', hostname: 'given' }]);
    const [first, second] = serverNames('x'.repeat(70), undefined, 2).map((n) => n.hostname ?? '');
    expect(first).to.have.length(63).and.match(/-1$/);
    expect(second).to.match(/-2$/);
  });
});
