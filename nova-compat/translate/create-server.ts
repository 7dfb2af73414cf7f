import type { RequestContext } from '#core/domain/context.js';
import { Forbidden, NotFound } from '#core/domain/errors.js';
import type { Flavor, Keypair } from '#core/domain/records.js';
import type { InjectedFile, RestartPolicy } from '#core/domain/spec.js';
import type { CreateInput, Engine } from '#core/engine/engine.js';
import { getFlavor } from '#core/engine/flavors.js';
import { chooseImage } from '#core/engine/images.js';
import { getKeypair } from '#core/engine/keypairs.js';
import { projectQuota } from '#core/engine/quotas.js';
import type { MicroVersion } from '#core/http/version.js';
import type { CreateBody, NewServer } from '#schemas/nova/server-create.js';
import { badRequest, forbidden, notImplemented } from '../refusal.js';
import { snapshotOf } from '../synthetic-flavor.js';
import { checkBlockDevices } from './block-devices.js';
import { authorizedKeys, personalityFiles } from './files.js';
import { type FlavorSettings, flavorSettings } from './flavor-limits.js';
import { checkImage, type ImageDefaults, imageChoice, imageDefaults, requestedImage } from './image.js';
import { wantedNetworks } from './networks.js';
import { type ContainerOptions, metadataEnvironment, metadataOptions, PREFIX } from './options.js';
import { groupHint, requestedPlacement } from './placement.js';
import { type UserData, userData } from './user-data.js';

/** What a create request asks the engine for; `names` are the caller's, since their number may shrink to the quota. */
export type CreateTemplate = Omit<CreateInput, 'names'>;

/** VM-like: what runs in the container has a terminal and a little init, and is not started again behind the user's back. */
const NO_RESTART: RestartPolicy = { name: 'no', maximumRetryCount: 0 };

/**
 * Translates `POST /servers` (nova-api.md 4.3, 5). All that can be wrong without looking at an engine is found here, before anything is
 * written.
 * @throws Refusal 400, 403, 501; Forbidden
 */
export async function createTemplate(
  engine: Engine,
  context: RequestContext,
  version: MicroVersion,
  body: CreateBody,
): Promise<CreateTemplate> {
  const { server } = body;
  refuseUnsupported(server);
  const metadata = server.metadata ?? {};
  await checkMetadataQuota(engine, context, metadata);
  const options = withConfig(metadataOptions(metadata), userData(server.user_data));
  if (options.own.privileged === true && !context.isAdmin) {
    throw new Forbidden('os_compute_api:servers:create:privileged');
  }
  const flavor = await requestedFlavor(engine, context, server.flavorRef);
  checkBlockDevices(server, flavor);
  if (server.imageRef === undefined || server.imageRef === '') throw badRequest('Missing imageRef attribute');
  const record = await requestedImage(engine, context, server.imageRef);
  checkImage(record, flavor);
  const key = await requestedKey(engine, context, server.key_name);
  const { placement, pinnedZone } = await requestedPlacement(engine, context, body);
  const settings = flavorSettings(flavor);
  const image =
    options.own.image === undefined
      ? await imageChoice(engine, context, record)
      : await otherImage(engine, context, options.own.image);
  const files = [
    ...(key === null ? [] : [authorizedKeys(key.publicKey, options.own.sshUser ?? null)]),
    ...personalityFiles(server.personality),
    ...options.files,
  ];
  return {
    frontEnd: 'nova',
    image,
    networks: wantedNetworks(server.networks),
    securityGroups: (server.security_groups ?? []).map((g) => g.name ?? 'default'),
    spec: specOf(metadata, options.own, imageDefaults(record), settings, files),
    server: {
      flavor: snapshotOf(flavor),
      metadata,
      // Below 2.19 there is no description, and Nova stores the name.
      description: version.atLeast(19) ? (server.description ?? null) : server.name,
      tags: [...new Set(server.tags ?? [])],
      keyName: server.key_name ?? null,
      userData: server.user_data ?? null,
      configDrive: false,
      locked: null,
      lockedReason: null,
      diskConfig: server['OS-DCF:diskConfig'] ?? 'MANUAL',
      accessIPv4: server.accessIPv4 ?? '',
      accessIPv6: server.accessIPv6 ?? '',
      pinnedZone,
      serverGroup: groupHint(body),
    },
    placement,
  };
}

