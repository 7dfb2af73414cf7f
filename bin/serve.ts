import { join } from 'node:path';
import { Agent } from '#core/agent/agent.js';
import type { Config } from '#core/config/config.js';
import { writeOpenrc } from '#core/config/openrc.js';
import { loadSecrets, type Secrets } from '#core/config/secrets.js';
import { createLogger, type Logger } from '#core/logging/logger.js';
import { createDockerDriver } from '#core/runtime/docker/docker-driver.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import { seedImage } from '#core/standalone/seed-image.js';
import { Database, type DatabaseAddress } from '#core/store/database.js';
import { startEmbedded } from '#core/store/embedded-postgres.js';
import { HostSession } from '#core/store/host-session.js';
import { migrate } from '#core/store/migrate.js';
import { createStore, type Store } from '#core/store/store.js';
import { type Apis, listenAll } from './apis.js';
import { createProviders, type Providers } from './providers.js';

/** A whole Zunova in this process. */
export interface Running {
  readonly ports: Apis['ports'];
  readonly secrets: Secrets;
  /** Path of the file to source. */
  readonly openrc: string;
  stop(graceMs: number): Promise<void>;
}

type Say = (line: string) => void;

/**
 * Wires and starts everything in one process, in the order that the parts need each other, and says what it does.
 * @throws what keeps it from starting: a port in use, a database or engine that does not answer
 */
export async function serve(config: Config, say: Say): Promise<Running> {
  const log = createLogger('zunova', config.logLevel);
  const secrets = loadSecrets(config.dataDir);
  const { address, stop: stopPostgres } = await openPostgres(config, say);
  const database = Database.open(address, log);
  const applied = await migrate(database);
  if (applied.length > 0) say(`Database: applied ${applied.join(', ')}`);
  const store = createStore(database, config.operations.leaseSeconds);
  const driver = await openEngine(config, store, log, say);
  const providers = await createProviders(config, secrets, database, driver, log);
  if ((await seedImage(driver, say)) === 'none') say('No image could be made: use one that your registry has.');
  const agent = await startAgent(config, store, driver, providers, log);
  const apis = await listenAll(config, store, providers, driver, log);
  const authUrl = `http://${config.publicHost}:${apis.ports.identity}/v3`;
  const openrc = writeOpenrc({ dataDir: config.dataDir, authUrl, region: config.region, secrets });
  summary(config, apis, openrc, say);
  return {
    ports: apis.ports,
    secrets,
    openrc,
    stop: async (graceMs) => {
      await apis.close(graceMs);
      await agent.stop(graceMs);
      await database.close();
      await stopPostgres();
    },
  };
}

async function openPostgres(
  config: Config,
  say: Say,
): Promise<{ address: DatabaseAddress; stop: () => Promise<void> }> {
  if (config.databaseUrl !== null) return { address: { url: config.databaseUrl }, stop: () => Promise.resolve() };
  const directory = join(config.dataDir, 'pg');
  const embedded = await startEmbedded(directory);
  say(`PostgreSQL: embedded, in ${directory}`);
  return embedded;
}

async function openEngine(config: Config, store: Store, log: Logger, say: Say): Promise<RuntimeDriver> {
  const driver = createDockerDriver({
    socketPath: config.docker.socketPath,
    identity: { deployment: await store.hosts.deploymentId(), host: config.hostName },
    log,
  });
  const info = await driver.info();
  say(
    `Engine: ${info.engine} ${info.version}, ${info.cpus} CPUs, ${info.memoryMb} MiB, runtimes ${info.runtimes.join(', ')}`,
  );
  return driver;
}

function startAgent(
  config: Config,
  store: Store,
  driver: RuntimeDriver,
  providers: Providers,
  log: Logger,
): Promise<Agent> {
  return Agent.start(
    {
      store,
      driver,
      images: providers.images,
      networks: providers.networks,
      session: new HostSession(store.database, log),
      log: log.child({ host: config.hostName }),
    },
    {
      host: config.hostName,
      availabilityZone: config.availabilityZone,
      address: config.publicHost,
      concurrency: config.operations.concurrency,
      startConcurrency: config.operations.startConcurrency,
      leaseSeconds: config.operations.leaseSeconds,
      engineWaitSeconds: config.operations.engineWaitSeconds,
      listSeconds: config.reconcile.listSeconds,
      orphanGraceSeconds: config.reconcile.orphanGraceSeconds,
      missingConfirmMs: config.reconcile.missingConfirmMs,
    },
  );
}

function summary(config: Config, apis: Apis, openrc: string, say: Say): void {
  const at = (port: number): string => `http://${config.publicHost}:${port}`;
  say('');
  say('Zunova serves:');
  say(`  Nova API (compute)    ${at(apis.ports.compute)}/v2.1`);
  say(`  Zun API (container)   ${at(apis.ports.container)}/v1`);
  say(`  WebSockets            ${apis.webSocketUrl}`);
  say(`  identity              ${at(apis.ports.identity)}/v3`);
  say(`  image                 ${at(apis.ports.image)}`);
  say(`  network               ${at(apis.ports.network)}`);
  say('');
  say('In another terminal:');
  say(`  . ${openrc}`);
  say('  openstack server create --flavor m1.tiny --image busybox --wait web1');
  say('');
  say('Ctrl-C stops the services; containers keep running.');
}
