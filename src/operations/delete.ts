import type { Plan, Step } from './step.js';

/** Seconds that a container gets to end by itself when it is deleted with `stop`. */
const GRACE_SECONDS = 10;

const stop: Step<'delete'> = {
  name: 'stop',
  run: async ({ parts, container, operation, signal }) => {
    if (!operation.args.stop) return undefined;
    const seen = await parts.driver.inspect(container.uuid, { signal });
    if (seen?.running) await parts.driver.stop(container.uuid, GRACE_SECONDS, { signal });
    return undefined;
  },
};

/** Found by our uuid, so also what a create left behind before it could note an engine id. */
const remove: Step<'delete'> = {
  name: 'container',
  run: async ({ parts, container, signal }) => {
    await parts.driver.remove(container.uuid, { signal });
    return undefined;
  },
};

const network: Step<'delete'> = {
  name: 'network',
  run: async ({ parts, container }) => {
    await parts.networks.release(container.uuid);
    return {
      ports: [],
      facts: { deletedAt: new Date(), running: false, paused: false, restarting: false },
    };
  },
};

export const deletePlan: Plan<'delete'> = { steps: [stop, remove, network], failure: 'none', relentless: true };
