import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineRefused } from '#core/domain/errors.js';
import type { CallOptions, DriverIdentity, EngineNetwork } from '#core/runtime/driver.js';
import { type Fields, fields, items, text } from './answer.js';
import { enginePath, type StepOptions } from './connection.js';
import type { DockerContext } from './context.js';
import { isRefused } from './errors.js';
import { DEPLOYMENT_LABEL, networkLabels } from './names.js';

const MTU_OPTION = 'com.docker.network.driver.mtu';
const CONFLICT_SETTLES_MS = 1_000;
const CONFLICT_POLL_MS = 50;

/**
 * Makes the network unless one with this name, driver and subnets is there.
 * @throws EngineRefused('conflict') for another network with the name, or a subnet that is taken
 */
export async function ensureNetwork(
  context: DockerContext,
  network: EngineNetwork,
  options?: CallOptions,
): Promise<void> {
  const call = { what: `make network ${network.name}` };
  await context.connection.steps(call, options, async (inner) => {
    if (await isThere(context, network, inner)) return;
    try {
      await context.connection.call(
        call,
        { method: 'POST', path: '/networks/create', body: networkBody(context.identity, network) },
        inner,
      );
    } catch (error) {
      if (!(isRefused(error, 'conflict') && (await appears(context, network, inner)))) throw error;
    }
  });
}

/** Whether somebody else has made it since we looked: the engine reserves its subnet first, and shows it a moment later. */
async function appears(context: DockerContext, network: EngineNetwork, options: StepOptions): Promise<boolean> {
  const settled = performance.now() + CONFLICT_SETTLES_MS;
  while (performance.now() < settled) {
    if (await isThere(context, network, options)) return true;
    await sleep(CONFLICT_POLL_MS, undefined, { signal: options.signal });
  }
  return false;
}

async function isThere(context: DockerContext, network: EngineNetwork, options: CallOptions): Promise<boolean> {
  const found = await findNetwork(context, network.name, options);
  if (found === null) return false;
  const wanted = network.subnets.map((subnet) => subnet.cidr).sort();
  if (found['Driver'] !== network.driver || subnetsOf(found).sort().join() !== wanted.join()) {
    throw new EngineRefused(`Another network with the name ${network.name} exists.`, 'conflict');
  }
  return true;
}

/** By exact name: the engine also takes an id, or the beginning of one. */
async function findNetwork(context: DockerContext, name: string, options: CallOptions): Promise<Fields | null> {
  try {
    const answer = await context.connection.call(
      { what: `inspect network ${name}`, deadline: 'inspect' },
      { method: 'GET', path: enginePath('networks', name) },
      options,
    );
    return fields(answer)['Name'] === name ? fields(answer) : null;
  } catch (error) {
    if (isRefused(error, 'not-found')) return null;
    throw error;
  }
}

const subnetsOf = (found: Fields): string[] =>
  items(fields(found['IPAM'])['Config'])
    .map((entry) => text(fields(entry)['Subnet']))
    .filter((subnet) => subnet !== null);

function networkBody(identity: DriverIdentity, network: EngineNetwork): object {
  return {
    Name: network.name,
    // Without it engines before API 1.44 make a second network of the same name.
    CheckDuplicate: true,
    Driver: network.driver,
    Internal: network.internal,
    EnableIPv6: network.subnets.some((subnet) => isIPv6(subnet.cidr.split('/')[0] ?? '')),
    IPAM: {
      Driver: network.ipamDriver,
      Config: network.subnets.map(({ cidr, gateway }) => ({
        Subnet: cidr,
        ...(gateway === null ? {} : { Gateway: gateway }),
      })),
    },
    Options: { ...network.options, ...(network.mtu === null ? {} : { [MTU_OPTION]: String(network.mtu) }) },
    Labels: networkLabels(identity, network.labels),
  };
}

/** A missing network is removed already. @throws EngineRefused('conflict') when it is in use, or not of this deployment */
export async function removeNetwork(context: DockerContext, name: string, options?: CallOptions): Promise<void> {
  const { connection, identity } = context;
  await connection.steps({ what: `remove network ${name}`, deadline: 'remove' }, options, async (inner) => {
    const found = await findNetwork(context, name, inner);
    if (found === null) return;
    if (fields(found['Labels'])[DEPLOYMENT_LABEL] !== identity.deployment) {
      throw new EngineRefused(`Network ${name} does not belong to this deployment.`, 'conflict');
    }
    try {
      await connection.call(
        { what: `remove network ${name}` },
        { method: 'DELETE', path: enginePath('networks', name) },
        inner,
      );
    } catch (error) {
      if (!isRefused(error, 'not-found')) throw error;
    }
  });
}

export async function listNetworks(context: DockerContext, options?: CallOptions): Promise<readonly string[]> {
  const filters = { label: [`${DEPLOYMENT_LABEL}=${context.identity.deployment}`] };
  return (await networksOf(context, { filters }, options)).flatMap((network) => text(network['Name']) ?? []);
}

export async function listSubnets(context: DockerContext, options?: CallOptions): Promise<readonly string[]> {
  return (await networksOf(context, {}, options)).flatMap(subnetsOf);
}

async function networksOf(
  context: DockerContext,
  query: Record<string, object>,
  options: CallOptions | undefined,
): Promise<Fields[]> {
  const answer = await context.connection.call(
    { what: 'list networks', deadline: 'list' },
    { method: 'GET', path: '/networks', query },
    options,
  );
  return items(answer).map(fields);
}
