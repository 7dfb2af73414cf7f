import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { type Running, serve } from '#bin/serve.js';
import type { Config } from '#core/config/config.js';
import { loadConfig } from '#core/config/config.js';
import { type ApiClient, apiClient } from './api-client.js';
import { type TestDatabase, testDatabase } from './database.js';

/** A whole Zunova in the process of the test, on free ports, over a database of its own and the real Docker. */
export interface Deployment {
  readonly running: Running;
  readonly config: Config;
  readonly db: TestDatabase;
  readonly docker: Docker;
  readonly client: ApiClient;
  /** Stops it and removes everything that it left in the engine. */
  close(): Promise<void>;
}

let subnet = 100;

export async function deploy(settings: Record<string, string> = {}): Promise<Deployment> {
  const db = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'zn-'));
  subnet += 1;
  const config = loadConfig({
    environment: {
      ZUNOVA_DATA_DIR: dataDir,
      ZUNOVA_DATABASE_URL: db.url,
      ZUNOVA_LOG_LEVEL: process.env['ZUNOVA_TEST_LOG'] ?? 'fatal',
      ZUNOVA_SUBNET_BASE: `10.${subnet}.0.0/16`,
      ZUNOVA_HOST_NAME: 'testhost',
      ZUNOVA_PORTS_COMPUTE: '0',
      ZUNOVA_PORTS_CONTAINER: '0',
      ZUNOVA_PORTS_IDENTITY: '0',
      ZUNOVA_PORTS_IMAGE: '0',
      ZUNOVA_PORTS_NETWORK: '0',
      ZUNOVA_PORTS_WEBSOCKET: '0',
      ZUNOVA_RECONCILE_MISSING_CONFIRM_MS: '200',
      ...settings,
    },
  });
  const running = await serve(config, () => undefined);
  const docker = new Docker({ socketPath: config.docker.socketPath });
  return {
    running,
    config,
    db,
    docker,
    client: apiClient(running.ports, running.secrets),
    close: async () => {
      await running.stop(2_000);
      const deployment = await db.database.one<{ id: string }>('select id from deployment');
      await sweep(docker, deployment?.id ?? '');
      await db.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Removes all containers and networks of a deployment from the engine. */
export async function sweep(docker: Docker, deployment: string): Promise<void> {
  const filters = { label: [`zunova.deployment=${deployment}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(
    containers.map((c) =>
      docker
        .getContainer(c.Id)
        .remove({ force: true, v: true })
        .catch(() => undefined),
    ),
  );
  const networks = await docker.listNetworks({ filters });
  await Promise.all(
    networks.map((n) =>
      docker
        .getNetwork(n.Id)
        .remove()
        .catch(() => undefined),
    ),
  );
}
