import Docker from 'dockerode';
import { type Api, createThrough, deleteThrough, nativeApi, novaApi } from './api.js';
import type { Service } from './service.js';
import { compare, interleave } from './statistics.js';
import { type Figure, ms } from './table.js';

const WARM_UPS = 10;

/** Creates and deletes through each API, against dockerode with the same specification on the same network. */
export async function measureCreates(service: Service, pairs: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const api of [await novaApi(service), await nativeApi(service)]) figures.push(...(await measureApi(api, pairs)));
  return figures;
}

async function measureApi(api: Api, pairs: number): Promise<Figure[]> {
  const docker = new Docker();
  // The first one makes the network on the engine, and shows what the engine was asked for.
  const first = await createThrough(api);
  const specification = await specificationOf(docker, first.uuid);
  await deleteThrough(api, first.uuid);
  // A service that has just started compiles as it goes.
  for (let i = 0; i < WARM_UPS; i++) await deleteThrough(api, (await createThrough(api)).uuid);
  const deletes: { ours: number[]; baseline: number[] } = { ours: [], baseline: [] };
  const creates = await interleave(
    pairs,
    async () => {
      const { uuid, took } = await createThrough(api);
      deletes.ours.push(await deleteThrough(api, uuid));
      return took;
    },
    async () => {
      const begun = performance.now();
      const container = await docker.createContainer(specification);
      await container.start();
      const took = performance.now() - begun;
      const before = performance.now();
      await container.remove({ force: true, v: true });
      deletes.baseline.push(performance.now() - before);
      return took;
    },
  );
  const made = compare(creates);
  const gone = compare(deletes.ours.map((ours, i) => ({ ours, baseline: deletes.baseline[i] ?? Number.NaN })));
  return [
    {
      what: `create to running, ${api.name} / dockerode create + start`,
      ours: ms(made.ours),
      baseline: ms(made.baseline),
      ratio: made.ratio,
      aim: 'at most 1.10',
    },
    {
      what: `delete to gone, ${api.name} / dockerode rm -f`,
      ours: ms(gone.ours),
      baseline: ms(gone.baseline),
      ratio: gone.ratio,
      aim: '',
    },
  ];
}

/** What a plain create would be asked for beside the host's part. */
const PROCESS = [
  'Image',
  'Hostname',
  'Cmd',
  'Entrypoint',
  'Env',
  'Labels',
  'WorkingDir',
  'User',
  'Tty',
  'OpenStdin',
  'StdinOnce',
] as const;

/** What the engine was asked for by us, as the body of a plain create: image, process, limits, log, init, network. */
async function specificationOf(docker: Docker, uuid: string): Promise<Docker.ContainerCreateOptions> {
  const { Config, HostConfig } = await docker.getContainer(`zunova-${uuid}`).inspect();
  const labels = Object.entries(Config.Labels).filter(([name]) => !name.startsWith('zunova.'));
  return {
    ...Object.fromEntries(PROCESS.map((name) => [name, Config[name]])),
    Labels: Object.fromEntries(labels),
    HostConfig,
  };
}
