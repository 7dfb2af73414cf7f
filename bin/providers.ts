import { join } from 'node:path';
import type { Config } from '#core/config/config.js';
import type { Secrets } from '#core/config/secrets.js';
import type { CatalogConfig } from '#core/identity/embedded/catalog.js';
import { createEmbeddedIdentity, type EmbeddedIdentity } from '#core/identity/embedded/embedded-identity.js';
import { seedIdentity } from '#core/identity/embedded/seed.js';
import { createEmbeddedImages } from '#core/image/embedded/embedded-images.js';
import { ImageFiles } from '#core/image/embedded/image-files.js';
import { recoverUploads } from '#core/image/embedded/recover-uploads.js';
import type { ImageProvider } from '#core/image/provider.js';
import type { Logger } from '#core/logging/logger.js';
import { EmbeddedNetworkProvider } from '#core/network/embedded/provider.js';
import { seedNetworks } from '#core/network/embedded/seed.js';
import type { NetworkProvider } from '#core/network/provider.js';
import type { RuntimeDriver } from '#core/runtime/driver.js';
import type { Database } from '#core/store/database.js';
import { IdentityStore } from '#core/store/identity-store.js';
import { ImageStore } from '#core/store/image-store.js';
import { NetworkStore } from '#core/store/network-store.js';

/** The embedded identity, image and network services, with what their APIs need beside them. */
export interface Providers {
  readonly identity: EmbeddedIdentity;
  readonly identityStore: IdentityStore;
  readonly images: ImageProvider;
  readonly imageStore: ImageStore;
  readonly imageFiles: ImageFiles;
  readonly networks: NetworkProvider;
  readonly networkStore: NetworkStore;
}

/** Makes the stand-alone services over the deployment's database, and what they hold at the beginning. */
export async function createProviders(
  config: Config,
  secrets: Secrets,
  database: Database,
  driver: RuntimeDriver,
  log: Logger,
): Promise<Providers> {
  const identityStore = new IdentityStore(database);
  await seedIdentity(identityStore, secrets);
  const networkStore = new NetworkStore(database);
  const made = await seedNetworks(networkStore, {
    projects: await identityStore.projects(),
    usedSubnets: await driver.listSubnets(),
    base: config.subnetBase,
  });
  if (made.length > 0) log.info({ networks: made }, 'networks made for new projects');
  const imageStore = new ImageStore(database);
  const imageFiles = new ImageFiles(join(config.dataDir, 'images'));
  await recoverUploads(imageStore, imageFiles);
  return {
    identity: createEmbeddedIdentity({
      store: identityStore,
      secret: secrets.tokenSecret,
      tokenHours: config.tokenHours,
      publicUrl: `http://${config.publicHost}:${config.ports.identity}`,
    }),
    identityStore,
    images: createEmbeddedImages({ store: imageStore, files: imageFiles }),
    imageStore,
    imageFiles,
    networks: new EmbeddedNetworkProvider(networkStore),
    networkStore,
  };
}

/** Endpoints as clients find them. Image and network are unversioned, the others versioned (nova-api.md 6.1). */
export function catalog(config: Config, ports: Config['ports']): CatalogConfig {
  const at = (port: number, path = ''): string => `http://${config.publicHost}:${port}${path}`;
  return {
    region: config.region,
    entries: [
      { type: 'compute', name: 'nova', url: at(ports.compute, '/v2.1') },
      { type: 'image', name: 'glance', url: at(ports.image) },
      { type: 'network', name: 'neutron', url: at(ports.network) },
      { type: 'container', name: 'zun', url: at(ports.container, '/v1') },
      { type: 'identity', name: 'keystone', url: at(ports.identity, '/v3') },
    ],
  };
}
