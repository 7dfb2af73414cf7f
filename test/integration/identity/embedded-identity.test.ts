import { expect } from 'chai';
import { Unavailable } from '#core/domain/errors.js';
import { listen } from '#core/http/server.js';
import { createEmbeddedIdentity } from '#core/identity/embedded/embedded-identity.js';
import { seedIdentity } from '#core/identity/embedded/seed.js';
import { signToken } from '#core/identity/embedded/token.js';
import { silent } from '#core/logging/logger.js';
import { createIdentityApp } from '#core/standalone/identity/app.js';
import { Database } from '#core/store/database.js';
import { IdentityStore } from '#core/store/identity-store.js';
import { testDatabase } from '#test/lib/database.js';
import { PASSWORDS, SECRET, testIdentity } from '#test/lib/identity.js';
import { send } from '#test/lib/request.js';
import { failure } from '#test/lib/until.js';

/** Counts the look-ups of tokens. */
class CountingStore extends IdentityStore {
  lookUps = 0;
  override tokenFacts(...args: Parameters<IdentityStore['tokenFacts']>): ReturnType<IdentityStore['tokenFacts']> {
    this.lookUps += 1;
    return super.tokenFacts(...args);
  }
}

describe('embedded identity', () => {
  it('checks a token with one query for many requests', async () => {
    const db = await testDatabase();
    try {
      const { token } = await testIdentity(db.database);
      const bearer = await token('demo', 'demo');
      const store = new CountingStore(db.database);
      const identity = createEmbeddedIdentity({ store, secret: SECRET, tokenHours: 8, publicUrl: 'http://x' });
      await Promise.all(Array.from({ length: 100 }, () => identity.authenticate(bearer)));
      for (let i = 0; i < 100; i++) await identity.authenticate(bearer);
      expect(store.lookUps).to.equal(1);
      identity.forget();
      await identity.authenticate(bearer);
      expect(store.lookUps).to.equal(2);
    } finally {
      await db.close();
    }
  });

  it('keeps everything when it is seeded again', async () => {
    const other = await testDatabase();
    try {
      const { store, identity, token } = await testIdentity(other.database);
      const admin = await token('admin', 'demo');
      const alt = await store.userByName('alt');
      await store.deleteUser(alt?.id ?? '');
      expect(await seedIdentity(store, { ...PASSWORDS, adminPassword: 'other' })).to.equal(false);
      expect((await store.users()).map((u) => u.name)).to.deep.equal(['admin', 'demo', 'reader']);
      expect((await identity.authenticate(admin)).userName).to.equal('admin');
      expect(await token('admin', 'demo')).to.be.a('string');
    } finally {
      await other.close();
    }
  });

  it('seeds once when two processes start together', async () => {
    const other = await testDatabase();
    try {
      const store = (await testIdentity(other.database)).store;
      for (const user of await store.users()) await store.deleteUser(user.id);
      for (const project of await store.projects()) await store.deleteProject(project.id);
      const ran = await Promise.all([seedIdentity(store, PASSWORDS), seedIdentity(store, PASSWORDS)]);
      expect(ran.sort()).to.deep.equal([false, true]);
      expect(await store.users()).to.have.length(4);
      const roles = (await store.assignments()).map((a) => `${a.userName} ${a.role} ${a.projectName}`);
      expect(roles.filter((r) => r.startsWith('reader'))).to.deep.equal(['reader reader demo']);
      expect(roles).to.have.length(6 + 2 + 2 + 1);
    } finally {
      await other.close();
    }
  });

  it('says 503 when its database is away', async () => {
    const token = signed();
    const away = Database.open({ url: 'postgres://nobody@127.0.0.1:1/none' }, silent());
    const store = new IdentityStore(away);
    const identity = createEmbeddedIdentity({ store, secret: SECRET, tokenHours: 8, publicUrl: 'http://x' });
    const catalog = { region: 'RegionOne', entries: [] };
    const app = createIdentityApp({ identity, store, catalog, log: silent(), ready: () => away.ping() });
    const without = await listen(app.callback(), '127.0.0.1', 0);
    try {
      const error = await failure(identity.authenticate(token));
      expect(error).to.be.instanceOf(Unavailable).with.property('part', 'identity');
      const base = `http://127.0.0.1:${without.port}`;
      expect((await send(`${base}/v3/auth/projects`, { token })).status).to.equal(503);
      expect((await send(`${base}/healthcheck`)).status).to.equal(503);
    } finally {
      await without.close(0);
      await away.close();
    }
  });

  // signed with the secret, so that only the database can say more
  const signed = (): string =>
    signToken(
      {
        userId: 'u',
        scope: { kind: 'project', projectId: 'p' },
        methods: ['password'],
        issuedAt: new Date(),
        expiresAt: new Date(Date.now() + 60_000),
        auditId: 'a',
        parentAuditId: null,
      },
      SECRET,
    );
});
