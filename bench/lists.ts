import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deleteRows, insertRows } from './rows.js';
import { Load, type Service, startBare } from './service.js';
import { compare, interleave } from './statistics.js';
import { type Figure, perSecond } from './table.js';

const SLICE_MS = 1_000;
/** A service that has just started compiles as it goes, for many seconds. */
const FIRST_WARM_UP_MS = 8_000;
const WARM_UP_MS = 1_500;

const LISTS = [
  { api: 'compute', path: '/v2.1/servers/detail', name: 'GET /servers/detail' },
  { api: 'container', path: '/v1/containers', name: 'GET /v1/containers' },
] as const;

/** What is measured: so many containers, asked for by so many clients at once. The first of each list is what is aimed at. */
const CASES = [
  { rows: 100, clients: 64, aim: 'at least 0.50' },
  { rows: 100, clients: 8, aim: '' },
  { rows: 1000, clients: 64, aim: '' },
] as const;

/** Full lists of both APIs, against a bare Koa that sends the same bytes. The rows are gone afterwards. */
export async function measureLists(service: Service, slices: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'zb-'));
  const load = new Load();
  const project = await projectOf(service);
  try {
    let rows = 0;
    for (const wanted of CASES) {
      if (wanted.rows > rows) await insertRows(service.database, project, wanted.rows - rows);
      rows = wanted.rows;
      for (const list of LISTS) {
        figures.push(await measureList(service, list, wanted, { slices, load, file: join(directory, 'body.json') }));
      }
    }
    return figures;
  } finally {
    load.stop();
    rmSync(directory, { recursive: true, force: true });
    await deleteRows(service.database, project);
  }
}

interface Run {
  readonly slices: number;
  readonly load: Load;
  readonly file: string;
}

async function measureList(
  service: Service,
  list: (typeof LISTS)[number],
  wanted: (typeof CASES)[number],
  run: Run,
): Promise<Figure> {
  const client = await service.client(list.api, 'alt');
  const { status, body } = await client.send('GET', list.path);
  const shown = body.match(/"(?:created|created_at)":/g)?.length;
  if (status !== 200 || shown !== wanted.rows) throw new Error(`${list.name}: ${status} with ${shown} rows`);
  writeFileSync(run.file, body);
  const bare = await startBare(run.file, service.address);
  const rate = async (port: number, milliseconds: number): Promise<number> => {
    const { headers } = client;
    const { requests, seconds } = await run.load.run({
      port,
      method: 'GET',
      path: list.path,
      headers,
      body: '',
      connections: wanted.clients,
      milliseconds,
    });
    return requests / seconds;
  };
  const ours = service.process.ports[list.api];
  try {
    await rate(ours, wanted === CASES[0] ? FIRST_WARM_UP_MS : WARM_UP_MS);
    await rate(bare.port, WARM_UP_MS);
    const measured = compare(
      await interleave(
        run.slices,
        () => rate(ours, SLICE_MS),
        () => rate(bare.port, SLICE_MS),
      ),
    );
    const size = `${Math.round(Buffer.byteLength(body) / 1024)} KiB`;
    return {
      what: `${list.name}, ${wanted.rows} rows, ${size}, ${wanted.clients} clients / bare Koa, same bytes`,
      ours: perSecond(measured.ours),
      baseline: perSecond(measured.baseline),
      ratio: measured.ratio,
      aim: wanted.aim,
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
