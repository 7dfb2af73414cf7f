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
  readonly query: ContainerQuery;
  /** Everything that the whole answer depends on, beside what is stored and the clock: who asks, for what, how it is shown. */
  readonly key: string;
  /** Asked each time that the store is: what it depends on is as fresh as the containers. */
  view(): Promise<PageView> | PageView;
  /** What comes before and after the containers, which are set apart by commas. */
  frame(uuids: readonly string[]): readonly [before: string, after: string];
}

interface Page {
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
    const [keys, view] = await Promise.all([listKeys(this.engine, request.query), request.view()]);
    const known = this.pages.get(request.key);
    if (known?.keys === keys && known.view === view.key && known.until > Date.now()) return known.body;
    const made = await this.make(request, keys === '' ? [] : keys.split(','), view);
    // What is stored has changed between the two looks: the page is that of the second.
    const page = made ?? (await this.makeAnew(request, view));
    this.pages.set(request.key, page);
    return page.body;
  }

  /** @returns null when a container has changed since the keys were read */
  private async make(request: PageRequest, keys: readonly string[], view: PageView): Promise<Page | null> {
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
      for (const [key, row] of await this.render(containers, view, name)) rows.set(key, row);
    }
    return pageOf(request, view, keys, rows);
  }

  private async makeAnew(request: PageRequest, view: PageView): Promise<Page> {
    const containers = await listContainers(this.engine, request.query);
    const rows = await this.render(containers, view, this.nameOf(view));
    return pageOf(request, view, [...rows.keys()], rows);
  }

  private async render(
    containers: readonly Container[],
    view: PageView,
    name: string,
  ): Promise<ReadonlyMap<string, Rendered>> {
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
  return { keys: keys.join(','), view: view.key, until, body: Buffer.from(`${before}${texts.join(',')}${after}`) };
}
