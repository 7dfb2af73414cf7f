import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertRows } from './rows.js';
import { Load, type Service, startBare } from './service.js';
import { compare, interleave } from './statistics.js';
import { type Figure, perSecond } from './table.js';

const SLICE_MS = 1_500;
const WARM_UP_MS = 1_500;
const CONNECTIONS = 8;

const LISTS = [
  { api: 'compute', path: '/v2.1/servers/detail', name: 'GET /servers/detail' },
  { api: 'container', path: '/v1/containers', name: 'GET /v1/containers' },
] as const;

/** Full lists of both APIs, against a bare Koa that sends the same bytes. */
export async function measureLists(service: Service, slices: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'zb-'));
  const load = new Load();
  try {
    let rows = 0;
    for (const count of [100, 1000]) {
      await insertRows(service.database, await projectOf(service), count - rows);
      rows = count;
      for (const list of LISTS) {
        figures.push(await measureList(service, list, { count, slices, load, file: join(directory, 'body.json') }));
      }
    }
    return figures;
  } finally {
    load.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Run {
  readonly count: number;
  readonly slices: number;
  readonly load: Load;
  readonly file: string;
}

async function measureList(service: Service, list: (typeof LISTS)[number], run: Run): Promise<Figure> {
  const client = await service.client(list.api, 'alt');
  const { status, body } = await client.send('GET', list.path);
  const shown = body.match(/"(?:created|created_at)":/g)?.length;
  if (status !== 200 || shown !== run.count) throw new Error(`${list.name}: ${status} with ${shown} rows`);
  writeFileSync(run.file, body);
  const bare = await startBare(run.file, service.address);
  const rate = async (port: number, milliseconds: number): Promise<number> => {
    const { headers } = client;
    const slice = {
      port,
      method: 'GET',
      path: list.path,
      headers,
      body: '',
      connections: CONNECTIONS,
      milliseconds,
    } as const;
    const { requests, seconds } = await run.load.run(slice);
    return requests / seconds;
  };
  const ours = service.process.ports[list.api];
  try {
    await rate(ours, WARM_UP_MS);
    await rate(bare.port, WARM_UP_MS);
    const measured = compare(
      await interleave(
        run.slices,
        () => rate(ours, SLICE_MS),
        () => rate(bare.port, SLICE_MS),
      ),
    );
    return {
      what: `${list.name}, ${run.count} rows (${Math.round(Buffer.byteLength(body) / 1024)} KiB), ${CONNECTIONS} connections / bare Koa, same bytes`,
      ours: perSecond(measured.ours),
      baseline: perSecond(measured.baseline),
      ratio: measured.ratio,
      aim: run.count === 100 ? 'at least 0.50' : '',
    };
  } finally {
    bare.stop();
  }
}

/** The project of user `alt`, where nothing else happens. */
async function projectOf(service: Service): Promise<string> {
  const row = await service.database.one<{ id: string }>("select id from identity_projects where name = 'alt'");
  if (row === null) throw new Error('there is no project alt');
  return row.id;
}
