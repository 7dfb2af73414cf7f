import { LRUCache } from 'lru-cache';
import type { Container } from '#core/domain/container.js';
import { SharedReads } from '#core/lib/shared-reads.js';
import {
  type ContainerQuery,
  containersAt,
  keyOf,
  listContainers,
  listKeys,
  type Stored,
  uuidOf,
} from './list-containers.js';

/** A container as a front end shows it. */
export interface Rendered {
  readonly json: string;
  /** When the clock makes it untrue, in milliseconds since the epoch; Infinity when only a change of the record does. */
  readonly until: number;
}

/** How a front end shows containers. */
export interface PageView {
  /** Everything that the text of a container depends on, beside its record and the clock: version, role, roots of links. */
  readonly key: string;
  /** In the order given. */
  render(containers: readonly Container[]): Promise<readonly Rendered[]> | readonly Rendered[];
}

export interface PageRequest {
  /** Everything that the whole answer depends on, beside what is stored and the clock: who asks, for what, how it is shown. */
  readonly key: string;
  /** What the key asks for; null: nothing can match. Not asked again as long as the page is remembered. */
  query(): ContainerQuery | null;
  /** Asked each time that the store is: what it depends on is as fresh as the containers. */
  view(): Promise<PageView> | PageView;
  /** What comes before and after the containers, which are set apart by commas. */
  frame(uuids: readonly string[]): readonly [before: string, after: string];
}

interface Page {
  readonly query: ContainerQuery;
  /** Keys of its containers, in order, and of the view. */
  readonly keys: string;
  readonly view: string;
  readonly until: number;
  readonly body: Buffer;
}

/** Bytes. */
const MOST_OF_ROWS = 32 * 1024 ** 2;
const MOST_OF_PAGES = 32 * 1024 ** 2;
const MOST_VIEWS = 1_000;

/**
 * Lists as they are sent. The store is asked every time which containers are on the page and in which state their records are; what was
 * rendered of the same state before is used again, for single containers and for whole pages. So a list is as fresh as one that is made
 * anew, and a change of one container costs the reading and rendering of that one.
 */
export class RenderedPages {
  private readonly rows = new LRUCache<string, Rendered>({
    maxSize: MOST_OF_ROWS,
    sizeCalculation: (r, key) => r.json.length + key.length,
  });
  private readonly pages = new LRUCache<string, Page>({
    maxSize: MOST_OF_PAGES,
    sizeCalculation: (p) => p.body.length + p.keys.length,
  });
  /** Short names of views: their keys are long, and each row would repeat one. Never given twice. */
  private readonly views = new LRUCache<string, number>({ max: MOST_VIEWS });
  private viewsMade = 0;
  private readonly reads = new SharedReads<Buffer>();

  constructor(private readonly engine: Stored) {}

  /**
   * The body of a list.
   * @throws as `listContainers`
   */
  page(request: PageRequest): Promise<Buffer> {
    return this.reads.get(request.key, () => this.read(request));
  }

  private async read(request: PageRequest): Promise<Buffer> {
    const known = this.pages.get(request.key);
    const query = known?.query ?? request.query();
    if (query === null) return Buffer.from(request.frame([]).join(''));
    const [keys, view] = await Promise.all([listKeys(this.engine, query), request.view()]);
    if (known?.keys === keys && known.view === view.key && known.until > Date.now()) return known.body;
    const wanted = keys === '' ? [] : keys.split(',');
    const found = await this.remembered(wanted, view);
    // What is stored has changed between the two looks: the page is that of the second.
    const rows = found ?? (await this.render(await listContainers(this.engine, query), view));
    const page = pageOf(request, query, view, found ? wanted : [...rows.keys()], rows);
    this.pages.set(request.key, page);
    return page.body;
  }

  /** The containers of these keys, rendered now or before; null when one has changed since the keys were read. */
  private async remembered(keys: readonly string[], view: PageView): Promise<ReadonlyMap<string, Rendered> | null> {
    const name = this.nameOf(view);
    const now = Date.now();
    const rows = new Map<string, Rendered>();
    for (const key of keys) {
      const row = this.rows.get(name + key);
      if (row !== undefined && row.until > now) rows.set(key, row);
    }
    const missing = keys.filter((key) => !rows.has(key));
    if (missing.length > 0) {
      const containers = await containersAt(this.engine, missing);
      if (containers === null) return null;
      for (const [key, row] of await this.render(containers, view)) rows.set(key, row);
    }
    return rows;
  }

  private async render(containers: readonly Container[], view: PageView): Promise<ReadonlyMap<string, Rendered>> {
    const name = this.nameOf(view);
    const texts = await view.render(containers);
    const rows = new Map<string, Rendered>();
    for (const [i, container] of containers.entries()) {
      const row = texts[i];
      if (row === undefined) throw new Error('a view left a container out');
      const key = keyOf(container);
      this.rows.set(name + key, row);
      rows.set(key, row);
    }
    return rows;
  }

  private nameOf(view: PageView): string {
    const known = this.views.get(view.key);
    if (known !== undefined) return `${known} `;
    this.viewsMade += 1;
    this.views.set(view.key, this.viewsMade);
    return `${this.viewsMade} `;
  }
}

function pageOf(
  request: PageRequest,
  query: ContainerQuery,
  view: PageView,
  keys: readonly string[],
  rows: ReadonlyMap<string, Rendered>,
): Page {
  const texts: string[] = [];
  let until = Number.POSITIVE_INFINITY;
  for (const key of keys) {
    const row = rows.get(key);
    if (row === undefined) throw new Error('a container of the page was not rendered');
    texts.push(row.json);
    until = Math.min(until, row.until);
  }
  const [before, after] = request.frame(keys.map(uuidOf));
  const body = Buffer.from(`${before}${texts.join(',')}${after}`);
  return { query, keys: keys.join(','), view: view.key, until, body };
}
