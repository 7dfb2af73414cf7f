import { cpus, hostname } from 'node:os';
import Joi from 'joi';
import { formatIpv4Block, parseIpv4Block } from '#core/lib/ipv4.js';
import type { LogLevel } from '#core/logging/logger.js';

/**
 * All settings of a process, checked. The environment variable of each is named after its path:
 * `reconcile.listSeconds` is `ZUNOVA_RECONCILE_LIST_SECONDS`.
 */
export interface Config {
  /** Holds the embedded database, secrets and openrc files. Default `./data`. */
  readonly dataDir: string;
  /** Address that the APIs listen on. Default 127.0.0.1. */
  readonly listenHost: string;
  /**
   * Host name or address that clients reach the APIs by; stands in the catalog and in links. Default: `listenHost`, or this
   * machine's name when that is a wildcard.
   */
  readonly publicHost: string;
  /** TCP ports of the APIs. 0 takes a free one. */
  readonly ports: {
    /** Nova API. Default 8774. */
    readonly compute: number;
    /** Zun API. Default 9517. */
    readonly container: number;
    /** Stand-alone identity (Keystone API). Default 5000. */
    readonly identity: number;
    /** Stand-alone image service (Glance API). Default 9292. */
    readonly image: number;
    /** Stand-alone network service (Neutron API). Default 9696. */
    readonly network: number;
    /** WebSockets of attach and exec. Default 6784. */
    readonly websocket: number;
  };
  readonly websocket: {
    /** What clients connect to: `ws://` or `wss://`, for a proxy in front. null: this process, by `publicHost` and the port. */
    readonly baseUrl: string | null;
    /** Hosts whose web pages may connect, beside the one that serves: names, separated by commas. Default none. */
    readonly allowedOrigins: string;
    /** How long the URL of a terminal can be used. Default 300. */
    readonly tokenSeconds: number;
  };
  /** `postgres://...`; also from `DATABASE_URL`. null: the embedded server in `dataDir`. */
  readonly databaseUrl: string | null;
  readonly docker: {
    /** Unix socket of the Docker Engine; also from `DOCKER_HOST=unix://...`. Default /var/run/docker.sock. */
    readonly socketPath: string;
  };
  /** Name of this host in both APIs. Default: the machine's. Must stay the same: containers belong to a host by its name. */
  readonly hostName: string;
  /** Default nova. */
  readonly availabilityZone: string;
  /** Region in the service catalog. Default RegionOne. */
  readonly region: string;
  /** Life of a token. Default 8. */
  readonly tokenHours: number;
  /** trace, debug, info, warn, error or fatal. Default info. */
  readonly logLevel: LogLevel;
  /** How often the host's resources may be promised. */
  readonly ratios: {
    /** Default 16. */
    readonly cpu: number;
    /** Default 1. */
    readonly ram: number;
    /** Default 1. */
    readonly disk: number;
  };
  /** What the host keeps for itself. */
  readonly reserved: {
    /** Default 512. */
    readonly memoryMb: number;
  };
  readonly reconcile: {
    /** Time between two complete lists of the engine's containers. Default 30. */
    readonly listSeconds: number;
    /** An engine container of ours that has had no row for this long is removed. Default 600. */
    readonly orphanGraceSeconds: number;
    /** A container that the engine does not know is looked for once more after this time. Default 500. */
    readonly missingConfirmMs: number;
  };
  readonly operations: {
    /** Default 60. An operation whose agent died is taken over after this time at the latest. */
    readonly leaseSeconds: number;
    /** How long an operation waits for an engine that does not answer, before it fails. Default 120. */
    readonly engineWaitSeconds: number;
    /** Operations at the same time on this host. Default 16. */
    readonly concurrency: number;
    /** Engine starts at the same time: they are bound by the CPU. Default: the number of CPUs, at most twice that. */
    readonly startConcurrency: number;
  };
  /** What a container of the Zun API gets when it asks for nothing. */
  readonly defaults: {
    /** CPUs. Default 1. */
    readonly cpu: number;
    /** Default 512. */
    readonly memoryMb: number;
  };
  /** Highest compute microversion to offer. Default 2.96. */
  readonly novaMaxVersion: string;
  /** How long a command run by `exec` may take. Default 5. */
  readonly execTimeoutSeconds: number;
  /** IPv4 block that new private networks get their /24 from. Default 10.87.0.0/16. */
  readonly subnetBase: string;
  /** A look-up of an image by a reference that no engine has makes its record, to be pulled when it is used: for hosts with a registry. */
  readonly imageAutocreate: boolean;
}

