import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import Koa from 'koa';
import pg from 'pg';

/**
 * The baseline: a Koa that does nothing but what any service would have to. `GET` sends the bytes of a file, `POST` reads a JSON body,
 * inserts one row and answers after the commit.
 */
const [file = '', socketDirectory = '', user = '', database = ''] = process.argv.slice(2);
const bytes = file === '' ? Buffer.alloc(0) : readFileSync(file);
const pool = new pg.Pool({ host: socketDirectory, user, database, port: 5432, max: 10 });

const app = new Koa();
app.use(async (ctx) => {
  ctx.type = 'application/json';
  if (ctx.method === 'GET') {
    ctx.body = bytes;
    return;
  }
  const parts: Buffer[] = [];
  for await (const part of ctx.req) parts.push(Buffer.isBuffer(part) ? part : Buffer.from(String(part)));
  const body: unknown = JSON.parse(Buffer.concat(parts).toString('utf8'));
  const { rows } = await pool.query<{ id: string }>({
    name: 'insert',
    text: 'insert into bench_rows (body) values ($1) returning id',
    values: [JSON.stringify(body)],
  });
  ctx.status = 202;
  ctx.body = { id: rows[0]?.id };
});

const server = createServer(app.callback());
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.({ port: address.port });
});
