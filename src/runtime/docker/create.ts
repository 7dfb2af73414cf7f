import { setTimeout as sleep } from 'node:timers/promises';
import { EngineRefused } from '#core/domain/errors.js';
import type { CallOptions, EngineContainer } from '#core/runtime/driver.js';
import { type Fields, fields, needed, text } from './answer.js';
import { enginePath } from './connection.js';
import type { DockerContext } from './context.js';
import { createBody, endpointMember } from './create-body.js';
import { isRefused } from './errors.js';
import { remove } from './life-cycle.js';
import { containerName, labelsOf, ownership } from './names.js';
import { look } from './observe.js';

/**
 * How long a conflict may last although no container with the name is to be seen: the engine reserves the name first, and shows
 * the container once it is made.
 */
const NAME_SETTLES_MS = 5_000;
const CONFLICT_POLL_MS = 50;

/**
 * Creates the container, or finds the one that an earlier call with the same uuid and generation has made, also when that
 * call never got its answer. One of ours with another generation is in the way and is removed.
 * @returns the engine's id
 * @throws EngineRefused('conflict') when the name is taken by a container that is not ours
 */
export async function create(context: DockerContext, want: EngineContainer, options?: CallOptions): Promise<string> {
  const call = { what: `create container ${want.uuid}`, deadline: 'create' } as const;
  return context.connection.steps(call, options, async (inner) => {
    const body = createBody(want, context.identity, await canBoundDisk(context, want, inner));
    const settled = performance.now() + NAME_SETTLES_MS;
    for (;;) {
      try {
        const id = await post(context, want, body, inner);
        await connectOthers(context, want, new Set(want.endpoints.slice(0, 1).map(({ network }) => network)), inner);
        return id;
      } catch (error) {
        if (!isRefused(error, 'conflict') || performance.now() > settled) throw error;
        const adopted = await resolveConflict(context, want, error, inner);
        if (adopted !== null) return adopted;
        await sleep(CONFLICT_POLL_MS, undefined, { signal: inner.signal });
      }
    }
  });
}

async function canBoundDisk(context: DockerContext, want: EngineContainer, options: CallOptions): Promise<boolean> {
  if (want.limits.diskGb === 0) return false;
  const { diskQuota } = await context.info.recent(options);
  if (!diskQuota) context.log.debug({ container: want.uuid }, 'no disk quota: the writable layer is not bounded');
  return diskQuota;
}

async function post(
  context: DockerContext,
  want: EngineContainer,
  body: object,
  options: CallOptions,
): Promise<string> {
  const answer = await context.connection.call(
    { what: `create container ${want.uuid}`, deadline: 'create' },
    { method: 'POST', path: '/containers/create', query: { name: containerName(want.uuid) }, body },
    options,
  );
  return needed(text(fields(answer)['Id']), 'Id');
}

/**
 * @returns the id of the container that holds the name, when it is the wanted one; null when no container is to be seen
 * @throws the conflict itself when the container is foreign
 */
async function resolveConflict(
  context: DockerContext,
  want: EngineContainer,
  conflict: EngineRefused,
  options: CallOptions,
): Promise<string | null> {
  const found = await look(context, want.uuid, options);
  if (found === null) return null;
  const owner = ownership(context.identity, labelsOf(found));
  if (owner === null || owner.uuid !== want.uuid) {
    throw new EngineRefused(
      `The name ${containerName(want.uuid)} is taken by a container that does not belong to this deployment.`,
      'conflict',
      { cause: conflict },
    );
  }
  const status = text(fields(found['State'])['Status']);
  if (owner.generation === want.generation && status !== 'removing' && status !== 'dead') {
    await connectOthers(context, want, connectedNetworks(found), options);
    context.log.info(
      { container: want.uuid, generation: want.generation },
      'adopted the container of an earlier create',
    );
    return needed(text(found['Id']), 'Id');
  }
  context.log.info(
    { container: want.uuid, generation: owner.generation, status },
    'removing the container of another generation',
  );
  await remove(context, want.uuid, options);
  return null;
}

const connectedNetworks = (found: Fields): ReadonlySet<string> =>
  new Set(Object.keys(fields(fields(found['NetworkSettings'])['Networks'])));

async function connectOthers(
  context: DockerContext,
  want: EngineContainer,
  connected: ReadonlySet<string>,
  options: CallOptions,
): Promise<void> {
  for (const [index, endpoint] of want.endpoints.entries()) {
    if (connected.has(endpoint.network)) continue;
    await context.connection.call(
      { what: `connect container ${want.uuid} to network ${endpoint.network}` },
      {
        method: 'POST',
        path: enginePath('networks', endpoint.network, 'connect'),
        body: {
          Container: containerName(want.uuid),
          EndpointConfig: endpointMember(endpoint, want.endpoints.length - index),
        },
      },
      options,
    );
  }
}
