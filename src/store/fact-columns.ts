import type { ContainerFacts, PortBinding } from '#core/domain/container.js';

/** Facts to record; absent ones stay as they are. */
export type FactChanges = Partial<ContainerFacts>;

const FACT_COLUMNS: Readonly<Record<keyof ContainerFacts, string>> = {
  engineId: 'engine_id',
  engineCreatedAt: 'engine_created_at',
  launchedAt: 'launched_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
  exitCode: 'exit_code',
  oomKilled: 'oom_killed',
  running: 'running',
  paused: 'paused',
  restarting: 'restarting',
  dead: 'dead',
  health: 'health',
  stopRequested: 'stop_requested',
  missingSince: 'missing_since',
  failure: 'failure',
  deletedAt: 'deleted_at',
  observedAt: 'observed_at',
  effective: 'effective',
};

const JSON_COLUMNS = new Set(['failure', 'effective']);

/** What is always so in the same moment, whatever else is recorded. `updated_at` moves only when more than the look is new. */
export function assignments(
  facts: FactChanges,
  ports: readonly PortBinding[] | undefined,
  firstBind: number,
): { sets: string; bind: unknown[] } {
  const bind: unknown[] = [];
  const sets: string[] = [];
  const columns = Object.entries(FACT_COLUMNS);
  for (const [key, value] of Object.entries(facts)) {
    const column = columns.find(([k]) => k === key)?.[1];
    if (column === undefined || value === undefined) continue;
    sets.push(`${column} = $${bind.length + firstBind}`);
    bind.push(JSON_COLUMNS.has(key) && value !== null ? JSON.stringify(value) : value);
  }
  if (ports !== undefined) {
    sets.push(`ports = $${bind.length + firstBind}`);
    bind.push(JSON.stringify(ports));
  }
  if (Object.keys(facts).some((k) => k !== 'observedAt') || ports !== undefined) sets.push('updated_at = now()');
  return { sets: sets.join(', '), bind };
}
