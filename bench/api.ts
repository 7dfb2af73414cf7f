import { setTimeout as sleep } from 'node:timers/promises';
import Joi from 'joi';
import type { Client, Reply } from './client.js';
import type { Service } from './service.js';

/** One of the two APIs, as the benchmark uses it. */
export interface Api {
  readonly name: string;
  readonly service: 'compute' | 'container';
  readonly client: Client;
  readonly path: string;
  readonly createQuery: string;
  readonly create: object;
  readonly created: (body: unknown) => string;
  readonly status: (body: unknown) => string;
  readonly running: string;
  readonly failed: string;
  readonly deleteQuery: string;
}

const POLL_MS = 5;
const PATIENCE_MS = 60_000;
const SLEEP = ['sleep', '3600'];

const serverBody = Joi.object<{ server: { id: string; status?: string } }>().unknown();
const containerBody = Joi.object<{ uuid: string; status: string }>().unknown();
const parse = <T>(schema: Joi.Schema<T>, body: unknown): T => Joi.attempt(body, schema);

export const novaApi = async (service: Service): Promise<Api> => ({
  name: 'Nova API',
  service: 'compute',
  client: await service.client('compute', 'demo'),
  path: '/v2.1/servers',
  createQuery: '',
  create: {
    server: {
      name: 'bench',
      imageRef: await imageId(service),
      flavorRef: 'c1',
      networks: 'auto',
      metadata: { 'container:command': SLEEP.join(' ') },
    },
  },
  created: (body) => parse(serverBody, body).server.id,
  status: (body) => parse(serverBody, body).server.status ?? '',
  running: 'ACTIVE',
  failed: 'ERROR',
  deleteQuery: '',
});

/** An administrator's client: only they may delete what runs. */
export const nativeApi = async (service: Service, command: readonly string[] = SLEEP): Promise<Api> => ({
  name: 'Zun API',
  service: 'container',
  client: await service.client('container', 'admin'),
  path: '/v1/containers',
  createQuery: '?run=true',
  create: { name: 'bench', image: 'busybox', command, interactive: true, memory: '64' },
  created: (body) => parse(containerBody, body).uuid,
  status: (body) => parse(containerBody, body).status,
  running: 'Running',
  failed: 'Error',
  deleteQuery: '?force=true',
});

async function imageId(service: Service): Promise<string> {
  const images = await service.process.client.request('image', 'GET', '/v2/images?name=busybox', { user: 'demo' });
  return images.json.str('images', 0, 'id');
}

/** As a user does it: asks, then looks until it runs. `took` in milliseconds. */
export async function createThrough(api: Api): Promise<{ uuid: string; took: number }> {
  const begun = performance.now();
  const accepted = await api.client.send('POST', `${api.path}${api.createQuery}`, api.create);
  if (accepted.status !== 202) throw new Error(`${api.name}: ${accepted.status} ${accepted.body}`);
  const uuid = api.created(JSON.parse(accepted.body));
  await poll(api, uuid, (reply) => {
    const status = api.status(JSON.parse(reply.body));
    if (status === api.failed) throw new Error(`${api.name}: ${reply.body}`);
    return status === api.running;
  });
  return { uuid, took: performance.now() - begun };
}

/** Deletes and looks until it is gone. @returns milliseconds */
export async function deleteThrough(api: Api, uuid: string): Promise<number> {
  const begun = performance.now();
  const accepted = await api.client.send('DELETE', `${api.path}/${uuid}${api.deleteQuery}`);
  if (accepted.status !== 204) throw new Error(`${api.name}: ${accepted.status} ${accepted.body}`);
  await poll(api, uuid, (reply) => reply.status === 404);
  return performance.now() - begun;
}

async function poll(api: Api, uuid: string, done: (reply: Reply) => boolean): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (performance.now() < end) {
    if (done(await api.client.send('GET', `${api.path}/${uuid}`))) return;
    await sleep(POLL_MS);
  }
  throw new Error(`${api.name}: ${uuid} was not done in ${PATIENCE_MS} ms`);
}
