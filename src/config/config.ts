import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Joi from 'joi';
import { environmentSettings, type Tree, variableOf } from './environment.js';
import { type Config, configSchema } from './schema.js';

export type { Config } from './schema.js';

/** Where settings come from. Environment variables come before the file, `dataDir` before both. */
export interface ConfigSources {
  /** `--config`. Default: `ZUNOVA_CONFIG`, else `zunova.json` in the data directory, if there is one. */
  readonly file?: string;
  /** `--data-dir`. */
  readonly dataDir?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The settings are no good: the process must not start. `problems` has a line for each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(['The configuration is not valid:', ...problems.map((p) => `  ${p}`)].join('\n'));
  }
}

const FILE_NAME = 'zunova.json';

/**
 * Reads and checks all settings; relative paths become absolute.
 * @throws ConfigError with every problem that there is
 */
export function loadConfig(sources: ConfigSources): Config {
  const problems: string[] = [];
  const fromEnvironment = environmentSettings(sources.environment, problems);
  const dataDir = sources.dataDir ?? stringOf(fromEnvironment['dataDir']);
  const named = sources.file ?? sources.environment['ZUNOVA_CONFIG'];
  const file = named ?? join(dataDir ?? './data', FILE_NAME);
  const fromFile = readSettings(file, named !== undefined, problems);
  const given = overlay(fromFile, fromEnvironment, sources.dataDir === undefined ? {} : { dataDir: sources.dataDir });
  const checked = configSchema().validate(given, { abortEarly: false, errors: { label: false } });
  if (checked.error !== undefined || problems.length > 0) {
    throw new ConfigError([
      ...problems,
      ...(checked.error?.details ?? []).map((d) => problem(d, file, fromEnvironment)),
    ]);
  }
  return { ...checked.value, dataDir: resolve(checked.value.dataDir) };
}

function readSettings(file: string, required: boolean, problems: string[]): Tree {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (required || !missing) problems.push(`${file} cannot be read: ${String(error)}`);
    return {};
  }
  try {
    return Joi.attempt(JSON.parse(text), Joi.object<Tree>().unknown().required());
  } catch (error) {
    problems.push(`${file} is not a JSON object: ${error instanceof Error ? error.message : String(error)}`);
    return {};
  }
}

/** Later trees win, member by member. */
function overlay(...trees: readonly Tree[]): Tree {
  const all: Tree = {};
  for (const tree of trees) {
    for (const [key, value] of Object.entries(tree)) {
      const before = all[key];
      all[key] = isTree(before) && isTree(value) ? overlay(before, value) : value;
    }
  }
  return all;
}

/** Names the setting, where it was given and what is wrong. Values are left out: a database URL has a password. */
function problem(detail: Joi.ValidationErrorItem, file: string, fromEnvironment: Tree): string {
  const path = detail.path.map(String);
  const inEnvironment =
    path.reduce<unknown>((at, key) => (isTree(at) ? at[key] : undefined), fromEnvironment) !== undefined;
  const reason = detail.context?.['error'] instanceof Error ? detail.context['error'].message : detail.message;
  return `${path.join('.')} (${inEnvironment ? variableOf(path) : file}): ${reason}`;
}

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
