import { removeExtraSpec, setExtraSpecs } from '#core/engine/change-flavors.js';
import type { Engine } from '#core/engine/engine.js';
import { type AnyRoute, type Call, route } from '#core/http/route.js';
import { type ExtraSpecsBody, extraSpecsBody, oneExtraSpecBody } from '#schemas/nova/extra-specs.js';
import { badRequest, notFound } from '../../refusal.js';
import { idOf } from '../servers.js';
import { findFlavor } from './read.js';

const PATH = '/flavors/:id/os-extra_specs';
const POLICY = 'os_compute_api:os-flavor-extra-specs';

const keyOf = (call: Pick<Call, 'params'>): string => call.params['key'] ?? '';
const missing = (flavor: string, key: string) => notFound(`Flavor ${flavor} has no extra specs with key ${key}.`);

/** Extra specs: everybody reads them, administrators write them. */
export const extraSpecRoutes = (engine: Engine): AnyRoute[] => [...readRoutes(engine), ...writeRoutes(engine)];

function readRoutes(engine: Engine): AnyRoute[] {
  return [
    route({
      name: `${POLICY}:index`,
      method: 'GET',
      path: PATH,
      handler: async (call) => ({ status: 200, body: { extra_specs: (await findFlavor(engine, call)).extraSpecs } }),
    }),
    route({
      name: `${POLICY}:show`,
      method: 'GET',
      path: `${PATH}/:key`,
      handler: async (call) => {
        const { flavorId, extraSpecs } = await findFlavor(engine, call);
        const key = keyOf(call);
        if (!Object.hasOwn(extraSpecs, key)) throw missing(flavorId, key);
        return { status: 200, body: { [key]: extraSpecs[key] } };
      },
    }),
  ];
}

function writeRoutes(engine: Engine): AnyRoute[] {
  return [
    route<ExtraSpecsBody>({
      name: `${POLICY}:create`,
      method: 'POST',
      path: PATH,
      role: 'admin',
      body: extraSpecsBody,
      handler: async (call) => {
        const { extra_specs } = call.body;
        await setExtraSpecs(engine, idOf(call), extra_specs);
        return { status: 200, body: { extra_specs } };
      },
    }),
    route<Record<string, string>>({
      name: `${POLICY}:update`,
      method: 'PUT',
      path: `${PATH}/:key`,
      role: 'admin',
      body: oneExtraSpecBody,
      handler: async (call) => {
        if (!Object.hasOwn(call.body, keyOf(call))) throw badRequest('Request body and URI mismatch');
        await setExtraSpecs(engine, idOf(call), call.body);
        return { status: 200, body: call.body };
      },
    }),
    route({
      name: `${POLICY}:delete`,
      method: 'DELETE',
      path: `${PATH}/:key`,
      role: 'admin',
      handler: async (call) => {
        const key = keyOf(call);
        if (!(await removeExtraSpec(engine, idOf(call), key))) throw missing(idOf(call), key);
        return { status: 200 };
      },
    }),
  ];
}
