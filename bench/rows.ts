import { randomUUID } from 'node:crypto';
import type { Database } from '#core/store/database.js';
import { buildServer, buildSpec } from '#test/lib/builders.js';

/** A host without an agent: nobody looks for the containers of these rows. */
const HOST = 'elsewhere';

/** Puts running containers with a network port each into the store, every other one made through either API. */
export async function insertRows(database: Database, projectId: string, count: number): Promise<void> {
  await database.query(
    `insert into hosts (name, availability_zone, address, info) select $1, 'nova', '127.0.0.1', info from hosts limit 1 on conflict do nothing`,
    [HOST],
  );
  const rows = Array.from({ length: count }, (_, i) => rowOf(projectId, i));
  await database.query(
    `insert into containers (uuid, project_id, user_id, name, hostname, front_end, host, availability_zone, spec, server, ports, engine_id,
       engine_created_at, launched_at, started_at, running, observed_at, effective, claimed_cpus, claimed_memory_mb, claimed_disk_gb)
     select uuid, project_id, user_id, name, hostname, front_end, host, 'nova', spec, server, ports, engine_id, now(), now(), now(), true, now(),
       effective, 1, 512, 1
     from jsonb_to_recordset($1::jsonb) as r (uuid uuid, project_id text, user_id text, name text, hostname text, front_end text, host text,
       spec jsonb, server jsonb, ports jsonb, engine_id text, effective jsonb)`,
    [JSON.stringify(rows)],
  );
  await database.query('analyze containers');
}

/** Removes all containers of the project from the store. */
export async function deleteRows(database: Database, projectId: string): Promise<void> {
  await database.query('delete from containers where project_id = $1', [projectId]);
  await database.query('vacuum analyze containers');
}

function rowOf(projectId: string, i: number): Record<string, unknown> {
  const isNova = i % 2 === 0;
  const command = ['/bin/sh', '-c', 'while sleep 60; do date; done'];
  const network = randomUUID();
  return {
    uuid: randomUUID(),
    project_id: projectId,
    user_id: projectId,
    name: `web-${i}`,
    hostname: `web-${i}`,
    front_end: isNova ? 'nova' : 'native',
    host: HOST,
    spec: buildSpec({
      command,
      environment: { TZ: 'UTC', SERVICE: `web-${i}`, LOG_LEVEL: 'info' },
      labels: { tier: 'web', team: 'blue' },
      limits: { cpus: 1, memoryMb: 512, swapMb: 0, diskGb: 1, pids: null, shmMb: null },
      networks: [{ networkId: network, portId: null, fixedIp: null }],
    }),
    server: buildServer({
      ...(!isNova && { flavor: null }),
      metadata: isNova ? { role: 'web', release: '2026.11' } : {},
      launchIndex: 0,
    }),
    ports: [
      {
        portId: randomUUID(),
        networkId: network,
        networkName: 'private',
        macAddress: 'fa:16:3e:11:22:33',
        fixedIps: [{ subnetId: randomUUID(), address: `10.0.${Math.floor(i / 250)}.${(i % 250) + 2}`, version: 4 }],
        securityGroups: [{ id: randomUUID(), name: 'default' }],
        preserveOnDelete: false,
      },
    ],
    engine_id: randomUUID().replaceAll('-', '').repeat(2),
    effective: { command, entrypoint: [], ports: [80], runtime: 'runc' },
  };
}
