import { randomUUID } from 'node:crypto';
import type { IdentityStore, StoredProject } from '#core/store/identity-store.js';
import { hashPassword } from './password.js';

export interface SeedPasswords {
  readonly adminPassword: string;
  readonly demoPassword: string;
  readonly altPassword: string;
  readonly readerPassword: string;
}

/** A new id as Keystone makes them: 32 hex digits. */
export const newId = (): string => randomUUID().replaceAll('-', '');

/**
 * Makes the first projects and users, once in the life of a database: what was changed or deleted afterwards stays so over restarts.
 * @returns whether it made them
 */
export async function seedIdentity(store: IdentityStore, passwords: SeedPasswords): Promise<boolean> {
  // Hashing is slow on purpose: not at every start.
  if ((await store.users()).length > 0) return false;
  // outside the transaction: hashing takes longer than others should wait for the table
  const [admin, demo, reader, alt] = await Promise.all([
    hashPassword(passwords.adminPassword),
    hashPassword(passwords.demoPassword),
    hashPassword(passwords.readerPassword),
    hashPassword(passwords.altPassword),
  ]);
  return store.ifEmpty(async (transaction) => {
    const project = async (name: string): Promise<StoredProject> => {
      const made = { id: newId(), name, description: '', enabled: true };
      await store.createProject(made, transaction);
      return made;
    };
    const user = async (name: string, hash: string, projects: StoredProject[], roles: string[]): Promise<void> => {
      const id = newId();
      const made = { id, name, passwordHash: hash, defaultProjectId: null, enabled: true, extra: {} };
      await store.createUser(made, transaction);
      for (const p of projects) for (const role of roles) await store.grant(id, p.id, role, transaction);
    };
    const demoProject = await project('demo');
    const altProject = await project('alt');
    await user('admin', admin, [demoProject, altProject], ['admin', 'member', 'reader']);
    await user('demo', demo, [demoProject], ['member', 'reader']);
    await user('alt', alt, [altProject], ['member', 'reader']);
    await user('reader', reader, [demoProject], ['reader']);
  });
}
