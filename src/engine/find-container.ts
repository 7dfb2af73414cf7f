import type { Container } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import { Ambiguous, NotFound } from '#core/domain/errors.js';
import type { Engine } from './engine.js';

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;

/** Looks like a uuid, with or without dashes. */
export const isUuid = (text: string): boolean => UUID.test(text);

/** Projects that the caller reaches when it names a single object: an administrator all, others their own. */
export const scopeOf = (context: RequestContext): string | null => (context.isAdmin ? null : context.projectId);

/**
 * One container by uuid. Those of other projects do not exist for a caller who is no administrator.
 * @throws NotFound
 */
export async function getContainer(
  engine: Engine,
  context: RequestContext,
  uuid: string,
  options: { deleted?: boolean } = {},
): Promise<Container> {
  if (!isUuid(uuid)) throw new NotFound('container', uuid);
  const container = await engine.store.containers.byUuid(uuid, options);
  const scope = scopeOf(context);
  if (scope !== null && container.projectId !== scope) throw new NotFound('container', uuid);
  return container;
}

/**
 * One container by uuid or name, as the native API addresses them (native-api.md 1.3).
 * @throws NotFound, Ambiguous
 */
export async function findContainer(engine: Engine, context: RequestContext, idOrName: string): Promise<Container> {
  if (isUuid(idOrName)) return getContainer(engine, context, idOrName);
  const found = await engine.store.containers.list({
    projectId: scopeOf(context),
    deleted: 'exclude',
    nameExact: idOrName,
    sort: [{ key: 'seq', direction: 'asc' }],
    limit: 2,
  });
  if (found.length > 1) throw new Ambiguous('container', idOrName);
  const [container] = found;
  if (container === undefined) throw new NotFound('container', idOrName);
  return container;
}
