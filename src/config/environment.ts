import { configSchema } from './schema.js';

/** Settings by name, in groups, before they are checked. */
export interface Tree {
  [name: string]: unknown;
}

const PREFIX = 'ZUNOVA_';
/** Have a meaning of their own: the file to read, and hooks of the tests. */
const NOT_SETTINGS = /^ZUNOVA_(CONFIG$|TEST_|FAILPOINTS$)/;

/** `reconcile.listSeconds` -> `ZUNOVA_RECONCILE_LIST_SECONDS`. */
export const variableOf = (path: readonly string[]): string =>
  PREFIX + path.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()).join('_');

/**
 * Settings that the environment gives, as a tree of strings. An empty variable is taken as not set.
 * An unknown `ZUNOVA_` variable is a problem, for it is most likely a typing error in a known one.
 */
export function environmentSettings(
  environment: Readonly<Record<string, string | undefined>>,
  problems: string[],
): Tree {
  const settings: Tree = {};
  const known = new Map(settingPaths().map((path) => [variableOf(path), path]));
  for (const [variable, path] of known) {
    const value = environment[variable];
    if (value !== undefined && value !== '') place(settings, path, value);
  }
  for (const variable of Object.keys(environment)) {
    if (variable.startsWith(PREFIX) && !known.has(variable) && !NOT_SETTINGS.test(variable)) {
      problems.push(`${variable}: there is no such setting`);
    }
  }
  borrow(environment, settings, problems);
  return settings;
}

/** Variables that others defined, for what is not set by our own. */
function borrow(environment: Readonly<Record<string, string | undefined>>, settings: Tree, problems: string[]): void {
  const databaseUrl = environment['DATABASE_URL'];
  if (settings['databaseUrl'] === undefined && databaseUrl) settings['databaseUrl'] = databaseUrl;
  const dockerHost = environment['DOCKER_HOST'];
  if (settings['docker'] === undefined && dockerHost) {
    const socketPath = /^unix:\/\/(.+)$/.exec(dockerHost)?.[1];
    if (socketPath === undefined) {
      problems.push(`DOCKER_HOST: only unix:// sockets can be used; set ${variableOf(['docker', 'socketPath'])}`);
    } else place(settings, ['docker', 'socketPath'], socketPath);
  }
}

function place(tree: Tree, path: readonly string[], value: string): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) tree[name] = value;
  else {
    const inner: Tree = {};
    tree[name] = Object.assign(inner, tree[name]);
    place(inner, rest, value);
  }
}

/** Paths of all settings, from the schema. */
export function settingPaths(): string[][] {
  const walk = (schema: unknown, above: string[]): string[][] => {
    const members = membersOf(schema);
    if (members.length === 0) return [above];
    return members.flatMap(([name, member]) => walk(member, [...above, name]));
  };
  return walk(configSchema().describe(), []);
}

/** Members of an object schema, as Joi describes it; none for any other schema. */
function membersOf(description: unknown): [string, unknown][] {
  if (typeof description !== 'object' || description === null || !('keys' in description)) return [];
  const { keys } = description;
  return typeof keys === 'object' && keys !== null ? Object.entries(keys) : [];
}
