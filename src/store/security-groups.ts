import { NotFound } from '#core/domain/errors.js';
import { SecurityGroupInUse } from '#core/domain/network-errors.js';
import { isUuid } from '#core/lib/uuid.js';
import { brokenConstraint, type Database, type Transaction } from './database.js';
import type { Scope } from './network-scope.js';
import { RULES_OF_GROUP, type Rule, type RuleRow, toRule } from './security-group-rules.js';
import { changedColumns } from './sql-changes.js';

export interface SecurityGroup {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly Rule[];
  readonly revisionNumber: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface GroupRow {
  readonly id: string;
  readonly project_id: string;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly RuleRow[];
  readonly revision_number: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const DEFAULT_GROUP = 'default';

const SELECT = `select g.*, ${RULES_OF_GROUP} as rules from security_groups g`;

export class SecurityGroups {
  constructor(private readonly database: Database) {}

  /** Oldest first. */
  async list(scope: Scope): Promise<SecurityGroup[]> {
    const rows = await this.database.query<GroupRow>(
      `${SELECT} where $1::text is null or g.project_id = $1 order by g.seq`,
      [scope],
    );
    return rows.map(toGroup);
  }

  /** @throws NotFound('security group') */
  async byId(id: string, scope: Scope): Promise<SecurityGroup> {
    const row = isUuid(id)
      ? await this.database.one<GroupRow>(`${SELECT} where g.id = $1 and ($2::text is null or g.project_id = $2)`, [
          id,
          scope,
        ])
      : null;
    if (row === null) throw new NotFound('security group', id);
    return toGroup(row);
  }

  /**
   * Id of the project's group `default`, which is made when it is missing, with Neutron's rules: everything out, in from
   * members of the group.
   */
  async ensureDefault(projectId: string): Promise<string> {
    const found = await this.database.one<{ id: string }>(
      'select id from security_groups where project_id = $1 and name = $2',
      [projectId, DEFAULT_GROUP],
    );
    if (found !== null) return found.id;
    await this.database.transaction(async (t) => {
      const made = await this.database.one<{ id: string }>(
        `insert into security_groups (project_id, name, description) values ($1, $2, 'Default security group')
         on conflict (project_id) where name = 'default' do nothing returning id`,
        [projectId, DEFAULT_GROUP],
        t,
      );
      if (made === null) return;
      await this.allowOut(made.id, projectId, t);
      await this.database.query(
        `insert into security_group_rules (security_group_id, project_id, direction, ethertype, remote_group_id)
         select $1::uuid, $2, 'ingress', e, $1::uuid from unnest(array['IPv4', 'IPv6']) e`,
        [made.id, projectId],
        t,
      );
    });
    return this.ensureDefault(projectId);
  }

  /** With the rules of a new group: everything out, nothing in. */
  async insert(projectId: string, name: string, description: string): Promise<SecurityGroup> {
    const id = await this.database.transaction(async (t) => {
      const row = await this.database.one<{ id: string }>(
        'insert into security_groups (project_id, name, description) values ($1, $2, $3) returning id',
        [projectId, name, description],
        t,
      );
      if (row === null) throw new Error('insert into security_groups returned no row');
      await this.allowOut(row.id, projectId, t);
      return row.id;
    });
    return this.byId(id, null);
  }

  private async allowOut(groupId: string, projectId: string, t: Transaction): Promise<void> {
    await this.database.query(
      `insert into security_group_rules (security_group_id, project_id, direction, ethertype)
       select $1::uuid, $2, 'egress', e from unnest(array['IPv4', 'IPv6']) e`,
      [groupId, projectId],
      t,
    );
  }

  /** @throws NotFound('security group') */
  async update(id: string, changes: { readonly name?: string; readonly description?: string }): Promise<void> {
    const bind: unknown[] = [id];
    const sets = changedColumns({ name: changes.name, description: changes.description }, bind);
    const row = await this.database.one(
      `update security_groups set ${[...sets, 'revision_number = revision_number + 1', 'updated_at = now()'].join(', ')}
       where id = $1 returning id`,
      bind,
    );
    if (row === null) throw new NotFound('security group', id);
  }

  /** @throws NotFound('security group'), SecurityGroupInUse while a port has it */
  async delete(id: string): Promise<void> {
    try {
      const row = await this.database.one('delete from security_groups where id = $1 returning id', [id]);
      if (row === null) throw new NotFound('security group', id);
    } catch (error) {
      if (brokenConstraint(error) === null) throw error;
      throw new SecurityGroupInUse(id);
    }
  }
}

const toGroup = (r: GroupRow): SecurityGroup => ({
  id: r.id,
  projectId: r.project_id,
  name: r.name,
  description: r.description,
  rules: r.rules.map(toRule),
  revisionNumber: r.revision_number,
  createdAt: r.created_at,
  updatedAt: r.updated_at,
});
