import { NotFound } from '#core/domain/errors.js';
import { RuleExists } from '#core/domain/network-errors.js';
import { isUuid } from '#core/lib/uuid.js';
import { brokenConstraint, type Database } from './database.js';
import type { Scope } from './network-scope.js';

export interface NewRule {
  readonly groupId: string;
  readonly projectId: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  /** Name or number, as text; null: any. */
  readonly protocol: string | null;
  /** With ICMP the type and the code. */
  readonly portRangeMin: number | null;
  readonly portRangeMax: number | null;
  /** CIDR */
  readonly remoteIpPrefix: string | null;
  readonly remoteGroupId: string | null;
  readonly description: string;
}

export interface Rule extends NewRule {
  readonly id: string;
  readonly createdAt: Date;
}

/** A rule as JSON, because a group is read with its rules in one statement. */
export interface RuleRow {
  readonly id: string;
  readonly group_id: string;
  readonly project_id: string;
  readonly direction: 'ingress' | 'egress';
  readonly ethertype: 'IPv4' | 'IPv6';
  readonly protocol: string | null;
  readonly port_range_min: number | null;
  readonly port_range_max: number | null;
  readonly prefix: string | null;
  readonly remote_group_id: string | null;
  readonly description: string;
  readonly created: string;
}

const COLUMNS = `r.id, r.security_group_id as group_id, r.project_id, r.direction, r.ethertype, r.protocol, r.port_range_min,
  r.port_range_max, r.remote_ip_prefix::text as prefix, r.remote_group_id, r.description,
  to_char(r.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as created, r.seq`;

/** The rules of a group `g`, oldest first. */
export const RULES_OF_GROUP = `coalesce((select jsonb_agg(to_jsonb(x) order by x.seq) from (
  select ${COLUMNS} from security_group_rules r where r.security_group_id = g.id) x), '[]')`;

export class SecurityGroupRules {
  constructor(private readonly database: Database) {}

  async list(scope: Scope): Promise<Rule[]> {
    const rows = await this.database.query<RuleRow>(
      `select ${COLUMNS} from security_group_rules r where $1::text is null or r.project_id = $1 order by r.seq`,
      [scope],
    );
    return rows.map(toRule);
  }

  /** @throws NotFound('security group rule') */
  async byId(id: string, scope: Scope): Promise<Rule> {
    const row = isUuid(id)
      ? await this.database.one<RuleRow>(
          `select ${COLUMNS} from security_group_rules r where r.id = $1 and ($2::text is null or r.project_id = $2)`,
          [id, scope],
        )
      : null;
    if (row === null) throw new NotFound('security group rule', id);
    return toRule(row);
  }

  /** @throws NotFound('security group') for either group, RuleExists when the group has a rule that says the same */
  async insert(rule: NewRule): Promise<Rule> {
    try {
      const id = await this.database.transaction(async (t) => {
        // The lock keeps two equal rules from being added at once.
        await this.database.query('select id from security_groups where id = $1 for update', [rule.groupId], t);
        const same = await this.database.one<{ id: string }>(
          `select id from security_group_rules where security_group_id = $1 and direction = $2 and ethertype = $3
             and protocol is not distinct from $4::text and port_range_min is not distinct from $5::integer
             and port_range_max is not distinct from $6::integer and remote_group_id is not distinct from $8::uuid
             and nullif(nullif(remote_ip_prefix, '0.0.0.0/0'), '::/0') is not distinct from nullif(nullif(network($7::inet), '0.0.0.0/0'), '::/0')`,
          [
            rule.groupId,
            rule.direction,
            rule.ethertype,
            rule.protocol,
            rule.portRangeMin,
            rule.portRangeMax,
            rule.remoteIpPrefix,
            rule.remoteGroupId,
          ],
          t,
        );
        if (same !== null) throw new RuleExists(same.id);
        const row = await this.database.one<{ id: string }>(
          `insert into security_group_rules (security_group_id, project_id, direction, ethertype, protocol, port_range_min,
             port_range_max, remote_ip_prefix, remote_group_id, description)
           values ($1, $2, $3, $4, $5, $6, $7, network($8::inet), $9, $10) returning id`,
          [
            rule.groupId,
            rule.projectId,
            rule.direction,
            rule.ethertype,
            rule.protocol,
            rule.portRangeMin,
            rule.portRangeMax,
            rule.remoteIpPrefix,
            rule.remoteGroupId,
            rule.description,
          ],
          t,
        );
        if (row === null) throw new Error('insert into security_group_rules returned no row');
        return row.id;
      });
      return await this.byId(id, null);
    } catch (error) {
      const constraint = brokenConstraint(error);
      if (constraint === 'security_group_rules_security_group_id_fkey')
        throw new NotFound('security group', rule.groupId);
      if (constraint === 'security_group_rules_remote_group_id_fkey') {
        throw new NotFound('security group', rule.remoteGroupId ?? '');
      }
      throw error;
    }
  }

  /** @throws NotFound('security group rule') */
  async delete(id: string): Promise<void> {
    const row = await this.database.one('delete from security_group_rules where id = $1 returning id', [id]);
    if (row === null) throw new NotFound('security group rule', id);
  }
}

export const toRule = (r: RuleRow): Rule => ({
  id: r.id,
  groupId: r.group_id,
  projectId: r.project_id,
  direction: r.direction,
  ethertype: r.ethertype,
  protocol: r.protocol,
  portRangeMin: r.port_range_min,
  portRangeMax: r.port_range_max,
  remoteIpPrefix: r.prefix,
  remoteGroupId: r.remote_group_id,
  description: r.description,
  createdAt: new Date(r.created),
});
