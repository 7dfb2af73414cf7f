import type { Container } from '#core/domain/container.js';
import type { Engine } from '#core/engine/engine.js';
import { resizeContainer, settled } from '#core/engine/resize-container.js';
import { updateContainer } from '#core/engine/update-container.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { type RenameQuery, renameQuery } from '#schemas/native/actions.js';
import { type UpdateContainerBody, updateContainerBody } from '#schemas/native/update-container.js';
import { Conflict } from '../errors.js';
import { containerOf } from '../find.js';
import { checkState } from '../state-check.js';
import { containerBody } from '../views/container.js';

/** Changes of a container that keep it the same one: name, healing, limits (native-api.md 3.5, 3.6). */
export const updateRoutes = (engine: Engine): AnyRoute[] => [
  route<UpdateContainerBody>({
    name: 'container:update',
    method: 'PATCH',
    path: '/v1/containers/:container',
    body: () => updateContainerBody,
    handler: async (call) => {
      const { context, body, baseUrl, signal } = call;
      const current = await containerOf(engine, call);
      checkState(current, 'update');
      // First what may fail, so that a refusal leaves all as it was.
      if (hasLimits(body)) await resize(engine, call, current.uuid);
      const resized = hasLimits(body) ? await settled(engine, context, current.uuid, signal) : current;
      const changed = await changeAttributes(engine, call, resized);
      return { status: 200, body: containerBody(changed, context, baseUrl) };
    },
  }),
  route<UpdateContainerBody>({
    name: 'container:resize_container',
    method: 'POST',
    path: '/v1/containers/:container/resize_container',
    versions: { min: 19 },
    body: () => updateContainerBody,
    handler: async (call) => {
      const { context, body, baseUrl } = call;
      const current = await containerOf(engine, call);
      checkState(current, 'update');
      const resized = hasLimits(body) ? await resize(engine, call, current.uuid) : current;
      const changed = await changeAttributes(engine, call, resized);
      return { status: 202, body: containerBody(changed, context, baseUrl) };
    },
  }),
  route<undefined, RenameQuery>({
    name: 'container:rename',
    method: 'POST',
    path: '/v1/containers/:container/rename',
    versions: { max: 13 },
    query: () => renameQuery,
    handler: async (call) => {
      const { context, query, baseUrl } = call;
      const current = await containerOf(engine, call);
      const renamed = await updateContainer(engine, context, current.uuid, ({ name }) => {
        if (name === query.name) throw new Conflict('The new name for the container is the same as the old name.');
        return { name: query.name };
      });
      return { status: 200, body: containerBody(renamed, context, baseUrl) };
    },
  }),
];

const hasLimits = (body: UpdateContainerBody): boolean => body.cpu !== undefined || body.memory !== undefined;

const resize = (
  engine: Engine,
  { context, body }: Call<UpdateContainerBody, unknown>,
  uuid: string,
): Promise<Container> =>
  resizeContainer(engine, context, uuid, { cpus: body.cpu ?? null, memoryMb: body.memory ?? null });

/** Nothing to change is no write: the time of the last change stays. */
async function changeAttributes(
  engine: Engine,
  { context, body }: Call<UpdateContainerBody, unknown>,
  current: Container,
): Promise<Container> {
  if (body.name === undefined && body.auto_heal === undefined) return current;
  return updateContainer(engine, context, current.uuid, (locked) => {
    checkState(locked, 'update');
    return {
      ...(body.name !== undefined && { name: body.name }),
      ...(body.auto_heal !== undefined && { autoHeal: body.auto_heal }),
    };
  });
}
