import { containerLogs } from '#core/engine/read-container.js';
import { consoleArgument } from '#schemas/nova/action.js';
import { conflict } from '../../refusal.js';
import { action, type ServerAction } from './action.js';

/** The most that one answer has, from the end of the log (as Nova's libvirt driver). */
const MAX_BYTES = 100 * 1024;
/** Lines that are asked of the engine when all are wanted: more than fit into an answer of usual lines. */
const MAX_LINES = 20_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: what JSON clients of Nova never get to see (nova-api.md 4.7)
const CONTROL = /[\u0000-\u0008\u000b-\u001f]/g;

/**
 * The last `length` pieces of the log between line ends; a line end at the end of the log makes one piece, an empty one.
 * @param length null: all
 */
export function consoleText(log: Buffer, length: number | null): string {
  const text = log.subarray(Math.max(0, log.length - MAX_BYTES)).toString('utf8');
  const wanted = length === null ? text : length === 0 ? '' : text.split('\n').slice(-length).join('\n');
  return wanted.replace(CONTROL, '');
}

export const consoleActions: readonly ServerAction[] = [
  action(
    { key: 'os-getConsoleOutput', rule: 'os-console-output', role: 'member' },
    consoleArgument,
    async ({ engine, server }, argument) => {
      if (server.facts.engineId === null) throw conflict(`Instance ${server.uuid} is not ready`);
      const asked = argument.length ?? null;
      const length = asked === null || asked < 0 ? null : asked;
      const tail = Math.min(length ?? MAX_LINES, MAX_LINES);
      const log = await containerLogs(engine, server, {
        stdout: true,
        stderr: true,
        timestamps: false,
        tail,
        since: null,
      });
      return { status: 200, body: { output: consoleText(log, length) } };
    },
  ),
];
