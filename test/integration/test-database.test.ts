import { expect } from 'chai';
import { testDatabase } from '#test/lib/database.js';

describe('test databases', () => {
  it('are separate, migrated, and of different deployments', async () => {
    const [a, b] = await Promise.all([testDatabase(), testDatabase()]);
    try {
      await a.database.query("insert into identity_projects (id, name) values ('p', 'only in a')");
      expect(await b.database.query('select * from identity_projects')).to.deep.equal([]);
      const ids = await Promise.all([a, b].map((t) => t.database.one<{ id: string }>('select id from deployment')));
      expect(ids[0]?.id).to.be.a('string').and.not.equal(ids[1]?.id);
    } finally {
      await Promise.all([a.close(), b.close()]);
    }
  });
});
