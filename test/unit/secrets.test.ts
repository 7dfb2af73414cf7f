import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeOpenrc } from '#core/config/openrc.js';
import { loadSecrets } from '#core/config/secrets.js';

describe('secrets and openrc files', () => {
  let parent: string;
  let dataDir: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'zsec-'));
    dataDir = join(parent, "o'data");
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  const write = (): string =>
    writeOpenrc({ dataDir, authUrl: 'http://127.0.0.1:5000/v3', region: "Region'One", secrets: loadSecrets(dataDir) });

  /** The OS_ variables that a shell has after sourcing the file. */
  const sourced = (file: string): Record<string, string> => {
    const script = 'set -eu; . "$1"; env -0';
    const env = { PATH: process.env['PATH'] ?? '', OS_TOKEN: 'left over', OS_CLOUD: 'left over' };
    const lines = execFileSync('sh', ['-c', script, 'sh', file], { env, encoding: 'utf8' }).split('\0');
    const pairs = lines.map((line): [string, string] => [
      line.slice(0, line.indexOf('=')),
      line.slice(line.indexOf('=') + 1),
    ]);
    return Object.fromEntries(pairs.filter(([name]) => name.startsWith('OS_')));
  };

  it('are made once, each different, for the owner only', () => {
    const first = loadSecrets(dataDir);
    expect(new Set(Object.values(first)).size).to.equal(5);
    expect(loadSecrets(dataDir)).to.deep.equal(first);
    expect(modeOf(dataDir)).to.equal('700');
    expect(readdirSync(dataDir)).to.deep.equal(['secrets.json']);
    expect(modeOf(join(dataDir, 'secrets.json'))).to.equal('600');
  });

  it('are not replaced when damaged, and not shown', () => {
    loadSecrets(dataDir);
    const file = join(dataDir, 'secrets.json');
    for (const damage of ['', '{"tokenSecret": "hunter2"}', '{"adminPassword": "hunter2']) {
      writeFileSync(file, damage);
      expect(() => loadSecrets(dataDir))
        .to.throw(/secrets\.json is damaged/)
        .and.satisfy((error: Error) => !`${error.message} ${String(error.cause)}`.includes('hunter2'));
      expect(readFileSync(file, 'utf8')).to.equal(damage);
    }
  });

  it('give a shell everything that a client needs, and nothing of an earlier login', () => {
    const file = write();
    const secrets = loadSecrets(dataDir);
    expect(sourced(file)).to.deep.equal({
      OS_AUTH_TYPE: 'password',
      OS_AUTH_URL: 'http://127.0.0.1:5000/v3',
      OS_IDENTITY_API_VERSION: '3',
      OS_USERNAME: 'admin',
      OS_PASSWORD: secrets.adminPassword,
      OS_PROJECT_NAME: 'demo',
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_DOMAIN_NAME: 'Default',
      OS_REGION_NAME: "Region'One",
    });
    expect(sourced(`${file}-demo`)).to.include({ OS_USERNAME: 'demo', OS_PASSWORD: secrets.demoPassword });
    expect(sourced(`${file}-alt`)).to.include({
      OS_USERNAME: 'alt',
      OS_PROJECT_NAME: 'alt',
      OS_PASSWORD: secrets.altPassword,
    });
    expect(sourced(`${file}-reader`)).to.include({ OS_USERNAME: 'reader', OS_PASSWORD: secrets.readerPassword });
    for (const name of readdirSync(dataDir)) expect(modeOf(join(dataDir, name)), name).to.equal('600');
  });

  it('are left alone when nothing changed', () => {
    const file = write();
    const before = statSync(file);
    write();
    expect(statSync(file).ino).to.equal(before.ino);
  });
});
