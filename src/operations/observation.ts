import type { ContainerFacts } from '#core/domain/container.js';
import type { Observation } from '#core/runtime/driver.js';
import type { FactChanges } from '#core/store/fact-columns.js';

/** What an observation says about a container that is known as `known`. Pure: the clock is an argument. */
export function factsOf(o: Observation, known: ContainerFacts, now: Date): FactChanges {
  return {
    engineId: o.engineId,
    engineCreatedAt: known.engineCreatedAt ?? o.createdAt,
    launchedAt: known.launchedAt ?? o.startedAt,
    startedAt: o.startedAt,
    finishedAt: o.running ? null : o.finishedAt,
    exitCode: o.running || o.finishedAt === null ? null : o.exitCode,
    oomKilled: o.oomKilled,
    running: o.running,
    paused: o.paused,
    restarting: o.restarting,
    dead: o.dead,
    health: o.health,
    stopRequested: o.running ? false : known.stopRequested,
    missingSince: null,
    effective: effectiveOf(o, known),
    observedAt: now,
  };
}

/** Our own first-start wrapper is not shown: what is recorded at creation stays. */
function effectiveOf(o: Observation, known: ContainerFacts): ContainerFacts['effective'] {
  return (
    known.effective ?? {
      command: o.command,
      entrypoint: o.entrypoint,
      ports: portNumbers(o.exposedPorts),
      runtime: o.runtime,
    }
  );
}

/** `80/tcp`, `53/udp` -> 53, 80. */
export const portNumbers = (ports: readonly string[]): number[] =>
  [...new Set(ports.map((p) => Number(p.split('/')[0])))].filter((n) => Number.isInteger(n)).sort((a, b) => a - b);

/** Whether recording `changes` would change anything but the time of the look. */
export function differs(changes: FactChanges, known: ContainerFacts): boolean {
  const have = new Map<string, unknown>(Object.entries(known));
  return Object.entries(changes).some(([key, value]) => key !== 'observedAt' && !same(have.get(key), value));
}

function same(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (typeof a === 'object' && typeof b === 'object') return JSON.stringify(a) === JSON.stringify(b);
  return a === b;
}
