/** A line of the result. */
export interface Figure {
  readonly what: string;
  /** Ours, with its unit. */
  readonly ours: string;
  readonly baseline: string;
  /** Ours to the baseline; null where there is none. */
  readonly ratio: number | null;
  /** What is aimed at, in words; empty: for information. */
  readonly aim: string;
}

const HEAD = ['figure', 'Zunova', 'baseline', 'ratio', 'aim'] as const;

const cells = (f: Figure): readonly string[] => [
  f.what,
  f.ours,
  f.baseline,
  f.ratio === null ? '' : f.ratio.toFixed(2),
  f.aim,
];

export function plainTable(figures: readonly Figure[]): string {
  const rows = [HEAD, ...figures.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((r) => r[column]?.length ?? 0)));
  return rows
    .map((r) =>
      r
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function markdownTable(figures: readonly Figure[]): string {
  const line = (r: readonly string[]): string => `| ${r.join(' | ')} |`;
  return [line(HEAD), line(HEAD.map((_, i) => (i === 3 ? '---:' : '---'))), ...figures.map((f) => line(cells(f)))].join(
    '\n',
  );
}

export const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
export const perSecond = (value: number): string => `${value.toFixed(0)} /s`;
export const mebibytes = (kib: number): string => `${(kib / 1024).toFixed(0)} MiB`;
