import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from './service.js';
import { type Figure, mebibytes } from './table.js';

/** What start-up left behind is collected by then. */
const IDLE_MS = 5_000;

/** Memory at idle: the process, and the PostgreSQL that it runs. PSS shares the pages that several processes map. */
export async function measureMemory(service: Service): Promise<Figure[]> {
  await sleep(IDLE_MS);
  const node = memoryOf([service.process.pid]);
  const postgres = memoryOf(descendants(service.process.pid));
  const bare = memoryOf([process.pid]);
  return [
    { what: 'memory at idle, node (RSS / PSS)', ...shown(node), baseline: '', ratio: null, aim: '' },
    { what: 'memory at idle, embedded PostgreSQL (RSS / PSS)', ...shown(postgres), baseline: '', ratio: null, aim: '' },
    { what: 'memory of the benchmark itself (RSS / PSS)', ...shown(bare), baseline: '', ratio: null, aim: '' },
  ];
}

interface Memory {
  readonly rss: number;
  readonly pss: number;
}

const shown = (m: Memory): { ours: string } => ({ ours: `${mebibytes(m.rss)} / ${mebibytes(m.pss)}` });

/** KiB, summed. */
function memoryOf(pids: readonly number[]): Memory {
  const sum = { rss: 0, pss: 0 };
  for (const pid of pids) {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    sum.rss += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
    sum.pss += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0);
  }
  return sum;
}

function descendants(pid: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), parent: parentOf(name) }));
  const found: number[] = [];
  for (let level = [pid]; level.length > 0; ) {
    level = parents.filter((p) => level.includes(p.parent)).map((p) => p.pid);
    found.push(...level);
  }
  return found;
}

/** 0 for a process that has just ended. */
function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
