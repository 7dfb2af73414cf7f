import { expect } from 'chai';
import { hashPassword, verifyPassword } from '#core/identity/embedded/password.js';

describe('password hashes', () => {
  it('accept the password and no other', async () => {
    const hash = await hashPassword('correct horse');
    expect(await verifyPassword('correct horse', hash)).to.equal(true);
    expect(await verifyPassword('correct horse ', hash)).to.equal(false);
    expect(await verifyPassword('', hash)).to.equal(false);
  });

  it('differ for the same password, and do not show it', async () => {
    const [a, b] = await Promise.all([hashPassword('secret'), hashPassword('secret')]);
    expect(a).to.not.equal(b);
    expect(a)
      .to.match(/^scrypt\$16384\$8\$1\$/)
      .and.not.contain('secret');
  });

  it('take composed and decomposed letters as the same', async () => {
    expect(await verifyPassword('gr\u0075\u0308n', await hashPassword('gr\u00fcn'))).to.equal(true);
  });

  it('accept nothing for a user that is not there or has no password', async () => {
    expect(await verifyPassword('', null)).to.equal(false);
    expect(await verifyPassword('', '')).to.equal(false);
    expect(await verifyPassword('x', 'scrypt$1$2')).to.equal(false);
  });

  it('do as much work for an unknown user as for a known one', async () => {
    const hash = await hashPassword('secret');
    await verifyPassword('warm', null);
    const cpu = async (known: string | null): Promise<number> => {
      const before = process.cpuUsage();
      for (let i = 0; i < 3; i++) await verifyPassword('guess', known);
      return process.cpuUsage(before).user;
    };
    // CPU time, not wall time: the machine may be busy. Without the decoy it would be a thousandth.
    expect(await cpu(null)).to.be.greaterThan((await cpu(hash)) / 4);
  });
});
