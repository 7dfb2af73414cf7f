import Router from '@koa/router';
import type Koa from 'koa';
import type { AnyRoute } from './route.js';

/** Serves a request with the route of a group that fits its version. */
export type Serve<State> = (
  ctx: Koa.ParameterizedContext<State>,
  params: Readonly<Record<string, string | undefined>>,
) => Promise<void>;

/** Routes of one method and path, which differ by version, under `GET /servers/:id`. */
export type Groups = ReadonlyMap<string, readonly AnyRoute[]>;

export function groupsOf(routes: readonly AnyRoute[]): Groups {
  const groups = new Map<string, AnyRoute[]>();
  for (const r of routes) {
    const key = `${r.method} ${r.path}`;
    groups.set(key, [...(groups.get(key) ?? []), r]);
  }
  return groups;
}

export const hasParameters = (group: readonly AnyRoute[]): boolean => group.some((r) => r.path.includes(':'));

/** Finds the group of a path by its pattern. */
export function router<State>(groups: Groups, serveBy: (group: readonly AnyRoute[]) => Serve<State>): Router<State> {
  const made = new Router<State>({ sensitive: true });
  for (const group of groups.values()) {
    const first = group[0];
    if (first === undefined) continue;
    const serve = serveBy(group);
    made.register(first.path, [first.method], (ctx) => serve(ctx, ctx.params));
  }
  return made;
}

/** Whether the route's pattern is that of the path, whatever the method. */
export const matches = (r: AnyRoute, path: string): boolean => {
  const want = r.path.split('/');
  const have = path.split('/');
  return want.length === have.length && want.every((w, i) => w.startsWith(':') || w === have[i]);
};
