import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import Joi from 'joi';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CONFIGURATION = ['.oxlintrc.json', 'tsconfig.json', 'tsconfig.lint.json', 'package.json'];

/** Who may import what: file, import, and whether the linter lets it pass. */
const CASES: readonly [file: string, specifier: string, allowed: boolean][] = [
  ['nova-compat/routes/servers.ts', '#core/engine/engine.js', true],
  ['nova-compat/routes/servers.ts', '#core/http/route.js', true],
  ['nova-compat/routes/servers.ts', '#core/domain/errors.js', true],
  ['nova-compat/routes/servers.ts', '#schemas/nova/common.js', true],
  ['nova-compat/routes/servers.ts', '../views/server.js', true],
  ['nova-compat/app.ts', 'koa', true],
  ['nova-compat/app.ts', '#native/app.js', false],
  ['nova-compat/app.ts', '../native-api/app.js', false],
  ['nova-compat/routes/servers.ts', '../../src/store/store.js', false],
  ['nova-compat/routes/servers.ts', '#test/lib/database.js', false],
  ['nova-compat/routes/servers.ts', 'dockerode', false],
  ['nova-compat/routes/servers.ts', 'sequelize', false],
  ['nova-compat/routes/servers.ts', 'pg', false],
  ['nova-compat/routes/servers.ts', 'umzug', false],
  ...[
    'store',
    'runtime',
    'operations',
    'agent',
    'network',
    'image',
    'identity',
    'reconcile',
    'scheduler',
    'standalone',
    'config',
  ].flatMap((part): [string, string, boolean][] => [
    ['nova-compat/routes/servers.ts', `#core/${part}/any.js`, false],
    ['native-api/views/container.ts', `#core/${part}/any.js`, false],
  ]),
  ['native-api/app.ts', '#core/engine/engine.js', true],
  ['native-api/app.ts', '#nova/app.js', false],
  ['native-api/app.ts', '../nova-compat/app.js', false],
  ['native-api/routes/containers.ts', 'pg', false],
  ['src/engine/create.ts', '#core/store/store.js', true],
  ['src/engine/create.ts', '#nova/app.js', false],
  ['src/engine/create.ts', '#native/app.js', false],
  ['src/engine/create.ts', '../../nova-compat/app.js', false],
  ['src/engine/create.ts', 'koa', false],
  ['src/engine/create.ts', '@koa/router', false],
  ['src/engine/create.ts', 'dockerode', false],
  ['src/engine/create.ts', '#core/runtime/docker/docker-driver.js', false],
  ['src/http/app.ts', 'koa', true],
  ['src/http/app.ts', 'sequelize', false],
  ['src/standalone/image/app.ts', 'koa', true],
  ['src/standalone/image/app.ts', '#nova/app.js', false],
  ['src/runtime/docker/connection.ts', 'dockerode', true],
  ['src/runtime/docker/connection.ts', 'pg', false],
  ['src/runtime/driver.ts', 'dockerode', false],
  ['src/store/database.ts', 'sequelize', true],
  ['src/store/database.ts', 'pg', true],
  ['src/store/database.ts', 'umzug', true],
  ['src/store/database.ts', 'koa', false],
  ['src/domain/container.ts', './errors.js', true],
  ['src/domain/container.ts', '#core/domain/errors.js', true],
  ['src/domain/container.ts', '#core/store/store.js', false],
  ['src/domain/container.ts', '../store/store.js', false],
  ['src/domain/container.ts', 'node:fs', false],
  ['src/domain/container.ts', 'joi', false],
  ['schemas/nova/servers.ts', 'joi', true],
  ['schemas/nova/servers.ts', '#core/domain/spec.js', true],
  ['schemas/nova/servers.ts', '#core/engine/engine.js', false],
  ['schemas/nova/servers.ts', '#core/http/app.js', false],
  ['schemas/nova/servers.ts', 'koa', false],
  ['bin/zunova.ts', '#nova/app.js', true],
  ['bin/zunova.ts', '#core/runtime/docker/docker-driver.js', true],
  ['bin/zunova.ts', 'sequelize', false],
];

/** Only the part of the linter's report that is asked for. */
const reportSchema = Joi.object<{
  diagnostics: { code: string; filename: string; labels: { span: { line: number } }[] }[];
}>({
  diagnostics: Joi.array()
    .items(
      Joi.object({
        code: Joi.string().required(),
        filename: Joi.string().required(),
        labels: Joi.array().items(
          Joi.object({ span: Joi.object({ line: Joi.number().required() }).unknown().required() }).unknown(),
        ),
      }).unknown(),
    )
    .required(),
}).unknown();

describe('dependency rule', function () {
  this.timeout(30_000);
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'zlint-'));
    for (const name of CONFIGURATION) cpSync(join(ROOT, name), join(directory, name));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    writeFileSync(join(directory, file), text);
  };

  /** `file:line` of everything that breaks `rule`. */
  const broken = (rule: string): Set<string> => {
    const oxlint = join(ROOT, 'node_modules', '.bin', 'oxlint');
    const done = spawnSync(oxlint, ['--tsconfig', 'tsconfig.lint.json', '-f', 'json'], {
      cwd: directory,
      encoding: 'utf8',
    });
    const { diagnostics } = Joi.attempt(JSON.parse(done.stdout), reportSchema.required());
    return new Set(diagnostics.filter((d) => d.code === rule).map((d) => `${d.filename}:${d.labels[0]?.span.line}`));
  };

  it('lets pass what is allowed and nothing else', () => {
    const casesOf = (file: string) => CASES.filter(([f]) => f === file);
    for (const file of new Set(CASES.map(([f]) => f))) {
      write(
        file,
        casesOf(file)
          .map(([, from]) => `export * from '${from}';\n`)
          .join(''),
      );
    }
    const found = broken('eslint(no-restricted-imports)');
    const told = CASES.map((one): (typeof CASES)[number] => {
      const [file, from] = one;
      return [file, from, !found.has(`${file}:${casesOf(file).indexOf(one) + 1}`)];
    });
    expect(told).to.deep.equal(CASES);
  });

  it('counts types and imports at run time too', () => {
    write(
      'nova-compat/a.ts',
      "import type { A } from '#core/store/a.js';\nexport const b = (): Promise<A> => import('pg');\n",
    );
    expect([...broken('eslint(no-restricted-imports)')].sort()).to.deep.equal([
      'nova-compat/a.ts:1',
      'nova-compat/a.ts:2',
    ]);
  });

  it('finds cycles between folders', () => {
    write('src/engine/a.ts', "import { b } from '#core/agent/b.js';\nexport const a = (): unknown => b;\n");
    write('src/agent/b.ts', "import { a } from '#core/engine/a.js';\nexport const b = (): unknown => a;\n");
    expect([...broken('import(no-cycle)')].sort()).to.deep.equal(['src/agent/b.ts:1', 'src/engine/a.ts:1']);
  });
});
