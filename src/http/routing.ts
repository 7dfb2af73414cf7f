import Router from '@koa/router';
import type Koa from 'koa';
import type { AnyRoute } from './route.js';

/** Serves a request with the route of a group that fits its version. */
export type Serve<State> = (
  ctx: Koa.ParameterizedContext<State>,
  params: Readonly<Record<string, string | undefined>>,
) => Promise<void>;

/** Routes of one method and path, which differ by version. */
export interface Group {
  readonly routes: readonly AnyRoute[];
  readonly path: string;
  readonly hasParameters: boolean;
  /** One of them reads the body itself. */
  readonly upload: boolean;
  /** Bytes. */
  readonly bodyLimit: number;
}

/** By name: `GET /servers/:id`. */
export type Groups = ReadonlyMap<string, Group>;

export function groupsOf(routes: readonly AnyRoute[], bodyLimit: number): Groups {
  const byName = new Map<string, AnyRoute[]>();
  for (const r of routes) {
    const name = `${r.method} ${r.path}`;
    byName.set(name, [...(byName.get(name) ?? []), r]);
  }
  return new Map(
    [...byName].map(([name, group]) => [
      name,
      {
        routes: group,
        path: group[0]?.path ?? '',
        hasParameters: name.includes(':'),
        upload: group.some((r) => r.upload === true),
        bodyLimit: Math.max(...group.map((r) => r.bodyLimit ?? bodyLimit)),
      },
    ]),
  );
}

/** Finds the group of a path by its pattern. */
export function router<State>(groups: Groups, serveBy: (group: Group) => Serve<State>): Router<State> {
  const made = new Router<State>({ sensitive: true });
  for (const [name, group] of groups) {
    const serve = serveBy(group);
    const [method = ''] = name.split(' ');
    made.register(group.path, [method], (ctx) => serve(ctx, ctx.params));
  }
  return made;
}

/** Whether the route's pattern is that of the path, whatever the method. */
export const matches = (r: AnyRoute, path: string): boolean => {
  const want = r.path.split('/');
  const have = path.split('/');
  return want.length === have.length && want.every((w, i) => w.startsWith(':') || w === have[i]);
};
