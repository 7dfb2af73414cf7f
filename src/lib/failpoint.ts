/**
 * Places where a test can make the process die or fail on purpose: `ZUNOVA_FAILPOINTS="create.image.before=kill"`, several
 * separated by commas. Without the variable a failpoint costs one look-up in an empty map.
 */
type Effect = 'kill' | 'error';

const armed = new Map<string, Effect>(
  (process.env['ZUNOVA_FAILPOINTS'] ?? '')
    .split(',')
    .map((entry) => entry.split('='))
    .flatMap(([name, effect]) => (name && (effect === 'kill' || effect === 'error') ? [[name, effect] as const] : [])),
);

/** @throws Error when armed with `error`; does not return when armed with `kill` */
export function failpoint(name: string): void {
  const effect = armed.get(name);
  if (effect === undefined) return;
  if (effect === 'error') throw new Error(`failpoint ${name}`);
  // The real thing: no handler of ours runs, as when the machine takes the process away.
  process.kill(process.pid, 'SIGKILL');
}
