import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Processes with the text in their arguments, and all that descend from them, other than this one. */
export function processesNaming(text: string): number[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? describeProcess(Number(name)) : []));
  const found = new Set(all.filter((p) => p.pid !== process.pid && p.arguments.includes(text)).map((p) => p.pid));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const p of all) if (found.has(p.parent)) found.add(p.pid);
  }
  return [...found];
}

const CONTROL_GROUPS = '/sys/fs/cgroup';

/** The control group of this name and all below it, outer ones first. In cgroup v1 each controller has a tree of its own, in v2 there is one. */
export function controlGroups(name: string): string[] {
  const trees = [CONTROL_GROUPS, ...readdirSync(CONTROL_GROUPS).map((tree) => join(CONTROL_GROUPS, tree))];
  // Some controllers are links to another one's tree.
  const tops = trees.map((tree) => join(tree, name)).filter((group) => existsSync(group));
  return [...new Set(tops.map((group) => realpathSync(group)))].flatMap(withInner);
}

function withInner(group: string): string[] {
  const inner = readdirSync(group, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [group, ...inner.flatMap((entry) => withInner(join(group, entry.name)))];
}

/** A paused process does not even die. In cgroup v1 the freezer is one of the controllers, in v2 each group has its own. */
export function thaw(group: string): void {
  for (const [file, word] of [
    ['freezer.state', 'THAWED'],
    ['cgroup.freeze', '0'],
  ] as const) {
    if (existsSync(join(group, file))) {
      try {
        writeFileSync(join(group, file), word);
      } catch {
        // The outermost group has the file and cannot be frozen.
      }
    }
  }
}

export const membersOf = (group: string): number[] =>
  readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);

interface Described {
  readonly pid: number;
  readonly parent: number;
  readonly arguments: string;
}

/** Nothing for one that has ended, or waits to be reaped. */
function describeProcess(pid: number): Described[] {
  try {
    // "pid (name) state parent ...": the name may hold anything, also brackets.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return [];
    return [{ pid, parent: Number(parent), arguments: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
  } catch {
    return [];
  }
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself, with its parent.
  }
}
