import type { Container } from '#core/domain/container.js';

/**
 * The key of a container in one state of its record. The time stands in it because a database that failed over to a replica, or crashed
 * after a relaxed commit, can give a revision a second time.
 */
export const keyOf = (c: Pick<Container, 'uuid' | 'revision' | 'updatedAt'>): string =>
  `${c.uuid}:${c.revision}:${c.updatedAt.getTime()}`;

/** The same of a row `c`. */
export const KEY_SQL = `c.uuid || ':' || c.revision || ':' || (extract(epoch from c.updated_at) * 1000)::bigint`;

const UUID_LENGTH = 36;
export const uuidOf = (key: string): string => key.slice(0, UUID_LENGTH);
