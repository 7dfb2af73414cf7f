import { AlreadyExists } from '#core/domain/errors.js';
import { type Database, sqlState, type Transaction } from './database.js';

export interface StoredUser {
  readonly id: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly defaultProjectId: string | null;
  readonly enabled: boolean;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface StoredProject {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly enabled: boolean;
}

export interface Assignment {
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly role: string;
}

/** What decides, beside its signature, whether a token is good, and for what. */
export interface TokenFacts {
  readonly userName: string;
  readonly userEnabled: boolean;
  /** Tokens issued before are void. */
  readonly validFrom: Date;
  readonly revoked: boolean;
  /** null: no project was asked for, or it does not exist. */
  readonly project: { readonly name: string; readonly enabled: boolean } | null;
  /** Assigned on the project; without a project those on any. */
  readonly roles: readonly string[];
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly passwordHash?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly defaultProjectId?: string | null | undefined;
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

export interface ProjectChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly enabled?: boolean | undefined;
}

const USER = `id, name, password_hash as "passwordHash", default_project_id as "defaultProjectId", enabled, extra`;
const PROJECT = 'id, name, description, enabled';
const UNIQUE_VIOLATION = '23505';

/** Users, projects, roles and revoked tokens of the embedded identity service. Every method: @throws Unavailable('database') */
export class IdentityStore {
  constructor(private readonly database: Database) {}

  userById(id: string): Promise<StoredUser | null> {
    return this.database.one<StoredUser>(`select ${USER} from identity_users where id = $1`, [id]);
  }

  userByName(name: string): Promise<StoredUser | null> {
    return this.database.one<StoredUser>(`select ${USER} from identity_users where name = $1`, [name]);
  }

  /** Those that match all that is given, by name. */
  users(want: { name?: string | undefined; enabled?: boolean | undefined } = {}): Promise<StoredUser[]> {
    return this.database.query<StoredUser>(
      `select ${USER} from identity_users
       where ($1::text is null or name = $1) and ($2::boolean is null or enabled = $2) order by name`,
      [want.name ?? null, want.enabled ?? null],
    );
  }

  projectById(id: string): Promise<StoredProject | null> {
    return this.database.one<StoredProject>(`select ${PROJECT} from identity_projects where id = $1`, [id]);
  }

  projectByName(name: string): Promise<StoredProject | null> {
    return this.database.one<StoredProject>(`select ${PROJECT} from identity_projects where name = $1`, [name]);
  }

  projects(want: { name?: string | undefined; enabled?: boolean | undefined } = {}): Promise<StoredProject[]> {
    return this.database.query<StoredProject>(
      `select ${PROJECT} from identity_projects
       where ($1::text is null or name = $1) and ($2::boolean is null or enabled = $2) order by name`,
      [want.name ?? null, want.enabled ?? null],
    );
  }

  /** Projects in which the user has any role. */
  projectsOf(userId: string): Promise<StoredProject[]> {
    return this.database.query<StoredProject>(
      `select ${PROJECT} from identity_projects p
       where exists (select 1 from identity_assignments a where a.project_id = p.id and a.user_id = $1) order by name`,
      [userId],
    );
  }

  assignments(want: { userId?: string; projectId?: string; role?: string } = {}): Promise<Assignment[]> {
    return this.database.query<Assignment>(
      `select a.user_id as "userId", u.name as "userName", a.project_id as "projectId", p.name as "projectName", a.role
       from identity_assignments a join identity_users u on u.id = a.user_id join identity_projects p on p.id = a.project_id
       where ($1::text is null or a.user_id = $1) and ($2::text is null or a.project_id = $2) and ($3::text is null or a.role = $3)
       order by p.name, u.name, a.role`,
      [want.userId ?? null, want.projectId ?? null, want.role ?? null],
    );
  }

  /** One query for all that a token check needs. null: the user does not exist. */
  async tokenFacts(userId: string, projectId: string | null, auditId: string): Promise<TokenFacts | null> {
    const row = await this.database.one<{
      userName: string;
      userEnabled: boolean;
      validFrom: Date;
      revoked: boolean;
      projectName: string | null;
      projectEnabled: boolean | null;
      roles: string[];
    }>(
      `select u.name as "userName", u.enabled as "userEnabled", u.tokens_valid_from as "validFrom",
         exists (select 1 from identity_revocations r where r.audit_id = $3) as revoked,
         p.name as "projectName", p.enabled as "projectEnabled",
         array(select distinct a.role from identity_assignments a
               where a.user_id = u.id and ($2::text is null or a.project_id = $2) order by a.role) as roles
       from identity_users u left join identity_projects p on p.id = $2
       where u.id = $1`,
      [userId, projectId, auditId],
    );
    if (row === null) return null;
    const { projectName, projectEnabled, ...facts } = row;
    return {
      ...facts,
      project: projectName === null ? null : { name: projectName, enabled: projectEnabled === true },
    };
  }

