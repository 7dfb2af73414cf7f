import type { InjectedFile } from '#core/domain/spec.js';

/** Entrypoint of a container with scripts for its first start. */
export const FIRST_START = '/.zunova/first-start';
const DONE = '/.zunova/first-start.done';

/**
 * Adds the program that runs the scripts once and then becomes the main process. A script that fails is said in the log and does
 * not stop the start, as cloud-init does with user data (nova-api.md 5.5).
 */
export function withFirstStart(files: readonly InjectedFile[]): readonly InjectedFile[] {
  const scripts = files.filter((f) => f.runAtFirstStart === true);
  if (scripts.length === 0) return files;
  const quoted = scripts.map((s) => `'${s.path.replaceAll("'", `'\\''`)}'`);
  const program = [
    '#!/bin/sh',
    `if [ ! -e ${DONE} ]; then`,
    `  : > ${DONE}`,
    ...quoted.map((path) => `  ${path} || echo "user data ${path} ended with status $?" >&2`),
    'fi',
    'exec "$@"',
    '',
  ].join('\n');
  return [...files, { path: FIRST_START, contentBase64: Buffer.from(program).toString('base64'), mode: 0o755 }];
}
