import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { deriveState } from '#core/domain/state.js';
import { STATE_SQL } from '#core/store/container-sql.js';
import { buildServer, buildSpec } from '#test/lib/builders.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { everyStateFacts } from '#test/lib/state-facts.js';

describe('the state in SQL', () => {
  let db: TestDatabase;
  before(async () => {
    db = await testDatabase();
  });
  after(() => db.close());

  it("is the domain's, for every combination of facts", async () => {
    const all = everyStateFacts().map((facts) => ({ uuid: randomUUID(), facts }));
    await db.database.transaction(async (t) => {
      for (const { uuid, facts } of all) {
        await db.database.query(
          `insert into containers (uuid, project_id, user_id, name, hostname, front_end, spec, server, claimed_cpus, claimed_memory_mb,
             claimed_disk_gb, deleted_at, failure, missing_since, dead, paused, restarting, running, started_at, engine_created_at)
           values ($1, 'p', 'u', 'n', 'h', 'nova', $2, $3, 1, 1, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
          [
            uuid,
            JSON.stringify(buildSpec()),
            JSON.stringify(buildServer()),
            facts.deletedAt,
            facts.failure && JSON.stringify(facts.failure),
            facts.missingSince,
            facts.dead,
            facts.paused,
            facts.restarting,
            facts.running,
            facts.startedAt,
            facts.engineCreatedAt,
          ],
          t,
        );
      }
    });
    const rows = await db.database.query<{ uuid: string; state: string }>(
      `select uuid, ${STATE_SQL} as state from containers c`,
    );
    const states = new Map(rows.map((r) => [r.uuid, r.state]));
    for (const { uuid, facts } of all) expect(states.get(uuid), JSON.stringify(facts)).to.equal(deriveState(facts));
  });
});
