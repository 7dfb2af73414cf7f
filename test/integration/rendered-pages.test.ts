import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Container } from '#core/domain/container.js';
import { Invalid, NotFound } from '#core/domain/errors.js';
import type { ContainerQuery } from '#core/engine/list-containers.js';
import { type PageRequest, RenderedPages } from '#core/engine/rendered-pages.js';
import { createStore } from '#core/store/store.js';
import { buildServer, buildSpec } from '#test/lib/builders.js';
import { type TestDatabase, testDatabase } from '#test/lib/database.js';
import { failure } from '#test/lib/until.js';

describe('lists as they are sent', () => {
  const PROJECT = 'p1';
  let db: TestDatabase;
  let pages: RenderedPages;
  let rendered: string[];

  before(async () => {
    db = await testDatabase();
  });
  after(() => db.close());
  beforeEach(async () => {
    await db.database.query('delete from containers');
    pages = new RenderedPages({ store: store() });
    rendered = [];
  });

  const store = (): ReturnType<typeof createStore> => createStore(db.database, 60);
  const make = async (name: string, hasFlavor = true): Promise<string> => {
    const uuid = randomUUID();
    const server = buildServer(hasFlavor ? {} : { flavor: null });
    await db.database.transaction((t) =>
      store().containers.insert(
        {
          uuid,
          projectId: PROJECT,
          userId: 'u1',
          name,
          hostname: name,
          frontEnd: 'nova',
          host: null,
          availabilityZone: null,
          spec: buildSpec(),
          server,
          failure: null,
        },
        t,
      ),
    );
    return uuid;
  };

  const query: ContainerQuery = {
    projectId: PROJECT,
    deleted: 'exclude',
    sort: [{ key: 'seq', direction: 'asc' }],
    limit: 100,
  };
  const request = (over: Partial<PageRequest> = {}, key = 'v1', until = Number.POSITIVE_INFINITY): PageRequest => ({
    query: () => query,
    key,
    view: () => ({
      key,
      render: (containers: readonly Container[]) => {
        rendered.push(...containers.map((c) => c.name));
        return containers.map((c) => ({ json: JSON.stringify(`${key}/${c.name}/${c.task?.action ?? '-'}`), until }));
      },
    }),
    frame: (uuids) => ['[', `,${uuids.length}]`],
    ...over,
  });
  const shown = async (r = request()): Promise<unknown> => JSON.parse((await pages.page(r)).toString());

  it('renders a container once, and again after it changed', async () => {
    const a = await make('a');
    await make('b');
    expect(await shown()).to.deep.equal(['v1/a/-', 'v1/b/-', 2]);
    expect(await shown()).to.deep.equal(['v1/a/-', 'v1/b/-', 2]);
    expect(rendered).to.deep.equal(['a', 'b']);
    await store().containers.change(a, { name: 'a2' });
    expect(await shown()).to.deep.equal(['v1/a2/-', 'v1/b/-', 2]);
    expect(rendered).to.deep.equal(['a', 'b', 'a2']);
  });

  it('shows new, deleted and re-ordered containers', async () => {
    const a = await make('a');
    expect(await shown()).to.deep.equal(['v1/a/-', 1]);
    await make('b');
    expect(await shown()).to.deep.equal(['v1/a/-', 'v1/b/-', 2]);
    const newest = request({ query: () => ({ ...query, sort: [{ key: 'seq', direction: 'desc' }] }) });
    expect(await shown({ ...newest, key: 'newest' })).to.deep.equal(['v1/b/-', 'v1/a/-', 2]);
    await db.database.transaction((t) => store().containers.markDeleted(a, t));
    expect(await shown()).to.deep.equal(['v1/b/-', 1]);
    const all = { ...request({ query: () => ({ ...query, deleted: 'include' }) }), key: 'all' };
    expect(await shown(all)).to.deep.equal(['v1/a/-', 'v1/b/-', 2]);
    expect(rendered, 'the deleted one is another state of its record').to.deep.equal(['a', 'b', 'a']);
  });

  it('shows an operation from its submission to its end', async () => {
    const a = await make('a');
    await db.database.query(
      `insert into hosts (name, availability_zone, address, info) values ('h', 'nova', '::1', '{}') on conflict do nothing`,
    );
    expect(await shown()).to.deep.equal(['v1/a/-', 1]);
    const common = { container: a, projectId: PROJECT, userId: 'u1', requestId: 'req-1', host: 'h' } as const;
    await db.database.transaction((t) =>
      store().operations.insert({ ...common, frontEnd: 'nova', action: 'stop', args: { timeout: null } }, t),
    );
    expect(await shown()).to.deep.equal(['v1/a/stop', 1]);
    const owner = randomUUID();
    const [claimed] = await store().operations.claim('h', owner, 1);
    const lease = { operation: claimed?.id ?? '', owner };
    await shown();
    const before = rendered.length;
    await store().operations.progress(lease, { step: 'stop', events: [], relaxed: true });
    await shown();
    expect(rendered.length, 'a step is a change').to.equal(before + 1);
    await store().operations.finish(lease, 'done', { events: [], error: null, facts: { running: false } });
    expect(await shown()).to.deep.equal(['v1/a/-', 1]);
  });

  it('shows what the reconciler recorded', async () => {
    const a = await make('a');
    await shown();
    const container = await store().containers.byUuid(a);
    await store().containers.recordObserved(container, { exitCode: 3, observedAt: new Date() });
    await shown();
    expect(rendered).to.deep.equal(['a', 'a']);
  });

  it('renders again for another view, and for another state of what the view depends on', async () => {
    await make('a');
    expect(await shown(request({}, 'v1'))).to.deep.equal(['v1/a/-', 1]);
    expect(await shown(request({}, 'v2'))).to.deep.equal(['v2/a/-', 1]);
    // The same question, but hosts have changed meanwhile.
    expect(await shown({ ...request({}, 'v3'), key: 'v1' })).to.deep.equal(['v3/a/-', 1]);
    expect(await shown(request({}, 'v1'))).to.deep.equal(['v1/a/-', 1]);
    expect(rendered).to.deep.equal(['a', 'a', 'a']);
  });

  it('renders again when the clock says so', async () => {
    await make('a');
    await shown(request({}, 'v1', Date.now() - 1));
    await shown(request({}, 'v1', Date.now() + 60_000));
    await shown(request({}, 'v1', Date.now() + 60_000));
    expect(rendered).to.deep.equal(['a', 'a']);
  });

  it('renders containers without a flavor again when flavors change', async () => {
    await make('with');
    await make('without', false);
    await shown();
    await db.database.query(
      `insert into flavors (flavor_id, name, ram_mb, vcpus, disk_gb) values ('new', 'new', 64, 1, 0)`,
    );
    await shown();
    expect(rendered).to.deep.equal(['with', 'without', 'without']);
  });

  it('is of one moment when a container changes between its two looks', async () => {
    const a = await make('a');
    await make('b');
    let isFirst = true;
    const racing = request({
      view: async () => {
        if (isFirst) await store().containers.change(a, { name: 'a2' });
        isFirst = false;
        return request().view();
      },
    });
    const seen = await shown(racing);
    expect(seen).to.deep.equal(['v1/a2/-', 'v1/b/-', 2]);
    expect(await shown()).to.deep.equal(seen);
  });

  it('lets those who ask at the same time share, and shows each no less than was there when it asked', async () => {
    const a = await make('a');
    const first = pages.page(request());
    await store().containers.change(a, { name: 'a2' });
    const after = await Promise.all(Array.from({ length: 20 }, () => shown()));
    await first;
    for (const seen of after) expect(seen).to.deep.equal(['v1/a2/-', 1]);
    expect(rendered.filter((n) => n === 'a2')).to.have.length(1);
  });

  it('is empty without containers, and where nothing can match', async () => {
    const frame = (): readonly [string, string] => ['[', ']'];
    expect(await shown(request({ frame }))).to.deep.equal([]);
    await make('a');
    expect(await shown(request({ frame, query: () => null }, 'v2'))).to.deep.equal([]);
  });

  it('refuses what cannot be listed, each time', async () => {
    const unknown = request({ query: () => ({ ...query, marker: randomUUID() }) });
    for (let i = 0; i < 2; i++) expect(await failure(pages.page(unknown))).to.be.instanceOf(NotFound);
    const bad = request({ query: () => ({ ...query, nameRegex: '(' }) }, 'v2');
    expect(await failure(pages.page(bad))).to.be.instanceOf(Invalid);
  });
});
