import { expect } from 'chai';
import type { ApiClient, Json, UserName } from './api-client.js';
import type { Deployment } from './deployment.js';
import { until } from './until.js';

/** Ends at once when it is asked to. */
export const SLEEP = ['sh', '-c', 'trap exit TERM; while :; do sleep 0.1; done'];

/** Containers of one deployment as a test sees them: by the native API, and what is behind it in the database. */
export interface Containers {
  /** Asks for a container. @returns its uuid */
  create(more?: object, user?: UserName): Promise<string>;
  /** The same, and waits until it runs. */
  running(more?: object): Promise<string>;
  show(uuid: string): Promise<Json>;
  /** Asks for an action (`stop?timeout=0`) and expects that it is accepted. @returns its request id */
  act(uuid: string, action: string): Promise<string>;
  /** Asks for a deletion, running or not, and expects that it is accepted. */
  remove(uuid: string): Promise<void>;
  /** Waits for a status with no action in flight. */
  reaches(uuid: string, status: string, ms?: number): Promise<Json>;
  gone(uuid: string, ms?: number): Promise<void>;
  /** State, error and attempts of the operation that a request has begun, once it has ended. */
  ended(uuid: string, requestId: string, ms?: number): Promise<{ state: string; error: string | null }>;
  /** What it had is taken back: there is no engine container, port, or operation in flight. */
  expectUndone(uuid: string): Promise<void>;
  /** The same, and its row is deleted. */
  expectNothingLeft(uuid: string): Promise<void>;
  /** Engine ids of the containers of the deployment in the engine, by uuid. */
  inEngine(): Promise<Map<string, string>>;
}

export function containersOf({ client, db, docker }: Deployment): Containers {
  const show = async (uuid: string): Promise<Json> => (await client.native('GET', `/containers/${uuid}`)).json;
  const count = async (sql: string, uuid: string): Promise<number> =>
    (await db.database.one<{ n: number }>(`select count(*)::integer n from ${sql}`, [uuid]))?.n ?? -1;
  const inEngine = async (): Promise<Map<string, string>> => {
    const deployment = await db.database.one<{ id: string }>('select id from deployment');
    const filters = { label: [`zunova.deployment=${deployment?.id}`] };
    const listed = await docker.listContainers({ all: true, filters });
    return new Map(listed.map((c) => [c.Labels['zunova.uuid'] ?? '', c.Id]));
  };
  const self: Containers = {
    create: (more = {}, user = 'admin') => create(client, more, user),
    running: async (more = {}) => {
      const uuid = await self.create(more);
      await self.reaches(uuid, 'Running');
      return uuid;
    },
    show,
    act: async (uuid, action) => {
      const answer = await client.native('POST', `/containers/${uuid}/${action}`);
      expect(answer.status, answer.text).to.equal(202);
      return answer.headers.get('x-openstack-request-id') ?? '';
    },
    remove: async (uuid) => {
      const answer = await client.native('DELETE', `/containers/${uuid}?force=true`);
      expect(answer.status, answer.text).to.equal(204);
    },
    reaches: (uuid, status, ms = 20_000) =>
      until(
        `${uuid} is ${status}`,
        async () => {
          const seen = await show(uuid);
          return seen.str('status') === status && seen.get('task_state').value === null ? seen : null;
        },
        ms,
      ),
    gone: async (uuid, ms = 20_000) => {
      await until(
        `${uuid} is gone`,
        async () => (await client.native('GET', `/containers/${uuid}`)).status === 404,
        ms,
      );
    },
    ended: (uuid, requestId, ms = 20_000) =>
      until(
        `the operation ${requestId} has ended`,
        () =>
          db.database.one<{ state: string; error: string | null }>(
            `select state, error from operations where container = $1 and request_id = $2 and state not in ('queued', 'running')`,
            [uuid, requestId],
          ),
        ms,
      ),
    expectUndone: async (uuid) => {
      expect((await inEngine()).has(uuid), 'an engine container is left').to.equal(false);
      expect(await count('network_ports where device_id = $1', uuid), 'ports').to.equal(0);
      const inFlight = `operations where container = $1 and state in ('queued', 'running')`;
      expect(await count(inFlight, uuid), 'operations in flight').to.equal(0);
    },
    expectNothingLeft: async (uuid) => {
      await self.expectUndone(uuid);
      expect(await count('containers where uuid = $1 and deleted_at is null', uuid), 'rows').to.equal(0);
    },
    inEngine,
  };
  return self;
}

async function create(client: ApiClient, more: object, user: UserName): Promise<string> {
  const body = { image: 'busybox', cpu: 0.1, memory: 16, command: SLEEP, ...more };
  const answer = await client.native('POST', '/containers?run=true', { body, user });
  expect(answer.status, answer.text).to.equal(202);
  return answer.json.str('uuid');
}

/**
 * Milliseconds that `work` takes until `seen` gives something: how soon what happens outside is visible.
 * @throws Error when that is not within 10 s
 */
export async function visibleAfter(
  what: string,
  work: () => Promise<unknown>,
  seen: () => Promise<unknown>,
): Promise<number> {
  await work();
  const begun = performance.now();
  await until(what, async () => Boolean(await seen()));
  return performance.now() - begun;
}
