import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { TurnLines } from '#core/logging/turn-lines.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('lines of one turn', () => {
  it('are written together, in order, and those of the next turn after them', async () => {
    const written: string[] = [];
    const lines = new TurnLines((text) => written.push(text));
    lines.write('a\n');
    lines.write('b\n');
    expect(written).to.deep.equal([]);
    await turn();
    lines.write('c\n');
    await turn();
    expect(written).to.deep.equal(['a\nb\n', 'c\n']);
  });

  it('are written before the process exits, also when it fails', () => {
    for (const end of ['process.exit(3)', 'throw new Error("bad")']) {
      const program = `import { createLogger } from '#core/logging/logger.js'; createLogger('t', 'info').info('last words'); ${end};`;
      const args = ['-C', 'development', '--import', 'tsx', '--input-type=module', '-e', program];
      expect(spawnSync(process.execPath, args, { encoding: 'utf8' }).stderr).to.contain('"msg":"last words"');
    }
  });
});
