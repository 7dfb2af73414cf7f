import { expect } from 'chai';
import { effectiveRoles } from '#core/identity/embedded/roles.js';
import { newAuditId, readToken, signToken, type TokenClaims } from '#core/identity/embedded/token.js';

const now = new Date('2026-01-10T08:00:00.000Z');
const claims: TokenClaims = {
  userId: 'u1',
  scope: { kind: 'project', projectId: 'p1' },
  methods: ['password', 'token'],
  issuedAt: now,
  expiresAt: new Date('2026-01-10T16:00:00.000Z'),
  auditId: newAuditId(),
  parentAuditId: newAuditId(),
};

describe('signed tokens', () => {
  it('give back what went in', () => {
    expect(readToken(signToken(claims, 's'), 's', now)).to.deep.equal(claims);
    const system: TokenClaims = { ...claims, scope: { kind: 'system' }, methods: ['password'], parentAuditId: null };
    expect(readToken(signToken(system, 's'), 's', now)).to.deep.equal(system);
    const unscoped: TokenClaims = { ...claims, scope: { kind: 'unscoped' } };
    expect(readToken(signToken(unscoped, 's'), 's', now)).to.deep.equal(unscoped);
  });

  it('end at their time', () => {
    const token = signToken(claims, 's');
    expect(readToken(token, 's', new Date(claims.expiresAt.getTime() - 1))).to.not.equal(null);
    expect(readToken(token, 's', claims.expiresAt)).to.equal(null);
  });

  it('of another secret are none', () => {
    expect(readToken(signToken(claims, 's'), 't', now)).to.equal(null);
  });

  it('are none when a character of them is changed', () => {
    const token = signToken(claims, 's');
    const signature = token.indexOf('.') + 1;
    // the last character carries spare bits, which decode to the same bytes
    for (let i = 0; i < token.length - 1; i++) {
      const other = token[i] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, i) + other + token.slice(i + 1);
      expect(readToken(changed, 's', now), `character ${i}, signature from ${signature}`).to.equal(null);
    }
  });

  it('are none when the claims are exchanged under the signature', () => {
    const [, signature] = signToken(claims, 's').split('.');
    const [admin] = signToken({ ...claims, userId: 'admin' }, 'guess').split('.');
    expect(readToken(`${admin}.${signature}`, 's', now)).to.equal(null);
  });

  for (const text of ['', '.', 'a', 'a.b', 'a.b.c', 'gAAAAABl', '..', 'ä.ö']) {
    it(`takes ${JSON.stringify(text)} for no token`, () => {
      expect(readToken(text, 's', now)).to.equal(null);
    });
  }
});

describe('roles', () => {
  const names = (assigned: string[]): string[] => effectiveRoles(assigned).map((r) => r.name);

  it('bring what they imply, each once', () => {
    expect(names(['admin'])).to.deep.equal(['admin', 'member', 'reader']);
    expect(names(['member', 'admin', 'reader'])).to.deep.equal(['admin', 'member', 'reader']);
    expect(names(['reader'])).to.deep.equal(['reader']);
    expect(names(['service'])).to.deep.equal(['service']);
  });

  it('that are none bring nothing', () => {
    expect(names(['owner', 'constructor'])).to.deep.equal([]);
  });

  it('have ids as Keystone has them', () => {
    for (const role of effectiveRoles(['admin'])) expect(role.id).to.match(/^[0-9a-f]{32}$/);
  });
});
