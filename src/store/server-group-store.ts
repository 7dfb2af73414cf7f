import { NotFound } from '#core/domain/errors.js';
import type { GroupPolicy, GroupRules, ServerGroup } from '#core/domain/server-group.js';
import type { Database, Transaction } from './database.js';

interface GroupRow {
  readonly uuid: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly name: string;
  readonly policy: GroupPolicy;
  readonly rules: GroupRules;
  readonly members: readonly string[];
}

/** Who is in a group is what the containers say: nothing is kept twice. */
const SELECT = `select g.*, array(select c.uuid::text from containers c
    where c.server ->> 'serverGroup' = g.uuid::text and c.deleted_at is null order by c.seq) as members
  from server_groups g`;

export class ServerGroupStore {
  constructor(private readonly database: Database) {}

  async insert(g: Omit<ServerGroup, 'uuid' | 'members'>, transaction: Transaction): Promise<ServerGroup> {
    const row = await this.database.one<Omit<GroupRow, 'members'>>(
      'insert into server_groups (project_id, user_id, name, policy, rules) values ($1, $2, $3, $4, $5) returning *',
      [g.projectId, g.userId, g.name, g.policy, JSON.stringify(g.rules)],
      transaction,
    );
    if (row === null) throw new Error('insert returned no row');
    return toGroup({ ...row, members: [] });
  }

  /** `projectId` null: of any project. @throws NotFound('server group') */
  async find(uuid: string, projectId: string | null, transaction?: Transaction): Promise<ServerGroup> {
    const row = await this.database.one<GroupRow>(
      `${SELECT} where g.uuid = $1 and ($2::text is null or g.project_id = $2)`,
      [uuid, projectId],
      transaction,
    );
    if (row === null) throw new NotFound('server group', uuid);
    return toGroup(row);
  }

  async list(projectId: string | null, limit: number, offset: number): Promise<ServerGroup[]> {
    const rows = await this.database.query<GroupRow>(
      `${SELECT} where $1::text is null or g.project_id = $1 order by g.seq limit $2 offset $3`,
      [projectId, limit, offset],
    );
    return rows.map(toGroup);
  }

  /** The group is gone, and its members are in none. @throws NotFound('server group') */
  async remove(uuid: string, projectId: string | null): Promise<void> {
    await this.database.transaction(async (transaction) => {
      const rows = await this.database.query(
        'delete from server_groups where uuid = $1 and ($2::text is null or project_id = $2) returning uuid',
        [uuid, projectId],
        transaction,
      );
      if (rows.length === 0) throw new NotFound('server group', uuid);
      await this.database.query(
        `update containers set server = jsonb_set(server, '{serverGroup}', 'null') where server ->> 'serverGroup' = $1`,
        [uuid],
        transaction,
      );
    });
  }

  /** How many members of a group each host has. */
  async membersByHost(uuid: string, transaction: Transaction): Promise<Map<string, number>> {
    const rows = await this.database.query<{ host: string; members: number }>(
      `select host, count(*)::integer as members from containers
       where server ->> 'serverGroup' = $1 and deleted_at is null and host is not null group by host`,
      [uuid],
      transaction,
    );
    return new Map(rows.map((r) => [r.host, r.members]));
  }
}

const toGroup = (r: GroupRow): ServerGroup => ({
  uuid: r.uuid,
  projectId: r.project_id,
  userId: r.user_id,
  name: r.name,
  policy: r.policy,
  rules: r.rules,
  members: r.members,
});
