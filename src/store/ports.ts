import { randomUUID } from 'node:crypto';
import { NotFound } from '#core/domain/errors.js';
import { MacAddressInUse, PortInUse } from '#core/domain/network-errors.js';
import { isUuid } from '#core/lib/uuid.js';
import { brokenConstraint, type Database, type Transaction } from './database.js';
import type { Scope } from './network-scope.js';
import { giveAddress, randomMac } from './port-allocation.js';
import {
  type NewPort,
  type Port,
  type PortChanges,
  type PortRow,
  type PortStatus,
  SELECT_PORT,
  toPort,
} from './port-record.js';
import { changedColumns } from './sql-changes.js';

/** A random MAC address is taken once in millions; that it is so this often in a row means something else. */
const MAC_ATTEMPTS = 5;

/** What a container's port is bound with. */
export interface PortUse {
  readonly containerUuid: string;
  readonly position: number;
  readonly host: string;
}

export class Ports {
  constructor(private readonly database: Database) {}

  /** The project's own (a port of somebody else on a shared network is not shared), oldest first. */
  async list(scope: Scope): Promise<Port[]> {
    const rows = await this.database.query<PortRow>(
      `${SELECT_PORT} where $1::text is null or p.project_id = $1 order by p.seq`,
      [scope],
    );
    return rows.map(toPort);
  }

  /** @throws NotFound('port') */
  async byId(id: string, scope: Scope, transaction?: Transaction): Promise<Port> {
    const row = isUuid(id)
      ? await this.database.one<PortRow>(
          `${SELECT_PORT} where p.id = $1 and ($2::text is null or p.project_id = $2)`,
          [id, scope],
          transaction,
        )
      : null;
    if (row === null) throw new NotFound('port', id);
    return toPort(row);
  }

  /** Ports that are bound to the container, in the order of its interfaces. */
  async boundTo(containerUuid: string): Promise<Port[]> {
    const rows = await this.database.query<PortRow>(
      `${SELECT_PORT} where p.device_id = $1 and p.position is not null order by p.position`,
      [containerUuid],
    );
    return rows.map(toPort);
  }

  /** Who has the address on the network now; null: nobody. */
  async holderOf(networkId: string, address: string): Promise<string | null> {
    const row = await this.database.one<{ port_id: string }>(
      `select a.port_id from network_addresses a join subnets s on s.id = a.subnet_id
       where s.network_id = $1 and a.address = $2::inet`,
      [networkId, address],
    );
    return row?.port_id ?? null;
  }

  /**
   * Makes a port and gives it its address, both or nothing. With a `position` it is the container's own: when the container has
   * a port in that position already, that one is returned instead.
   * @throws NotFound('network' | 'security group'), AddressInUse, AddressesExhausted, AddressNotInNetwork, MacAddressInUse
   */
  async insert(port: NewPort): Promise<Port> {
    for (let attempt = 1; ; attempt++) {
      const mac = port.macAddress ?? randomMac();
      try {
        return await this.database.transaction((t) => this.insertOnce(port, mac, t));
      } catch (error) {
        const constraint = brokenConstraint(error);
        if (constraint === 'network_ports_position') {
          const made = (await this.boundTo(port.deviceId)).find((p) => p.position === port.position);
          if (made !== undefined) return made;
        }
        if (constraint !== 'network_ports_mac') throw meaning(error, port);
        if (port.macAddress !== null || attempt === MAC_ATTEMPTS) throw new MacAddressInUse(port.networkId, mac);
      }
    }
  }

