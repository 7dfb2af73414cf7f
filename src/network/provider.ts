import type { PortBinding } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { NetworkRequest } from '#core/domain/spec.js';
import type { EngineEndpoint, EngineNetwork } from '#core/runtime/driver.js';

/** One interface as a user asks for it, before names are resolved. */
export interface WantedInterface {
  /** Id or name. */
  readonly network?: string;
  readonly port?: string;
  readonly fixedIp?: string;
}

/**
 * Networks as tenants know them (Neutron's terms). A port carries `device_id` = uuid of the container, so that after a crash it
 * is found again and never made twice.
 */
export interface NetworkProvider {
  /**
   * Checks what was asked for, in the caller's project, before anything is made.
   * `auto`: the project's only usable network; none = no interface. `default`: as Zun, the oldest network, required.
   * @throws NotFound('network' | 'port'), Ambiguous, InUse, AmbiguousNetwork, Invalid
   */
  resolve(
    context: RequestContext,
    wanted: readonly WantedInterface[] | 'auto' | 'default' | 'none',
  ): Promise<readonly NetworkRequest[]>;
  /** Ids of security groups given by id or name. @throws NotFound('security group'), Ambiguous */
  resolveSecurityGroups(context: RequestContext, groups: readonly string[]): Promise<readonly string[]>;
  /**
   * Makes or finds the ports of a container and binds them to the host. Idempotent: looks for `device_id` first.
   * The order of the answer is that of the requests.
   */
  bind(container: BoundContainer, host: string): Promise<readonly PortBinding[]>;
  /** Deletes the ports that were made for the container, unbinds those that the user brought. Idempotent. */
  release(containerUuid: string): Promise<void>;
  /** Marks the ports ACTIVE or DOWN as the container starts and stops. */
  setActive(containerUuid: string, active: boolean): Promise<void>;
  /** How the engine reaches the network of a port. */
  wiring(binding: PortBinding): Promise<{ network: EngineNetwork; endpoint: EngineEndpoint }>;
  /**
   * Names of all engine networks that `wiring` can lead to. An engine network of this deployment that is none of them belongs to
   * nothing any more; to sweep such, list the engine's first and ask this afterwards, so that new ones are spared.
   */
  engineNetworks(): Promise<ReadonlySet<string>>;
}

export interface BoundContainer {
  readonly uuid: string;
  readonly projectId: string;
  readonly hostname: string;
  readonly networks: readonly NetworkRequest[];
  readonly securityGroups: readonly string[];
}
