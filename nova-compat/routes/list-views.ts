import type { Engine } from '#core/engine/engine.js';
import type { PageView, Rendered } from '#core/engine/rendered-pages.js';
import { linkRoots } from '../views/links.js';
import { briefServer, hostStatus, serverDetail } from '../views/server.js';
import { type Request, shownHosts, withHosts } from './view-context.js';

/** What is shown of a server holds until its record changes: nothing of it depends on the clock. */
const shown = (view: Record<string, unknown>): Rendered => ({
  json: JSON.stringify(view),
  until: Number.POSITIVE_INFINITY,
});

/** Servers as `GET /servers` shows them. */
export function briefView(call: Request): PageView {
  const links = linkRoots(call);
  return {
    key: `brief ${links.self} ${links.bookmark}`,
    render: (servers) => servers.map((s) => shown(briefServer(s, links))),
  };
}

/**
 * Servers as `GET /servers/detail` shows them. The states of hosts are shown but have no part in the records of servers, so they stand in
 * the key; a change of flavors changes the records that depend on them (migration 0003).
 */
export async function detailView(engine: Engine, call: Request): Promise<PageView> {
  const hosts = await shownHosts(engine, call);
  const links = linkRoots(call);
  const states = hosts.map((h) => `${h.name}=${hostStatus(h)}`).join();
  return {
    key: `detail ${call.version.minor} ${call.context.isAdmin} ${links.self} ${links.bookmark} ${states}`,
    render: async (servers) => {
      const view = await withHosts(engine, call, servers, hosts);
      return servers.map((s) => shown(serverDetail(s, view)));
    },
  };
}
