import Joi from 'joi';
import { boolStr, cpu, disk, extBool, memory, oneOf, refuse, resourceName } from './common.js';
import {
  type Healthcheck,
  healthcheck,
  type Mount,
  mounts,
  type Net,
  nets,
  type RestartPolicy,
  restartPolicy,
} from './create-parts.js';

/** Body of `POST /v1/containers` after validation (native-api.md 3.4). What was null is absent; numbers are numbers. */
export interface CreateContainerBody {
  readonly image: string;
  readonly name?: string;
  /** A string, to be split by shell rules, up to 1.19; a list from 1.20. */
  readonly command?: string | readonly string[];
  readonly entrypoint?: readonly string[];
  readonly cpu?: number;
  readonly cpu_policy?: 'shared' | 'dedicated';
  /** MiB */
  readonly memory?: number;
  /** GiB */
  readonly disk?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly workdir?: string;
  readonly hostname?: string;
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly auto_remove?: boolean;
  readonly auto_heal?: boolean;
  readonly privileged?: boolean;
  readonly runtime?: string;
  readonly restart_policy?: RestartPolicy;
  readonly image_pull_policy?: 'always' | 'ifnotpresent' | 'never';
  readonly image_driver?: 'docker' | 'glance';
  readonly registry?: string;
  readonly security_groups?: readonly string[];
  readonly exposed_ports?: Readonly<Record<string, object>>;
  readonly nets?: readonly Net[];
  readonly mounts?: readonly Mount[];
  readonly hints?: Readonly<Record<string, unknown>>;
  readonly availability_zone?: string;
  readonly host?: string;
  readonly healthcheck?: Healthcheck;
}

export interface CreateContainerQuery {
  readonly run?: boolean;
}

export const createContainerQuery = Joi.object<CreateContainerQuery>({ run: extBool() });

/** Horizon turns what was left open into empty strings. */
const orEmpty = (schema: Joi.Schema): Joi.Schema => schema.empty(Joi.valid(null, ''));
const orNull = (schema: Joi.Schema): Joi.Schema => schema.empty(null);

/** Elements of `command` and of `labels` are not checked for their type upstream: scalars become text, as `str()` gives it. */
const scalarText = (): Joi.AnySchema =>
  Joi.any().custom((value: unknown, helpers) => {
    if (typeof value === 'string') return value;
    if (typeof value === 'number') return String(value);
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return refuse(helpers, "the value is not of type 'string'");
  });

const words = (): Joi.Schema => orNull(Joi.array().items(scalarText()));

const environment = Joi.object().custom((value: Record<string, unknown>, helpers) => {
  for (const [key, v] of Object.entries(value)) {
    // The engine gets `key=value` lines.
    if (key === '' || /[=\0]/.test(key)) return refuse(helpers, `'${key}' is not the name of an environment variable`);
    if (typeof v !== 'string') return refuse(helpers, `the value of '${key}' is not of type 'string'`);
  }
  return value;
});

const PULL_POLICIES = ['never', 'always', 'ifnotpresent', 'Never', 'Always', 'IfNotPresent'];
const pullPolicy = oneOf(new Map(PULL_POLICIES.map((word) => [word, word.toLowerCase()])));

/** Longer names do not fit the column of Zun, nor the kernel's host name. */
const HOSTNAME_MAX = 63;

const securityGroups = Joi.array().items(Joi.string().min(1).max(255));
const zoneOrHost = (): Joi.StringSchema => Joi.string().min(1).max(255);

const properties = {
  image: Joi.string()
    .min(2)
    .max(255)
    .pattern(/[a-zA-Z0-9][a-zA-Z0-9_.-]/)
    .required(),
  name: orNull(resourceName()),
  cpu: orNull(cpu()),
  cpu_policy: orNull(Joi.string().valid('shared', 'dedicated')),
  memory: orNull(memory()),
  disk: orNull(disk()),
  environment: orNull(environment),
  labels: orNull(Joi.object().pattern(Joi.string(), scalarText())),
  workdir: orEmpty(Joi.string()),
  hostname: orEmpty(
    Joi.string()
      .max(HOSTNAME_MAX)
      .pattern(/^[a-zA-Z0-9-._]*$/),
  ),
  interactive: orNull(boolStr()),
  tty: orNull(boolStr()),
  auto_remove: orNull(Joi.boolean().strict()),
  auto_heal: orNull(boolStr()),
  privileged: orNull(boolStr()),
  runtime: orEmpty(Joi.string()),
  restart_policy: orNull(restartPolicy),
  image_pull_policy: orEmpty(pullPolicy),
  image_driver: Joi.string()
    .valid('glance', 'docker')
    .empty(Joi.valid(null, '', 'None')),
  registry: orNull(resourceName()),
  security_groups: orNull(securityGroups),
  exposed_ports: orNull(Joi.object().pattern(Joi.string(), Joi.object({}))),
  nets: orNull(nets),
  mounts: orNull(mounts),
  hints: orNull(Joi.object()),
  availability_zone: orEmpty(zoneOrHost()),
  healthcheck: orNull(healthcheck),
};

const text = (): Joi.Schema => orNull(Joi.string().allow(''));
const exclusive = (value: CreateContainerBody, helpers: Joi.CustomHelpers): CreateContainerBody | Joi.ErrorReport =>
  value.security_groups !== undefined && value.exposed_ports !== undefined
    ? refuse(helpers, "'security_groups' and 'exposed_ports' are mutually exclusive")
    : value;

const upTo119 = Joi.object<CreateContainerBody>({ ...properties, command: text() }).required();
const from120 = Joi.object<CreateContainerBody>({ ...properties, command: words() })
  .required()
  .custom(exclusive);
const withHost = from120.keys({ host: orNull(zoneOrHost().pattern(/^[a-zA-Z0-9-._]*$/)) });
const withEntrypoint = withHost.keys({ entrypoint: words() });

/** The schema of a version: `command` became a list in 1.20, `host` came in 1.39, `entrypoint` in 1.40. */
export function createContainerBody(minor: number): Joi.ObjectSchema<CreateContainerBody> {
  if (minor >= 40) return withEntrypoint;
  if (minor >= 39) return withHost;
  return minor >= 20 ? from120 : upTo119;
}
