import { fork } from 'node:child_process';
import { join } from 'node:path';
import Docker from 'dockerode';
import { silent } from '#core/logging/logger.js';
import { Database } from '#core/store/database.js';
import { startEmbedded } from '#core/store/embedded-postgres.js';
import type { UserName } from '#test/lib/api-client.js';
import { processHome, startProcess, type ZunovaProcess } from '#test/lib/process.js';
import { Client } from './client.js';
import type { Slice, SliceResult } from './load.js';

/** What was built, as `npm start` runs it: compiled, in production, log level info into nothing. */
const PROGRAM = ['dist/bin/zunova.js'];

export interface Service {
  readonly process: ZunovaProcess;
  /** The embedded PostgreSQL of the service, for rows that are there from the beginning. */
  readonly database: Database;
  readonly address: { readonly host: string; readonly user: string; readonly database: string };
  client(api: 'compute' | 'container', user: UserName): Promise<Client>;
  /** Stops it and removes its state, and what it has in the engine. */
  close(): Promise<void>;
}

/** Starts a Zunova with an embedded database of its own. Limits are out of the way: rows and creates of a benchmark are many. */
export async function startService(settings: Record<string, string> = {}): Promise<Service> {
  const home = processHome();
  const running = await startProcess(
    home,
    {
      NODE_ENV: 'production',
      ZUNOVA_LOG_LEVEL: 'info',
      ZUNOVA_HOST_NAME: 'bench',
      ZUNOVA_SUBNET_BASE: '10.98.0.0/16',
      ZUNOVA_RATIOS_CPU: '100000',
      ZUNOVA_RATIOS_RAM: '10000',
      ZUNOVA_RATIOS_DISK: '10000',
      ...settings,
    },
    PROGRAM,
  );
  const { address } = await startEmbedded(join(home.dataDir, 'pg'));
  const database = Database.open(address, silent(), 2);
  await database.query(
    `insert into quotas (scope, scope_id, resource, hard_limit)
     select 'class', 'default', unnest(array['instances', 'cores', 'ram', 'containers', 'cpu', 'memory', 'disk']), -1`,
  );
  const clients: Client[] = [];
  return {
    process: running,
    database,
    address,
    client: async (api, user) => {
      const client = new Client(running.ports[api], await headersFor(running, api, user));
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const c of clients) c.close();
      const deployment = await database.one<{ id: string }>('select id from deployment');
      await database.close();
      await running.stop();
      await sweep(deployment?.id ?? '');
      home.remove();
    },
  };
}

async function sweep(deployment: string): Promise<void> {
  const docker = new Docker();
  const filters = { label: [`zunova.deployment=${deployment}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map((c) => docker.getContainer(c.Id).remove({ force: true, v: true })));
  for (const network of await docker.listNetworks({ filters })) await docker.getNetwork(network.Id).remove();
}

/** The versions that Debian's clients send, or newer. */
const VERSIONS = { compute: 'compute 2.96', container: 'container 1.40' } as const;

const headersFor = async (
  running: ZunovaProcess,
  api: 'compute' | 'container',
  user: UserName,
): Promise<Record<string, string>> => ({
  'x-auth-token': await running.client.token(user),
  'openstack-api-version': VERSIONS[api],
});

/** The bare Koa, in a process like ours. */
export interface Bare {
  readonly port: number;
  stop(): void;
}

/** @param file whose bytes `GET` answers; '' for none @param address of the database that `POST` inserts into */
export function startBare(file: string, address: Service['address']): Promise<Bare> {
  const child = fork('dist/bench/bare.js', [file, address.host, address.user, address.database], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return new Promise((resolve, reject) => {
    child.once('message', ({ port }: { port: number }) => resolve({ port, stop: () => child.kill() }));
    child.once('exit', (code) => reject(new Error(`the bare server ended with ${code}`)));
  });
}

/** The process that makes load. */
export class Load {
  private readonly child = fork('dist/bench/load.js');

  run(slice: Slice): Promise<SliceResult> {
    return new Promise((resolve, reject) => {
      this.child.once('message', (answer: { result: SliceResult } | { error: string }) => {
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.result);
      });
      this.child.send(slice);
    });
  }

  stop(): void {
    this.child.kill();
  }
}
