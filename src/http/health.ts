import type Koa from 'koa';

/** `GET /healthcheck` without a token, as oslo.middleware has it: 200 `OK`, or 503 with the reason. */
export function healthcheck<S>(ready: () => Promise<void>): Koa.Middleware<S> {
  return async (ctx, next) => {
    if (ctx.path !== '/healthcheck') {
      await next();
      return;
    }
    try {
      await ready();
      ctx.status = 200;
      ctx.body = 'OK';
    } catch (error) {
      ctx.status = 503;
      ctx.body = error instanceof Error ? error.message : 'not ready';
    }
  };
}