  private async insertOnce(port: NewPort, mac: string, t: Transaction): Promise<Port> {
    const id = randomUUID();
    const inserted = this.database.query(
      `insert into network_ports (id, network_id, project_id, name, description, mac_address, device_id, device_owner, host,
         admin_state_up, position, owned)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      [
        id,
        port.networkId,
        port.projectId,
        port.name,
        port.description,
        mac,
        port.deviceId,
        port.deviceOwner,
        port.host,
        port.adminStateUp,
        port.position,
        port.position !== null,
      ],
      t,
    );
    await Promise.all([
      inserted,
      this.joinGroups(id, port.securityGroups, t),
      giveAddress(this.database, id, port.networkId, port.address, t),
    ]);
    const [made] = await Promise.all([this.byId(id, null, t), t.commit()]);
    return made;
  }

  private async joinGroups(portId: string, groups: readonly string[], t: Transaction): Promise<void> {
    await this.database.query(
      `insert into port_security_groups (port_id, security_group_id)
       select $1::uuid, value::uuid from jsonb_array_elements_text($2::jsonb) on conflict do nothing`,
      [portId, JSON.stringify(groups)],
      t,
    );
  }

  /** @throws NotFound('port' | 'security group'), AddressInUse, AddressesExhausted, AddressNotInNetwork, MacAddressInUse */
  async update(port: Pick<Port, 'id' | 'networkId'>, changes: PortChanges): Promise<void> {
    try {
      await this.database.transaction(async (t) => {
        const bind: unknown[] = [port.id];
        const sets = changedColumns(
          {
            name: changes.name,
            description: changes.description,
            mac_address: changes.macAddress,
            device_id: changes.deviceId,
            device_owner: changes.deviceOwner,
            host: changes.host,
            admin_state_up: changes.adminStateUp,
          },
          bind,
        );
        const row = await this.database.one(
          `update network_ports set ${[...sets, 'revision_number = revision_number + 1', 'updated_at = now()'].join(', ')}
           where id = $1 returning id`,
          bind,
          t,
        );
        if (row === null) throw new NotFound('port', port.id);
        if (changes.securityGroups !== undefined) {
          await this.database.query('delete from port_security_groups where port_id = $1', [port.id], t);
          await this.joinGroups(port.id, changes.securityGroups, t);
        }
        if (changes.address !== undefined) {
          await this.database.query('delete from network_addresses where port_id = $1', [port.id], t);
          await giveAddress(this.database, port.id, port.networkId, changes.address, t);
        }
      });
    } catch (error) {
      throw meaning(error, { ...port, macAddress: changes.macAddress ?? null });
    }
  }

  /**
   * Binds a port that its user made to a container of the same project. Succeeds again for the same use.
   * @throws NotFound('port'), PortInUse
   */
  async take(portId: string, projectId: string, use: PortUse): Promise<Port> {
    const row = await this.database.one(
      `update network_ports set device_id = $3, position = $4, host = $5, device_owner = $6,
         status = case when device_id = '' then 'DOWN' else status end,
         revision_number = revision_number + 1, updated_at = now()
       where id = $1 and project_id = $2 and (device_id = '' or (device_id = $3 and position = $4)) returning id`,
      [portId, projectId, use.containerUuid, use.position, use.host, await this.computeOwner(use.host)],
    );
    const port = await this.byId(portId, projectId);
    if (row === null) throw new PortInUse(portId, port.networkId, port.deviceId);
    return port;
  }

  /** What a new port of a container gets: the project's default group (null: it has none yet), and the owner as of `computeOwner`. */
  async defaults(projectId: string, host: string): Promise<{ group: string | null; owner: string }> {
    const row = await this.database.one<{ group: string | null; zone: string | null }>(
      `select (select id from security_groups where project_id = $1 and name = 'default') as "group",
         (select availability_zone from hosts where name = $2) as zone`,
      [projectId, host],
    );
    return { group: row?.group ?? null, owner: owner(row?.zone) };
  }

  /** `compute:<zone>` of a host: how Nova marks the ports of its servers. */
  async computeOwner(host: string): Promise<string> {
    const row = await this.database.one<{ zone: string }>(
      'select availability_zone as zone from hosts where name = $1',
      [host],
    );
    return owner(row?.zone);
  }

  /** Deletes the ports that were made for the container and unbinds the others. Nothing to do is success. */
  async release(containerUuid: string): Promise<void> {
    await this.database.transaction(async (t) => {
      await this.database.query(
        'delete from network_ports where device_id = $1 and position is not null and owned',
        [containerUuid],
        t,
      );
      await this.database.query(
        `update network_ports set device_id = '', device_owner = '', host = '', position = null, status = 'DOWN',
           revision_number = revision_number + 1, updated_at = now()
         where device_id = $1 and position is not null`,
        [containerUuid],
        t,
      );
    });
  }

  async setStatus(containerUuid: string, status: PortStatus): Promise<void> {
    await this.database.query(
      `update network_ports set status = $2, revision_number = revision_number + 1, updated_at = now()
       where device_id = $1 and position is not null and status <> $2`,
      [containerUuid, status],
    );
  }

  /**
   * Deletes a port that no container is bound to.
   * @throws NotFound('port'), PortInUse
   */
  async delete(id: string): Promise<void> {
    const row = await this.database.one('delete from network_ports where id = $1 and position is null returning id', [
      id,
    ]);
    if (row !== null) return;
    const port = await this.byId(id, null);
    throw new PortInUse(id, port.networkId, port.deviceId);
  }
}

const owner = (zone: string | null | undefined): string => `compute:${zone ?? 'nova'}`;

function meaning(
  error: unknown,
  port: { networkId: string; macAddress: string | null; securityGroups?: readonly string[] },
): unknown {
  switch (brokenConstraint(error)) {
    case 'network_ports_mac':
      return new MacAddressInUse(port.networkId, port.macAddress ?? '');
    case 'network_ports_network_id_fkey':
      return new NotFound('network', port.networkId);
    case 'port_security_groups_security_group_id_fkey':
      return new NotFound('security group', (port.securityGroups ?? []).join(', '));
    default:
      return error;
  }
}
