import { localGateway } from '#core/agent/local-gateway.js';
import type { Config } from '#core/config/config.js';
import { listOf } from '#core/config/schema.js';
import type { Engine } from '#core/engine/engine.js';
import { type Handler, type Listening, listen } from '#core/http/server.js';
import type { Logger } from '#core/logging/logger.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import { createIdentityApp } from '#core/standalone/identity/app.js';
import { createImageApp } from '#core/standalone/image/app.js';
import { createNetworkApp } from '#core/standalone/network/app.js';
import type { Store } from '#core/store/store.js';
import { createNativeApp } from '#native/app.js';
import { listenStreams } from '#native/streams/listener.js';
import { createNovaApp } from '#nova/app.js';
import { catalog, type Providers } from './providers.js';

/** The listening APIs. */
export interface Apis {
  readonly ports: Config['ports'];
  /** What clients of attach and exec connect to. */
  readonly webSocketUrl: string;
  close(graceMs: number): Promise<void>;
}

const UPLOAD = { maxBytes: 20 * 1024 ** 3, idleMs: 60_000 } as const;
const SERVICE_DOWN_SECONDS = 60;

/** The engine's parts as the front ends hold them. */
export function createEngine(
  config: Config,
  store: Store,
  providers: Providers,
  driver: RuntimeDriver,
  log: Logger,
): Engine {
  return {
    store,
    images: providers.images,
    networks: providers.networks,
    projects: providers.identity,
    hosts: localGateway(new Map([[config.hostName, driver]])),
    ratios: { ...config.ratios, reservedMemoryMb: config.reserved.memoryMb },
    defaults: {
      availabilityZone: config.availabilityZone,
      serviceDownSeconds: SERVICE_DOWN_SECONDS,
      execTimeoutMs: config.execTimeoutSeconds * 1000,
      terminalTokenSeconds: config.websocket.tokenSeconds,
    },
    log,
  };
}

/** Both front ends and the stand-alone services, each on its port; port 0 takes a free one. */
export async function listenAll(
  config: Config,
  store: Store,
  providers: Providers,
  driver: RuntimeDriver,
  log: Logger,
): Promise<Apis> {
  const engine = createEngine(config, store, providers, driver, log);
  const ready = (): Promise<void> => store.database.ping();
  const open: Listening[] = [];
  const start = async (name: Exclude<keyof Config['ports'], 'websocket'>, handler: Handler): Promise<number> => {
    const listening = await listen(handler, config.listenHost, config.ports[name]);
    open.push(listening);
    return listening.port;
  };
  const { identity } = providers;
  const logOf = (service: string): Logger => log.child({ service });
  const network = await start(
    'network',
    createNetworkApp({ store: providers.networkStore, identity, log: logOf('network'), ready }).callback(),
  );
  const image = await start(
    'image',
    createImageApp({
      identity,
      store: providers.imageStore,
      files: providers.imageFiles,
      upload: UPLOAD,
      autocreate: config.imageAutocreate,
      log: logOf('image'),
      ready,
    }).callback(),
  );
  const compute = await start(
    'compute',
    createNovaApp({ engine, identity, log: logOf('compute'), ready, maxVersion: config.novaMaxVersion }).callback(),
  );
  const streams = await listenStreams(
    {
      engine,
      allowedOrigins: listOf(config.websocket.allowedOrigins),
      secure: config.websocket.baseUrl?.startsWith('wss:') ?? false,
      log: logOf('streams'),
    },
    config.listenHost,
    config.ports.websocket,
  );
  open.push(streams);
  const webSocketUrl = config.websocket.baseUrl ?? `ws://${config.publicHost}:${streams.port}/`;
  const container = await start(
    'container',
    createNativeApp({ engine, identity, log: logOf('container'), ready, webSocketUrl }).callback(),
  );
  // Last, since its catalog names the ports of the others; and its own, which is known only when it listens.
  let identityApp: Handler | null = null;
  const identityPort = await start('identity', async (request, response) => identityApp?.(request, response));
  const ports = { network, image, compute, container, identity: identityPort, websocket: streams.port };
  identityApp = createIdentityApp({
    identity,
    store: providers.identityStore,
    catalog: catalog(config, ports),
    log: logOf('identity'),
    ready,
  }).callback();
  return {
    ports,
    webSocketUrl,
    close: async (graceMs) => {
      await Promise.all(open.map((l) => l.close(graceMs)));
    },
  };
}
