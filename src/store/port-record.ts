import type { AddressWish } from './port-allocation.js';

export interface FixedIp {
  readonly subnetId: string;
  readonly address: string;
}

/** `ACTIVE`: its container runs. `DOWN`: not. */
export type PortStatus = 'ACTIVE' | 'DOWN';

export interface Port {
  readonly id: string;
  readonly networkId: string;
  readonly networkName: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  /** Lower case, with colons. */
  readonly macAddress: string;
  /** At most one. */
  readonly fixedIps: readonly FixedIp[];
  readonly deviceId: string;
  readonly deviceOwner: string;
  /** Name of the engine's host; empty while the port is not bound. */
  readonly host: string;
  readonly status: PortStatus;
  readonly adminStateUp: boolean;
  /** Place among the interfaces of its container; null for a port that no container uses. */
  readonly position: number | null;
  /** Made for its container, and deleted with it. */
  readonly owned: boolean;
  readonly securityGroups: readonly { readonly id: string; readonly name: string }[];
  readonly revisionNumber: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewPort {
  readonly networkId: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  /** null: a random one. */
  readonly macAddress: string | null;
  readonly address: AddressWish;
  readonly deviceId: string;
  readonly deviceOwner: string;
  readonly host: string;
  readonly adminStateUp: boolean;
  /** Ids. */
  readonly securityGroups: readonly string[];
  /** Given for a port that is made for the container `deviceId`, and deleted with it. */
  readonly position: number | null;
}

export type PortChanges = Partial<
  Pick<
    NewPort,
    | 'name'
    | 'description'
    | 'macAddress'
    | 'address'
    | 'deviceId'
    | 'deviceOwner'
    | 'host'
    | 'adminStateUp'
    | 'securityGroups'
  >
>;

export interface PortRow {
  readonly id: string;
  readonly network_id: string;
  readonly network_name: string;
  readonly project_id: string;
  readonly name: string;
  readonly description: string;
  readonly mac: string;
  readonly fixed_ips: readonly FixedIp[];
  readonly device_id: string;
  readonly device_owner: string;
  readonly host: string;
  readonly status: PortStatus;
  readonly admin_state_up: boolean;
  readonly position: number | null;
  readonly owned: boolean;
  readonly security_groups: readonly { readonly id: string; readonly name: string }[];
  readonly revision_number: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Ports `p` with their addresses and groups, in one statement whatever the number of rows. */
export const SELECT_PORT = `select p.*, p.mac_address::text as mac, n.name as network_name,
    coalesce((select jsonb_agg(jsonb_build_object('subnetId', a.subnet_id, 'address', host(a.address)) order by a.address)
      from network_addresses a where a.port_id = p.id), '[]') as fixed_ips,
    coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by g.seq)
      from port_security_groups b join security_groups g on g.id = b.security_group_id where b.port_id = p.id), '[]') as security_groups
  from network_ports p join networks n on n.id = p.network_id`;

export const toPort = (r: PortRow): Port => ({
  id: r.id,
  networkId: r.network_id,
  networkName: r.network_name,
  projectId: r.project_id,
  name: r.name,
  description: r.description,
  macAddress: r.mac,
  fixedIps: r.fixed_ips,
  deviceId: r.device_id,
  deviceOwner: r.device_owner,
  host: r.host,
  status: r.status,
  adminStateUp: r.admin_state_up,
  position: r.position,
  owned: r.owned,
  securityGroups: r.security_groups,
  revisionNumber: r.revision_number,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
});
