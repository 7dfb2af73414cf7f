import { type Api, createThrough, nativeApi, novaApi } from './api.js';
import { type Bare, Load, type Service, startBare, startService } from './service.js';
import { interleave, median, percentile } from './statistics.js';
import { type Figure, ms } from './table.js';

const SLICE_MS = 400;
const WARM_UP_MS = 1_000;
/** Seconds: longer than all of this takes. */
const STOP_TIMEOUT = 3_000;

/**
 * Accepting a create, up to its 202, while nothing is carried out: the agent has one place, and a stop that takes long has it. The
 * baseline is a bare Koa that inserts one row and commits. One client, so that what is measured is time and not queueing.
 */
export async function measureAccepts(slices: number): Promise<Figure[]> {
  const service = await startService({ ZUNOVA_OPERATIONS_CONCURRENCY: '1' });
  const load = new Load();
  try {
    await occupyAgent(service);
    await service.database.query('create table bench_rows (id bigint generated always as identity, body jsonb)');
    const bare = await startBare('', service.address);
    try {
      return [
        ...(await measureApi(service, await novaApi(service), bare, load, slices)),
        ...(await measureApi(service, await nativeApi(service), bare, load, slices)),
      ];
    } finally {
      bare.stop();
    }
  } finally {
    load.stop();
    await service.close();
  }
}

/** Stops a container that does not listen, and gives it a long time. */
async function occupyAgent(service: Service): Promise<void> {
  const api = await nativeApi(service, ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done']);
  const { uuid } = await createThrough(api);
  const { status, body } = await api.client.send('POST', `${api.path}/${uuid}/stop?timeout=${STOP_TIMEOUT}`);
  if (status !== 202) throw new Error(`stop: ${status} ${body}`);
}

async function measureApi(service: Service, api: Api, bare: Bare, load: Load, slices: number): Promise<Figure[]> {
  const body = JSON.stringify(api.create);
  const headers = { ...api.client.headers, 'content-type': 'application/json' };
  const all: { ours: number[]; baseline: number[] } = { ours: [], baseline: [] };
  const slice = async (port: number, path: string, milliseconds: number): Promise<readonly number[]> =>
    (await load.run({ port, method: 'POST', path, headers, body, connections: 1, milliseconds })).latencies;
  const ours = (milliseconds: number): Promise<readonly number[]> =>
    slice(service.process.ports[api.service], `${api.path}${api.createQuery}`, milliseconds);
  const baseline = (milliseconds: number): Promise<readonly number[]> => slice(bare.port, '/', milliseconds);
  await ours(WARM_UP_MS);
  await baseline(WARM_UP_MS);
  const pairs = await interleave(
    slices,
    async () => {
      const took = await ours(SLICE_MS);
      all.ours.push(...took);
      return median(took);
    },
    async () => {
      const took = await baseline(SLICE_MS);
      all.baseline.push(...took);
      return median(took);
    },
  );
  const p99 = { ours: percentile(all.ours, 0.99), baseline: percentile(all.baseline, 0.99) };
  const what = `accept a create, ${api.name} / bare Koa + one insert`;
  const p50 = { ours: median(all.ours), baseline: median(all.baseline) };
  return [
    {
      what: `${what}, p50`,
      ours: ms(p50.ours),
      baseline: ms(p50.baseline),
      ratio: median(pairs.map((p) => p.ours / p.baseline)),
      aim: '',
    },
    { what: `${what}, p99`, ours: ms(p99.ours), baseline: ms(p99.baseline), ratio: p99.ours / p99.baseline, aim: '' },
  ];
}
