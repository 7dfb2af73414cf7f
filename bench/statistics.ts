/** The value below which the share `p` (0..1) of all values lies. @throws Error for an empty list */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  if (at === undefined) throw new Error('nothing was measured');
  return at;
}

/** @throws Error for an empty list */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error('nothing was measured');
  return (upper + lower) / 2;
}

/** One measurement of ours and one of the baseline, taken right after each other. */
export interface Pair {
  readonly ours: number;
  readonly baseline: number;
}

export interface Comparison {
  readonly ours: number;
  readonly baseline: number;
  /** Median of the ratios of the pairs: what disturbs a moment disturbs both halves of its pair. */
  readonly ratio: number;
}

export const compare = (pairs: readonly Pair[]): Comparison => ({
  ours: median(pairs.map((p) => p.ours)),
  baseline: median(pairs.map((p) => p.baseline)),
  ratio: median(pairs.map((p) => p.ours / p.baseline)),
});

/**
 * Measures in pairs; every other pair begins with the baseline, so that a machine that gets slower or faster favours neither.
 * @param measure gives milliseconds, requests a second or whatever is compared
 */
export async function interleave(
  pairs: number,
  ours: () => Promise<number>,
  baseline: () => Promise<number>,
): Promise<Pair[]> {
  const measured: Pair[] = [];
  for (let i = 0; i < pairs; i++) {
    if (i % 2 === 0) {
      const mine = await ours();
      measured.push({ ours: mine, baseline: await baseline() });
    } else {
      const other = await baseline();
      measured.push({ ours: await ours(), baseline: other });
    }
  }
  return measured;
}
