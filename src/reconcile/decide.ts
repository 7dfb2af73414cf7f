import type { Container } from '#core/domain/container.js';
import type { ListedContainer } from '#core/runtime/driver.js';

/** What a complete list of an engine calls for. Plain data: nothing is done here. */
export interface Findings {
  /** Rows whose engine container should be looked at: its state in the list is not the recorded one. */
  readonly dirty: readonly string[];
  /** Rows that say there is an engine container, and the list does not have it. */
  readonly missing: readonly string[];
  /** Engine containers with our labels and no row at all. */
  readonly orphans: readonly ListedContainer[];
}

/**
 * Compares rows with a complete list. Rows with an operation in flight are left alone: the operation records for itself.
 * Pure, so that every combination can be tested.
 */
export function compare(
  rows: readonly Container[],
  listed: readonly ListedContainer[],
  known: ReadonlySet<string>,
): Findings {
  const have = new Map(listed.map((l) => [l.uuid, l]));
  const settled = rows.filter((r) => r.task === null);
  return {
    dirty: settled
      .filter((r) => {
        const l = have.get(r.uuid);
        return l !== undefined && stateOf(r) !== l.state;
      })
      .map((r) => r.uuid),
    missing: settled
      .filter((r) => r.facts.engineId !== null && r.facts.missingSince === null && !have.has(r.uuid))
      .map((r) => r.uuid),
    orphans: listed.filter((l) => !known.has(l.uuid)),
  };
}

/** The recorded facts in the words of an engine list. */
function stateOf(c: Container): string {
  const f = c.facts;
  if (f.missingSince !== null) return 'missing';
  if (f.dead) return 'dead';
  if (f.paused) return 'paused';
  if (f.restarting) return 'restarting';
  if (f.running) return 'running';
  return f.startedAt !== null ? 'exited' : 'created';
}
