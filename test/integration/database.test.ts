import { expect } from 'chai';
import { Unavailable } from '#core/domain/errors.js';
import { brokenConstraint, sqlState } from '#core/store/database.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { failure, until } from '#test/lib/until.js';

describe('database', () => {
  let db: TestDatabase;
  const count = async (): Promise<number> =>
    Number((await db.database.one<{ n: string }>('select count(*) as n from things'))?.n);

  before(async () => {
    db = await testDatabase();
    await db.database.query('create table things (id integer primary key, name text)');
  });
  after(() => db.close());
  beforeEach(() => db.database.query('delete from things'));

  it('commits what a transaction did, in the order in which it was given', async () => {
    const got = await db.database.transaction(async (t) => {
      const made = db.database.query("insert into things values (1, 'a')", [], t);
      const changed = db.database.query("update things set name = 'b' where id = $1 returning name", [1], t);
      await made;
      return changed;
    });
    expect(got).to.deep.equal([{ name: 'b' }]);
    expect(await count()).to.equal(1);
  });

  it('undoes all of a transaction that throws', async () => {
    const error = await failure(
      db.database.transaction(async (t) => {
        await db.database.query("insert into things values (1, 'a')", [], t);
        throw new Error('changed my mind');
      }),
    );
    expect(error.message).to.equal('changed my mind');
    expect(await count()).to.equal(0);
  });

  it('does not call a transaction committed whose failed statement nobody noticed', async () => {
    const error = await failure(
      db.database.transaction(async (t) => {
        await db.database.query("insert into things values (1, 'a')", [], t);
        await failure(db.database.query("insert into things values (1, 'a')", [], t));
      }),
    );
    expect(error.message).to.contain('a statement failed');
    expect(await count()).to.equal(0);
  });

  it('names the broken constraint and the state', async () => {
    await db.database.query("insert into things values (1, 'a')");
    const error = await failure(db.database.query("insert into things values (1, 'a')"));
    expect(brokenConstraint(error)).to.equal('things_pkey');
    expect(sqlState(error)).to.equal('23505');
  });

  it('goes on after a table got another column under a prepared statement', async () => {
    await db.database.query('create table wide (id integer)');
    await db.database.query('insert into wide values (1)');
    for (let i = 0; i < 2; i++) await db.database.query('select * from wide');
    await db.database.query('alter table wide add column more text');
    expect(await db.database.query('select * from wide')).to.deep.equal([{ id: 1, more: null }]);
    // The name of the old statement must not be given to another one.
    expect(await db.database.query('select 41 + $1::integer as sum', [1])).to.deep.equal([{ sum: 42 }]);
    expect(await db.database.query('select * from wide')).to.deep.equal([{ id: 1, more: null }]);
  });

  it('keeps sessions whole over many errors at the same time', async () => {
    const work = Array.from({ length: 60 }, (_, i) =>
      i % 3 === 0
        ? failure(db.database.query('select 1 / $1::integer as n', [0])).then(() => -1)
        : db.database.one<{ n: number }>('select $1::integer as n', [i]).then((row) => row?.n),
    );
    expect(await Promise.all(work)).to.deep.equal(work.map((_, i) => (i % 3 === 0 ? -1 : i)));
  });

  it('stores text with a NUL in words', async () => {
    expect(await db.database.one('select $1::text as t', ['a\0b'])).to.deep.equal({ t: 'a\\0b' });
  });

  it('says that it is not there when a session dies, and makes a new one', async () => {
    const error = await failure(db.database.query('select pg_terminate_backend(pg_backend_pid())'));
    expect(error).to.be.instanceOf(Unavailable);
    await until('a new session', async () => {
      try {
        return await db.database.one('select 1 as one');
      } catch (again) {
        if (again instanceof Unavailable) return null;
        throw again;
      }
    });
  });

  it('gives the session of a transaction back when it dies in it', async () => {
    for (let i = 0; i < 12; i++) {
      const error = await failure(
        db.database.transaction((t) => db.database.query('select pg_terminate_backend(pg_backend_pid())', [], t)),
      );
      expect(error).to.be.instanceOf(Unavailable);
    }
    await until('a new session', async () => (await db.database.one('select 1 as one').catch(() => null)) !== null);
  });
});
