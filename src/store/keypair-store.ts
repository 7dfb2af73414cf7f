import { AlreadyExists, NotFound } from '#core/domain/errors.js';
import type { Keypair } from '#core/domain/records.js';
import { brokenConstraint, type Database } from './database.js';

interface KeypairRow {
  readonly id: number;
  readonly user_id: string;
  readonly name: string;
  readonly type: 'ssh' | 'x509';
  readonly public_key: string;
  readonly fingerprint: string;
  readonly created_at: Date;
}

/** The constraint that a user has one key pair of a name. */
const ONE_OF_A_NAME = 'keypairs_user_id_name_key';

/** Key pairs belong to users, not projects. */
export class KeypairStore {
  constructor(private readonly database: Database) {}

  /** @throws AlreadyExists('keypair') */
  async insert(k: Omit<Keypair, 'id' | 'createdAt'>): Promise<Keypair> {
    try {
      const row = await this.database.one<KeypairRow>(
        'insert into keypairs (user_id, name, type, public_key, fingerprint) values ($1, $2, $3, $4, $5) returning *',
        [k.userId, k.name, k.type, k.publicKey, k.fingerprint],
      );
      if (row === null) throw new Error('insert returned no row');
      return toKeypair(row);
    } catch (error) {
      if (brokenConstraint(error) === ONE_OF_A_NAME) throw new AlreadyExists('keypair', k.name);
      throw error;
    }
  }

  async list(userId: string, limit: number, marker: string | null): Promise<Keypair[]> {
    const rows = await this.database.query<KeypairRow>(
      'select * from keypairs where user_id = $1 and ($2::text is null or name > $2) order by name limit $3',
      [userId, marker, limit],
    );
    return rows.map(toKeypair);
  }

  async count(userId: string): Promise<number> {
    return (
      (
        await this.database.one<{ n: number }>('select count(*)::integer as n from keypairs where user_id = $1', [
          userId,
        ])
      )?.n ?? 0
    );
  }

  /** @throws NotFound('keypair') */
  async find(userId: string, name: string): Promise<Keypair> {
    const row = await this.database.one<KeypairRow>('select * from keypairs where user_id = $1 and name = $2', [
      userId,
      name,
    ]);
    if (row === null) throw new NotFound('keypair', name);
    return toKeypair(row);
  }

  /** @throws NotFound('keypair') */
  async remove(userId: string, name: string): Promise<void> {
    const rows = await this.database.query('delete from keypairs where user_id = $1 and name = $2 returning id', [
      userId,
      name,
    ]);
    if (rows.length === 0) throw new NotFound('keypair', name);
  }
}

const toKeypair = (r: KeypairRow): Keypair => ({
  id: r.id,
  userId: r.user_id,
  name: r.name,
  type: r.type,
  publicKey: r.public_key,
  fingerprint: r.fingerprint,
  createdAt: r.created_at,
});
