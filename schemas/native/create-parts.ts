import Joi from 'joi';
import { refuse } from './common.js';

/** The structured properties of a create request (native-api.md 3.4). */

export interface RestartPolicy {
  readonly Name: 'no' | 'always' | 'on-failure' | 'unless-stopped';
  readonly MaximumRetryCount?: number;
}

const retryCount = Joi.any().custom((value: unknown, helpers) => {
  const isCount =
    typeof value === 'number'
      ? Number.isInteger(value) && value >= 0
      : typeof value === 'string' && /^[0-9]+$/.test(value);
  return isCount ? Number(value) : refuse(helpers, 'the value is not an integer of 0 or more');
});

export const restartPolicy = Joi.object<RestartPolicy>({
  Name: Joi.string().valid('no', 'always', 'on-failure', 'unless-stopped').required(),
  MaximumRetryCount: retryCount.empty(null),
});

/** Seconds. */
export interface Healthcheck {
  readonly cmd?: string;
  readonly interval?: number;
  readonly retries?: number;
  readonly timeout?: number;
}

const count = (): Joi.Schema => Joi.number().strict().integer().min(0).empty(null);

export const healthcheck = Joi.object<Healthcheck>({
  cmd: Joi.string().empty(null),
  interval: count(),
  retries: count(),
  timeout: count(),
}).custom((value: Healthcheck, helpers) =>
  value.cmd === undefined && Object.keys(value).length > 0 ? refuse(helpers, "'cmd' is a required property") : value,
);

/** Exactly one of `network` and `port`; an address goes with a network. */
export interface Net {
  readonly network?: string;
  readonly port?: string;
  readonly 'v4-fixed-ip'?: string;
  readonly 'v6-fixed-ip'?: string;
}

const idOrName = (): Joi.StringSchema => Joi.string().min(1).max(255);
const address = (version: 'ipv4' | 'ipv6'): Joi.Schema =>
  Joi.string()
    .empty(Joi.valid(null, ''))
    .ip({ version: [version], cidr: 'forbidden' });

const net = Joi.object<Net>({
  network: idOrName(),
  port: idOrName(),
  'v4-fixed-ip': address('ipv4'),
  'v6-fixed-ip': address('ipv6'),
})
  .xor('network', 'port')
  .custom((value: Net, helpers) => {
    const fixed = [value['v4-fixed-ip'], value['v6-fixed-ip']].filter((ip) => ip !== undefined);
    if (value.port !== undefined && fixed.length > 0)
      return refuse(helpers, 'a fixed IP cannot be chosen for an existing port');
    return fixed.length > 1 ? refuse(helpers, 'only one fixed IP can be chosen for a network') : value;
  });

export const nets = Joi.array().items(net);

export interface Mount {
  readonly type?: 'volume' | 'bind';
  readonly source?: string;
  readonly size?: number;
  readonly destination: string;
}

const size = Joi.any().custom((value: unknown, helpers) => {
  const isSize =
    typeof value === 'number'
      ? Number.isInteger(value) && value > 0
      : typeof value === 'string' && /^[0-9]+$/.test(value);
  return isSize ? Number(value) : refuse(helpers, 'the value is not a whole number of GiB');
});

const mount = Joi.object<Mount>({
  type: Joi.string().valid('volume', 'bind').empty(Joi.valid(null, '')),
  source: Joi.string().empty(Joi.valid(null, '')),
  size: size.empty(Joi.valid(null, '')),
  destination: Joi.string().required(),
}).or('source', 'size');

export const mounts = Joi.array().items(mount);