const HIGHEST_NOVA_MINOR = 96;
const text = (value: string): Joi.StringSchema => Joi.string().min(1).max(255).default(value);
const port = (value: number): Joi.NumberSchema => Joi.number().port().default(value);
const positive = (value: number): Joi.NumberSchema => Joi.number().positive().default(value);
const count = (value: number, max = 1_000_000): Joi.NumberSchema =>
  Joi.number().integer().min(1).max(max).default(value);
const hostName = (): Joi.StringSchema => Joi.string().hostname().max(255);

/** Built on demand: defaults depend on the machine. */
export function configSchema(): Joi.ObjectSchema<Config> {
  const cpuCount = cpus().length;
  return Joi.object<Config, true>({
    dataDir: Joi.string().min(1).default('./data'),
    listenHost: hostName().default('127.0.0.1'),
    publicHost: hostName().default((parent: { listenHost: string }) => publicHostOf(parent.listenHost)),
    ports: group<Config['ports']>({
      compute: port(8774),
      container: port(9517),
      identity: port(5000),
      image: port(9292),
      network: port(9696),
      websocket: port(6784),
    }).custom(differentPorts),
    websocket: group<Config['websocket']>({
      baseUrl: Joi.string()
        .uri({ scheme: ['ws', 'wss'] })
        .allow(null)
        .default(null),
      allowedOrigins: Joi.string().allow('').max(4096).default('').custom(hostNames),
      tokenSeconds: positive(300).max(3600),
    }),
    databaseUrl: Joi.string()
      .uri({ scheme: ['postgres', 'postgresql'] })
      .allow(null)
      .default(null),
    docker: group<Config['docker']>({
      socketPath: Joi.string().pattern(/^\//, 'absolute path').default('/var/run/docker.sock'),
    }),
    hostName: hostName().default(hostname()),
    availabilityZone: text('nova').pattern(/^[^:]*$/, 'name without a colon'),
    region: text('RegionOne'),
    tokenHours: positive(8).max(24 * 365),
    logLevel: Joi.string<LogLevel>().valid('trace', 'debug', 'info', 'warn', 'error', 'fatal').default('info'),
    ratios: group<Config['ratios']>({ cpu: positive(16), ram: positive(1), disk: positive(1) }),
    reserved: group<Config['reserved']>({ memoryMb: Joi.number().integer().min(0).default(512) }),
    reconcile: group<Config['reconcile']>({
      listSeconds: positive(30).max(3600),
      orphanGraceSeconds: Joi.number().min(0).default(600),
      missingConfirmMs: Joi.number().integer().min(0).max(60_000).default(500),
    }),
    operations: group<Config['operations']>({
      leaseSeconds: Joi.number().min(5).max(3600).default(60),
      engineWaitSeconds: Joi.number().min(0).max(86_400).default(120),
      concurrency: count(16, 1000),
      startConcurrency: count(cpuCount, 2 * cpuCount),
    }),
    defaults: group<Config['defaults']>({ cpu: positive(1), memoryMb: count(512).min(6) }),
    novaMaxVersion: Joi.string().default(`2.${HIGHEST_NOVA_MINOR}`).custom(novaVersion),
    execTimeoutSeconds: positive(5).max(3600),
    imageAutocreate: Joi.boolean().default(false),
    subnetBase: Joi.string().default('10.87.0.0/16').custom(subnetBase),
  });
}

/** Members of a group have defaults, so the group as a whole has one. */
function group<T extends object>(members: Joi.StrictSchemaMap<T>): Joi.ObjectSchema<T> {
  return Joi.object<T, true>(members).default();
}

const publicHostOf = (listenHost: string): string => (['0.0.0.0', '::'].includes(listenHost) ? hostname() : listenHost);

function differentPorts(ports: Config['ports']): Config['ports'] {
  const fixed = Object.values(ports).filter((p) => p !== 0);
  if (new Set(fixed).size !== fixed.length) throw new Error('must be different from each other');
  return ports;
}

function hostNames(value: string): string {
  for (const name of listOf(value)) Joi.assert(name, hostName());
  return value;
}

/** The members of a setting that is a list, separated by commas. */
export const listOf = (value: string): string[] =>
  value
    .split(',')
    .map((s) => s.trim())
    .filter((s) => s !== '');

function novaVersion(value: string): string {
  const minor = Number(/^2\.(\d{1,3})$/.exec(value)?.[1] ?? 0);
  if (minor < 1 || minor > HIGHEST_NOVA_MINOR) throw new Error(`must be from 2.1 to 2.${HIGHEST_NOVA_MINOR}`);
  return value;
}

function subnetBase(value: string): string {
  const block = parseIpv4Block(value);
  if (block === null || block.prefix > 24)
    throw new Error('must be an IPv4 block of at least a /24, like 10.87.0.0/16');
  if (formatIpv4Block(block) !== value) throw new Error(`has host bits set: ${formatIpv4Block(block)} is meant`);
  return value;
}
