import { EngineRefused } from '#core/domain/errors.js';
import type { CallOptions, ListedContainer, Observation } from '#core/runtime/driver.js';
import { type Fields, fields, items, needed, number, text, texts, time } from './answer.js';
import type { DockerContext } from './context.js';
import { isRefused } from './errors.js';
import { containerName, containerPath, DEPLOYMENT_LABEL, labelsOf, type Ownership, ownership } from './names.js';

/** Docker's inspect, whoever's the container is. null: there is no container with the name of this uuid. */
export async function look(context: DockerContext, uuid: string, options?: CallOptions): Promise<Fields | null> {
  try {
    const answer = await context.connection.call(
      { what: `inspect container ${uuid}`, deadline: 'inspect' },
      { method: 'GET', path: containerPath(uuid, 'json') },
      options,
    );
    needed(text(fields(answer)['Id']), 'Id');
    return fields(answer);
  } catch (error) {
    if (isRefused(error, 'not-found')) return null;
    throw error;
  }
}

/** Like `look`. @throws EngineRefused('not-found') */
export async function lookExisting(context: DockerContext, uuid: string, options?: CallOptions): Promise<Fields> {
  const found = await look(context, uuid, options);
  if (found === null) throw new EngineRefused(`No such container: ${uuid}`, 'not-found');
  return found;
}

/** A container of another deployment that happens to have our name counts as none. */
export async function inspect(
  context: DockerContext,
  uuid: string,
  options?: CallOptions,
): Promise<Observation | null> {
  const found = await look(context, uuid, options);
  if (found === null) return null;
  const owner = ownership(context.identity, labelsOf(found));
  return owner === null ? null : observation(found, owner);
}

function observation(found: Fields, owner: Ownership): Observation {
  const state = fields(found['State']);
  const config = fields(found['Config']);
  const running = state['Running'] === true;
  const finishedAt = time(state['FinishedAt']);
  const exitCode = number(state['ExitCode']);
  // A container that never ran has exit code 0, one whose start was refused 127: only the second says something.
  const hasExited = !running && (finishedAt !== null || exitCode !== 0);
  return {
    uuid: owner.uuid,
    engineId: needed(text(found['Id']), 'Id'),
    generation: owner.generation,
    createdAt: needed(time(found['Created']), 'Created'),
    startedAt: time(state['StartedAt']),
    finishedAt,
    running,
    paused: state['Paused'] === true,
    restarting: state['Restarting'] === true,
    dead: state['Dead'] === true,
    exitCode: hasExited ? exitCode : null,
    oomKilled: state['OOMKilled'] === true,
    error: text(state['Error']),
    health: text(fields(state['Health'])['Status']),
    command: texts(config['Cmd']),
    entrypoint: texts(config['Entrypoint']),
    exposedPorts: Object.keys(fields(config['ExposedPorts'])),
    runtime: text(fields(found['HostConfig'])['Runtime']),
  };
}

/**
 * Those of this deployment. What carries its label but not the others, or not our name (a container of an image that was made
 * from one of ours has inherited the labels), was made by somebody else, and is none of ours.
 * @throws Unavailable rather than leave out a container that cannot be read
 */
export async function list(context: DockerContext, options?: CallOptions): Promise<readonly ListedContainer[]> {
  const answer = await context.connection.call(
    { what: 'list containers', deadline: 'list' },
    {
      method: 'GET',
      path: '/containers/json',
      query: { all: true, filters: { label: [`${DEPLOYMENT_LABEL}=${context.identity.deployment}`] } },
    },
    options,
  );
  return needed(Array.isArray(answer) ? items(answer) : null, 'list of containers').flatMap((item) =>
    listed(context, fields(item)),
  );
}

function listed(context: DockerContext, item: Fields): ListedContainer[] {
  const { deployment } = context.identity;
  // The engine was asked for this label: without it the answer is not what it seems to be.
  needed(fields(item['Labels'])[DEPLOYMENT_LABEL] === deployment || null, 'labels of a container');
  const owner = ownership(context.identity, item['Labels']);
  if (owner === null || !texts(item['Names']).includes(`/${containerName(owner.uuid)}`)) return [];
  return [
    {
      uuid: owner.uuid,
      engineId: needed(text(item['Id']), 'Id'),
      generation: owner.generation,
      createdAt: new Date(number(item['Created']) * 1000),
      state: needed(text(item['State']), 'State'),
    },
  ];
}
