import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Json, type UserName } from './api-client.js';
import type { Deployment } from './deployment.js';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Debian's own command-line clients, unmodified, as a user who has sourced an openrc runs them. */
export interface Cli {
  /** @throws Error with its output when the command fails */
  openstack(...args: string[]): Promise<string>;
  /** The same with `-f json`. */
  openstackJson(...args: string[]): Promise<Json>;
  nova(...args: string[]): Promise<string>;
  /** What came of it, also of a failure. */
  attempt(command: 'openstack' | 'nova' | 'zun', ...args: string[]): Promise<CliResult>;
  /** Runs `openstack` in a pseudo-terminal and types `input` when it shows `prompt`. */
  interactive(prompt: string, input: string, ...args: string[]): Promise<CliResult>;
}

const COMMAND_MS = 90_000;
const TERMINAL = fileURLToPath(new URL('./pseudo-terminal.py', import.meta.url));
const OPENRC: Readonly<Record<UserName, string>> = {
  admin: 'openrc',
  demo: 'openrc-demo',
  alt: 'openrc-alt',
  reader: 'openrc-reader',
};

export function cliOf(deployment: Deployment, user: UserName = 'admin'): Cli {
  const env = environment(join(deployment.config.dataDir, OPENRC[user]));
  const must = async (command: 'openstack' | 'nova', args: string[]): Promise<string> => {
    const result = await run(command, args, env);
    if (result.code !== 0) {
      throw new Error(`${command} ${args.join(' ')} ended with ${result.code}:\n${result.stdout}${result.stderr}`);
    }
    return result.stdout;
  };
  return {
    openstack: (...args) => must('openstack', args),
    openstackJson: async (...args) => {
      const value: unknown = JSON.parse(await must('openstack', [...args, '-f', 'json']));
      return new Json(value);
    },
    nova: (...args) => must('nova', args),
    attempt: (command, ...args) => run(command, args, env),
    interactive: (prompt, input, ...args) =>
      run('python3', [TERMINAL, prompt, input, 'openstack', ...args], { ...env, TERM: 'xterm' }),
  };
}

/** The variables that sourcing the file would set. The clients' Python must be the system's, whatever is first on the PATH. */
function environment(openrc: string): NodeJS.ProcessEnv {
  const lines = readFileSync(openrc, 'utf8').matchAll(/^export (OS_\w+)='?([^'\n]*)'?$/gm);
  const env: NodeJS.ProcessEnv = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C.UTF-8' };
  for (const [, name, value] of lines) if (name !== undefined) env[name] = value;
  return env;
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: COMMAND_MS });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

/** A table of `nova` as rows of trimmed cells by column. */
export function tableOf(text: string): Record<string, string>[] {
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf('|'))
        .split('|')
        .map((cell) => cell.trim()),
    );
  const [head, ...body] = rows;
  return body.map((cells) => Object.fromEntries(cells.map((cell, i) => [head?.[i] ?? String(i), cell])));
}

/** A two-column table (`nova show`) as one object. */
export const propertiesOf = (text: string): Record<string, string> =>
  Object.fromEntries(tableOf(text).map((row) => [row['Property'] ?? '', row['Value'] ?? '']));
