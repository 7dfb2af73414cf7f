import type { PortBinding } from '#core/domain/container.js';
import type { MicroVersion } from '#core/http/version.js';

/** Networks of a container: by address up to 1.17, by port from 1.18 (native-api.md 3.6). */
export function networkListView(ports: readonly PortBinding[], version: MicroVersion): { networks: readonly object[] } {
  if (version.atLeast(18)) {
    return {
      networks: ports.map((p) => ({
        net_id: p.networkId,
        port_id: p.portId,
        fixed_ips: p.fixedIps.map((ip) => ({ subnet_id: ip.subnetId, version: ip.version, ip_address: ip.address })),
      })),
    };
  }
  return {
    networks: ports.flatMap((p) =>
      p.fixedIps.map((ip) => ({
        net_id: p.networkId,
        subnet_id: ip.subnetId,
        port_id: p.portId,
        version: ip.version,
        ip_address: ip.address,
      })),
    ),
  };
}
