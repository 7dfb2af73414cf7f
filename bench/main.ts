import { writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { measureAccepts } from './accept.js';
import { measureCreates } from './create.js';
import { measureLists } from './lists.js';
import { measureMemory } from './memory.js';
import { startService } from './service.js';
import { type Figure, markdownTable, plainTable } from './table.js';

const { values: options } = parseArgs({
  options: {
    /** File for the table in Markdown. */
    markdown: { type: 'string' },
    /** `memory`, `list`, `create`, `accept`; repeated for several. Default: all. */
    only: { type: 'string', multiple: true, default: [] },
    pairs: { type: 'string', default: '15' },
    /** Slices of load on each side. */
    slices: { type: 'string', default: '9' },
  },
});

const say = (line: string): void => console.log(line);
const wanted = (part: string): boolean => options.only.length === 0 || options.only.includes(part);

async function measure(): Promise<Figure[]> {
  const figures: Figure[] = [];
  const part = async (name: string, work: () => Promise<Figure[]>): Promise<void> => {
    if (!wanted(name)) return;
    say(`measuring: ${name}`);
    figures.push(...(await work()));
  };
  const service = await startService();
  try {
    await part('memory', () => measureMemory(service));
    // First what warms the service up: one that has just started compiles as it goes.
    await part('list', () => measureLists(service, Number(options.slices)));
    await part('create', () => measureCreates(service, Number(options.pairs)));
  } finally {
    await service.close();
  }
  await part('accept', () => measureAccepts(Number(options.slices)));
  return figures;
}

const machine = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}`;
const figures = await measure();
say(`\n${machine}\n\n${plainTable(figures)}`);
if (options.markdown !== undefined) writeFileSync(options.markdown, `${machine}\n\n${markdownTable(figures)}\n`);
