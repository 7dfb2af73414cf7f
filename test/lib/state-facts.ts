import type { StateFacts } from '#core/domain/state.js';

/** All combinations of the facts that a state depends on. */
export function everyStateFacts(): StateFacts[] {
  const at = new Date('2026-01-01T00:00:00Z');
  const bit = (n: number, i: number): boolean => (n & (1 << i)) !== 0;
  return Array.from({ length: 1 << 9 }, (_, n) => ({
    deletedAt: bit(n, 0) ? at : null,
    failure: bit(n, 1) ? { code: 500, message: 'it failed', details: null, at } : null,
    missingSince: bit(n, 2) ? at : null,
    dead: bit(n, 3),
    paused: bit(n, 4),
    restarting: bit(n, 5),
    running: bit(n, 6),
    startedAt: bit(n, 7) ? at : null,
    engineCreatedAt: bit(n, 8) ? at : null,
  }));
}
