import { createEmbeddedIdentity, type EmbeddedIdentity } from '#core/identity/embedded/embedded-identity.js';
import { seedIdentity } from '#core/identity/embedded/seed.js';
import type { Database } from '#core/store/database.js';
import { IdentityStore } from '#core/store/identity-store.js';

export const PASSWORDS = {
  adminPassword: 'admin-pw',
  demoPassword: 'demo-pw',
  altPassword: 'alt-pw',
  readerPassword: 'reader-pw',
} as const;
export const SECRET = 'a secret of the tests';

const passwordOf: Readonly<Record<string, string>> = {
  admin: PASSWORDS.adminPassword,
  demo: PASSWORDS.demoPassword,
  reader: PASSWORDS.readerPassword,
  alt: PASSWORDS.altPassword,
};

export interface TestIdentity {
  readonly store: IdentityStore;
  readonly identity: EmbeddedIdentity;
  /** A token of a seeded user in a project. */
  token(user: 'admin' | 'demo' | 'reader' | 'alt', project: 'demo' | 'alt'): Promise<string>;
}

/** The embedded identity service with its first users. */
export async function testIdentity(database: Database): Promise<TestIdentity> {
  const store = new IdentityStore(database);
  await seedIdentity(store, PASSWORDS);
  const identity = createEmbeddedIdentity({
    store,
    secret: SECRET,
    tokenHours: 8,
    publicUrl: 'http://127.0.0.1:5000/v3',
  });
  const domain = { id: 'default' };
  return {
    store,
    identity,
    token: async (user, project) => {
      const { token } = await identity.issue({
        proof: { method: 'password', user: { name: user, domain }, password: passwordOf[user] ?? '' },
        scope: { kind: 'project', project: { name: project, domain } },
      });
      return token;
    },
  };
}