  /** Remembers a token as void until it would have ended, and forgets those that have. */
  async revoke(auditId: string, expiresAt: Date): Promise<void> {
    await this.database.query('delete from identity_revocations where expires_at < now()');
    await this.database.query(
      'insert into identity_revocations (audit_id, expires_at) values ($1, $2) on conflict do nothing',
      [auditId, expiresAt],
    );
  }

  /** @throws AlreadyExists('user') when the name is taken */
  async createUser(user: StoredUser, transaction?: Transaction): Promise<void> {
    await this.unique('user', user.name, () =>
      this.database.query(
        `insert into identity_users (id, name, password_hash, default_project_id, enabled, extra)
         values ($1, $2, $3, $4, $5, $6)`,
        [user.id, user.name, user.passwordHash, user.defaultProjectId, user.enabled, JSON.stringify(user.extra)],
        transaction,
      ),
    );
  }

  /**
   * Changes what is given. A new password voids the tokens that are out, as in Keystone.
   * @returns null when there is no such user
   * @throws AlreadyExists('user')
   */
  async updateUser(id: string, change: UserChange): Promise<StoredUser | null> {
    const [row] = await this.unique('user', change.name ?? id, () =>
      this.database.query<StoredUser>(
        `update identity_users set name = coalesce($2, name), enabled = coalesce($3, enabled),
           password_hash = coalesce($4, password_hash),
           tokens_valid_from = case when $4::text is null then tokens_valid_from else now() end,
           default_project_id = case when $5::boolean then $6 else default_project_id end,
           extra = extra || $7::jsonb
         where id = $1 returning ${USER}`,
        [
          id,
          change.name ?? null,
          change.enabled ?? null,
          change.passwordHash ?? null,
          change.defaultProjectId !== undefined,
          change.defaultProjectId ?? null,
          JSON.stringify(change.extra ?? {}),
        ],
      ),
    );
    return row ?? null;
  }

  /** @returns false when there is no such user */
  async deleteUser(id: string): Promise<boolean> {
    return (await this.database.query('delete from identity_users where id = $1 returning id', [id])).length > 0;
  }

  /** @throws AlreadyExists('project') when the name is taken */
  async createProject(project: StoredProject, transaction?: Transaction): Promise<void> {
    await this.unique('project', project.name, () =>
      this.database.query(
        'insert into identity_projects (id, name, description, enabled) values ($1, $2, $3, $4)',
        [project.id, project.name, project.description, project.enabled],
        transaction,
      ),
    );
  }

  /** @returns null when there is no such project @throws AlreadyExists('project') */
  async updateProject(id: string, change: ProjectChange): Promise<StoredProject | null> {
    const [row] = await this.unique('project', change.name ?? id, () =>
      this.database.query<StoredProject>(
        `update identity_projects set name = coalesce($2, name), description = coalesce($3, description),
           enabled = coalesce($4, enabled) where id = $1 returning ${PROJECT}`,
        [id, change.name ?? null, change.description ?? null, change.enabled ?? null],
      ),
    );
    return row ?? null;
  }

  /** @returns false when there is no such project */
  async deleteProject(id: string): Promise<boolean> {
    return (await this.database.query('delete from identity_projects where id = $1 returning id', [id])).length > 0;
  }

  /** Idempotent. @returns false when the user or the project does not exist */
  async grant(userId: string, projectId: string, role: string, transaction?: Transaction): Promise<boolean> {
    const rows = await this.database.query(
      `with known as (select u.id as u, p.id as p from identity_users u, identity_projects p where u.id = $1 and p.id = $2),
         put as (insert into identity_assignments (user_id, project_id, role) select u, p, $3 from known on conflict do nothing)
       select u from known`,
      [userId, projectId, role],
      transaction,
    );
    return rows.length > 0;
  }

  /** @returns false when the user did not have the role */
  async ungrant(userId: string, projectId: string, role: string): Promise<boolean> {
    const rows = await this.database.query(
      'delete from identity_assignments where user_id = $1 and project_id = $2 and role = $3 returning role',
      [userId, projectId, role],
    );
    return rows.length > 0;
  }

  /** Runs `work` while no other process does, and only when there is no user yet. @returns whether it ran */
  async ifEmpty(work: (transaction: Transaction) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (transaction) => {
      await this.database.query('lock table identity_users in share row exclusive mode', [], transaction);
      const user = await this.database.one('select id from identity_users limit 1', [], transaction);
      if (user !== null) return false;
      await work(transaction);
      return true;
    });
  }

  private async unique<T>(kind: 'user' | 'project', name: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) throw new AlreadyExists(kind, name);
      throw error;
    }
  }
}