function refuseUnsupported(server: NewServer): void {
  if (server.trusted_image_certificates != null) {
    throw badRequest('Image signature certificate validation is not supported for containers.');
  }
  if (server.config_drive === true) throw notImplemented('config_drive is not implemented yet.');
}

interface Options {
  readonly own: ContainerOptions;
  readonly files: readonly InjectedFile[];
}

/** Metadata is nearer to the user than a file of options: it wins. */
function withConfig(fromMetadata: ContainerOptions, { files, options }: UserData): Options {
  if (options === null) return { own: fromMetadata, files };
  const own = {
    ...options,
    ...fromMetadata,
    environment: { ...options.environment, ...fromMetadata.environment },
    labels: { ...options.labels, ...fromMetadata.labels },
  };
  return { own, files };
}

function specOf(
  metadata: Readonly<Record<string, string>>,
  own: ContainerOptions,
  image: ImageDefaults,
  flavor: FlavorSettings,
  files: readonly InjectedFile[],
): CreateTemplate['spec'] {
  const shown = Object.entries(metadata).filter(([key]) => !key.startsWith(PREFIX));
  return {
    command: own.command ?? image.command,
    entrypoint: own.entrypoint ?? image.entrypoint,
    environment: { ...image.environment, ...metadataEnvironment(metadata), ...own.environment },
    labels: { ...Object.fromEntries(shown), ...own.labels },
    workdir: own.workdir ?? image.workdir,
    user: own.user ?? image.user,
    tty: own.tty ?? image.tty ?? flavor.tty ?? true,
    interactive: own.interactive ?? true,
    init: own.init ?? image.init ?? flavor.init ?? true,
    limits: flavor.limits,
    runtime: flavor.runtime,
    privileged: flavor.privileged || own.privileged === true,
    restartPolicy: own.restartPolicy ?? NO_RESTART,
    healthcheck: own.healthcheck ?? null,
    exposedPorts: own.ports ?? [],
    autoRemove: false,
    autoHeal: own.autoHeal ?? false,
    stopSignal: own.stopSignal ?? null,
    stopTimeout: own.stopTimeout ?? null,
    files,
    start: true,
  };
}

async function checkMetadataQuota(
  engine: Engine,
  context: RequestContext,
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const count = Object.keys(metadata).length;
  if (count === 0) return;
  const limit = (await projectQuota(engine, context.projectId)).limits.metadata_items;
  if (limit >= 0 && count > limit) throw forbidden(`Maximum number of metadata items exceeds ${limit}`);
}

async function requestedFlavor(engine: Engine, context: RequestContext, ref: string): Promise<Flavor> {
  return getFlavor(engine, context, ref).catch((error: unknown) => {
    throw error instanceof NotFound ? badRequest(`Flavor ${ref} could not be found.`) : error;
  });
}

async function requestedKey(
  engine: Engine,
  context: RequestContext,
  name: string | undefined,
): Promise<Keypair | null> {
  if (name === undefined) return null;
  return getKeypair(engine, context, name).catch((error: unknown) => {
    throw error instanceof NotFound ? badRequest('Invalid key_name provided.') : error;
  });
}

async function otherImage(engine: Engine, context: RequestContext, ref: string): Promise<CreateInput['image']> {
  return chooseImage(engine, context, ref, 'docker', null).catch((error: unknown) => {
    throw error instanceof NotFound ? badRequest(`Invalid container option ${PREFIX}image`) : error;
  });
}
