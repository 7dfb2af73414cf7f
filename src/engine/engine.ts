import type { HostGateway } from '#core/agent/host-gateway.js';
import type { FrontEnd } from '#core/domain/context.js';
import type { ContainerSpec, ImageChoice, ServerAttributes } from '#core/domain/spec.js';
import type { IdentityProvider } from '#core/identity/provider.js';
import type { ImageProvider } from '#core/image/provider.js';
import type { Logger } from '#core/logging/logger.js';
import type { NetworkProvider, WantedInterface } from '#core/network/provider.js';
import type { Ratios } from '#core/scheduler/request.js';
import type { Store } from '#core/store/store.js';

export type { WantedInterface } from '#core/network/provider.js';

/**
 * What the verbs of the engine work with. The front ends hold it without looking inside, and pass it to the functions of this
 * folder: they are the only door.
 */
export interface Engine {
  readonly store: Store;
  readonly images: ImageProvider;
  readonly networks: NetworkProvider;
  readonly hosts: HostGateway;
  /** Which projects there are. */
  readonly projects: Pick<IdentityProvider, 'projectExists'>;
  readonly ratios: Ratios;
  readonly defaults: EngineDefaults;
  readonly log: Logger;
}

export interface EngineDefaults {
  readonly availabilityZone: string;
  /** A host that was silent for longer is down. Seconds. */
  readonly serviceDownSeconds: number;
  /** Milliseconds that an exec may take. */
  readonly execTimeoutMs: number;
  /** How long a ticket for a terminal can be used. */
  readonly terminalTokenSeconds: number;
}

/** What a front end translates a create request to. */
export interface CreateInput {
  readonly frontEnd: FrontEnd;
  /** One container for each. */
  readonly names: readonly { readonly name: string; readonly hostname: string | null }[];
  readonly image: ImageChoice;
  readonly networks: readonly WantedInterface[] | 'auto' | 'default' | 'none';
  /** Ids or names. */
  readonly securityGroups: readonly string[];
  readonly spec: Omit<ContainerSpec, 'image' | 'networks' | 'securityGroups'>;
  readonly server: Omit<ServerAttributes, 'launchIndex' | 'reservationId'>;
  readonly placement: Placement;
}

export interface Placement {
  readonly zone: string | null;
  /** Only this host. */
  readonly host: string | null;
  readonly sameHost: readonly string[];
  readonly differentHost: readonly string[];
  /** Labels that the host must have. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Uuid of the server group that it is to be in. */
  readonly group?: string;
}

export const anywhere: Placement = { zone: null, host: null, sameHost: [], differentHost: [] };
