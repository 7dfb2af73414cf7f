import type { Healthcheck, RestartPolicy } from '#core/domain/spec.js';
import { badRequest } from '../refusal.js';
import { commandWords } from './shell-words.js';
import { booleanWord } from './words.js';

/** Container options that a user of the compute API can set (nova-api.md 5.4). Absent ones leave it to the image or the defaults. */
export interface ContainerOptions {
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly tty?: boolean;
  readonly interactive?: boolean;
  readonly init?: boolean;
  readonly privileged?: boolean;
  readonly restartPolicy?: RestartPolicy;
  readonly autoHeal?: boolean;
  readonly healthcheck?: Healthcheck;
  readonly ports?: readonly string[];
  readonly stopSignal?: string;
  readonly stopTimeout?: number;
  readonly sshUser?: string;
  readonly image?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

export const PREFIX = 'container:';
export const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?$/;
const LOGIN = /^[a-z_][a-z0-9_-]*$/;
const SIGNAL = /^((SIG)?[A-Z][A-Z0-9]*([+-]\d+)?|\d{1,2})$/;
const MAX_SECONDS = 2_147_483_647;

/** Thrown inside this file only, and worded where the name of the option is known. */
class Bad extends Error {}

const bool = (text: string): boolean => {
  const value = booleanWord(text);
  if (value === null) throw new Bad();
  return value;
};
const words = (text: string): string[] => {
  const value = commandWords(text);
  if (value === null || value.length === 0) throw new Bad();
  return value;
};
const matching =
  (pattern: RegExp) =>
  (text: string): string => {
    if (!pattern.test(text)) throw new Bad();
    return text;
  };
const seconds = (text: string): number => {
  if (!/^\d{1,10}$/.test(text) || Number(text) > MAX_SECONDS) throw new Bad();
  return Number(text);
};

/** `80,443/tcp,53/udp` as `80/tcp`, `443/tcp`, `53/udp`. */
function ports(text: string): string[] {
  return text.split(',').map((part) => {
    const [, port = '', protocol = 'tcp'] = /^\s*(\d{1,5})(?:\/(tcp|udp|sctp))?\s*$/.exec(part) ?? [];
    if (port === '' || Number(port) < 1 || Number(port) > 65_535) throw new Bad();
    return `${Number(port)}/${protocol}`;
  });
}

/** `no`, `always`, `unless-stopped`, `on-failure`, `on-failure:5`. */
function restartPolicy(text: string): RestartPolicy {
  const [, name, retries] = /^(no|always|unless-stopped|on-failure)(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (retries !== undefined && name !== 'on-failure') throw new Bad();
  if (name === 'no' || name === 'always' || name === 'unless-stopped' || name === 'on-failure') {
    return { name, maximumRetryCount: Number(retries ?? 0) };
  }
  throw new Bad();
}

type Parsed = Partial<Omit<ContainerOptions, 'environment' | 'labels'>>;

const SINGLE: Readonly<Record<string, (text: string) => Parsed>> = {
  entrypoint: (t) => ({ entrypoint: words(t) }),
  workdir: (t) => ({ workdir: matching(/^\//)(t) }),
  user: (t) => ({ user: matching(USER)(t) }),
  tty: (t) => ({ tty: bool(t) }),
  interactive: (t) => ({ interactive: bool(t) }),
  init: (t) => ({ init: bool(t) }),
  privileged: (t) => ({ privileged: bool(t) }),
  restart_policy: (t) => ({ restartPolicy: restartPolicy(t) }),
  auto_heal: (t) => ({ autoHeal: bool(t) }),
  ports: (t) => ({ ports: ports(t) }),
  stop_signal: (t) => ({ stopSignal: matching(SIGNAL)(t) }),
  stop_timeout: (t) => ({ stopTimeout: seconds(t) }),
  ssh_user: (t) => ({ sshUser: matching(LOGIN)(t) }),
  image: (t) => ({ image: matching(/^\S+$/)(t) }),
};

const COMMAND = /^command(?:\.(\d{1,3}))?$/;
const HEALTH = /^healthcheck(?:\.(interval|timeout|retries))?$/;

/**
 * Reads options from texts by name, without the prefix. `shown` gives a name as the user wrote it.
 * @throws Refusal 400 `Invalid container option <key>`
 */
export function readOptions(texts: ReadonlyMap<string, string>, shown: (name: string) => string): ContainerOptions {
  const environment: Record<string, string> = {};
  const labels: Record<string, string> = {};
  const commandParts: (readonly [number, string])[] = [];
  const health = new Map<string, string>();
  let single: Parsed = {};
  for (const [name, text] of texts) {
    try {
      const command = COMMAND.exec(name);
      const healthKey = HEALTH.exec(name);
      const read = Object.hasOwn(SINGLE, name) ? SINGLE[name] : undefined;
      if (command !== null) commandParts.push([Number(command[1] ?? 0), text]);
      else if (healthKey !== null) health.set(healthKey[1] ?? 'test', text);
      else if (name.startsWith('env.')) environment[matching(ENVIRONMENT_NAME)(name.slice(4))] = text;
      else if (name.startsWith('label.')) labels[matching(/^[^=\s]+$/)(name.slice(6))] = text;
      else if (read !== undefined) single = { ...single, ...read(text) };
      else throw new Bad();
    } catch (error) {
      throw error instanceof Bad ? badRequest(`Invalid container option ${shown(name)}`) : error;
    }
  }
  return { ...single, ...commandOf(commandParts, shown), ...healthOf(health, shown), environment, labels };
}

/** Long commands come in parts, since a metadata value has at most 255 characters. */
function commandOf(parts: (readonly [number, string])[], shown: (name: string) => string): Parsed {
  if (parts.length === 0) return {};
  const text = parts
    .sort(([a], [b]) => a - b)
    .map(([, part]) => part)
    .join('');
  const command = commandWords(text);
  if (command === null || command.length === 0) throw badRequest(`Invalid container option ${shown('command')}`);
  return { command };
}

function healthOf(given: ReadonlyMap<string, string>, shown: (name: string) => string): Parsed {
  if (given.size === 0) return {};
  const test = given.get('test');
  if (test === undefined || test.trim() === '') throw badRequest(`Invalid container option ${shown('healthcheck')}`);
  const number = (key: 'interval' | 'timeout' | 'retries'): Partial<Healthcheck> => {
    const text = given.get(key);
    if (text === undefined) return {};
    if (!/^[1-9]\d{0,6}$/.test(text)) throw badRequest(`Invalid container option ${shown(`healthcheck.${key}`)}`);
    return { [key]: Number(text) };
  };
  return { healthcheck: { test, ...number('interval'), ...number('timeout'), ...number('retries') } };
}

/** Options among the metadata of a server: keys that begin with `container:`. @throws Refusal */
export function metadataOptions(metadata: Readonly<Record<string, string>>): ContainerOptions {
  const own = Object.entries(metadata).filter(([key]) => key.startsWith(PREFIX));
  const texts = new Map(own.map(([key, value]) => [key.slice(PREFIX.length), value]));
  if ([...texts.keys()].some((name) => name.startsWith('mount.'))) {
    throw badRequest('Invalid container option container:mount: this deployment has no volume service.');
  }
  return readOptions(texts, (name) => `${PREFIX}${name}`);
}

/** Metadata that is exported to the processes of the container: every key that is a legal name of a variable. */
export const metadataEnvironment = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).filter(([key]) => ENVIRONMENT_NAME.test(key)));
