import { NotFound } from '#core/domain/errors.js';
import type { HostUsage } from '#core/domain/host.js';
import { changeHost, deleteHost, type HostChange } from '#core/engine/change-hosts.js';
import type { Engine } from '#core/engine/engine.js';
import { type AnyRoute, route } from '#core/http/route.js';
import {
  disableParameters,
  forceDownParameters,
  type ServiceParameters,
  serviceParameters,
} from '#schemas/native/services.js';
import { InvalidValue } from '../errors.js';
import { BINARY } from '../views/host.js';

/** What operators do with the agents of the hosts (native-api.md 3.11). Both APIs and the scheduler see it. */
export const serviceRoutes = (engine: Engine): AnyRoute[] => [
  change(engine, {
    verb: 'enable',
    parameters: serviceParameters,
    wanted: () => ({ enabled: true, disabledReason: null }),
    view: disabledView,
  }),
  change(engine, {
    verb: 'disable',
    parameters: disableParameters,
    wanted: (p) => ({ enabled: false, disabledReason: p.disabled_reason ?? null }),
    view: disabledView,
  }),
  change(engine, {
    verb: 'force_down',
    parameters: forceDownParameters,
    wanted: (p) => ({ forcedDown: required('forced_down', p.forced_down) }),
    view: (h) => ({ forced_down: h.forcedDown }),
  }),
  route<undefined, ServiceParameters>({
    name: 'zun-service:delete',
    method: 'DELETE',
    path: '/v1/services',
    role: 'admin',
    query: () => serviceParameters,
    handler: async ({ query }) => {
      await onService(query, (host) => deleteHost(engine, host));
      return { status: 200, body: null };
    },
  }),
];

interface Verb {
  readonly verb: 'enable' | 'disable' | 'force_down';
  readonly parameters: typeof serviceParameters;
  readonly wanted: (p: ServiceParameters) => HostChange;
  readonly view: (host: HostUsage) => Readonly<Record<string, unknown>>;
}

const change = (engine: Engine, { verb, parameters, wanted, view }: Verb): AnyRoute =>
  route<ServiceParameters | null, ServiceParameters>({
    name: `zun-service:${verb}`,
    method: 'PUT',
    path: `/v1/services/${verb}`,
    role: 'admin',
    query: () => parameters,
    body: () => parameters.allow(null),
    handler: async ({ query, body }) => {
      const given = { ...query, ...body };
      const host = await onService(given, (name) => changeHost(engine, name, wanted(given)));
      return { status: 200, body: { service: { host: host.name, binary: BINARY, ...view(host) } } };
    },
  });

const disabledView = (h: HostUsage) => ({ disabled: !h.enabled, disabled_reason: h.disabledReason });

/** @throws InvalidValue, NotFound('service') */
async function onService<T>(given: ServiceParameters, work: (host: string) => Promise<T>): Promise<T> {
  const host = required('host', given.host);
  const binary = required('binary', given.binary);
  const unknown = new NotFound('service', `${binary} on host ${host}`);
  if (binary !== BINARY) throw unknown;
  try {
    return await work(host);
  } catch (error) {
    throw error instanceof NotFound && error.kind === 'host' ? unknown : error;
  }
}

/** It may come in the query or in the body, so that no schema of one of them can ask for it. @throws InvalidValue */
function required<T>(name: string, value: T | undefined): T {
  if (value === undefined) throw new InvalidValue(`'${name}' is a required parameter`, name);
  return value;
}
