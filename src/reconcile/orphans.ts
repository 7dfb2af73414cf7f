import type { ListedContainer } from '#core/runtime/driver.js';

/**
 * Remembers since when an engine container of ours has had no row. The grace is counted from then and not from the age of the
 * container: a database that was put back to yesterday's state must not cost the containers of today at the first look.
 */
export class Orphans {
  private since = new Map<string, number>();

  /**
   * Takes the orphans of a complete list.
   * @param now milliseconds of any steady clock
   * @returns those that have been orphans in every list for `graceMs`
   */
  due(orphans: readonly ListedContainer[], graceMs: number, now: number): ListedContainer[] {
    this.since = new Map(orphans.map((o) => [o.engineId, this.since.get(o.engineId) ?? now]));
    return orphans.filter((o) => now - (this.since.get(o.engineId) ?? now) >= graceMs);
  }
}
