import { EngineRefused } from '#core/domain/errors.js';
import type { Observation } from '#core/runtime/driver.js';
import { recreate, startEngineContainer } from './create.js';
import { factsOf } from './observation.js';
import type { Outcome, Plan, Step, StepContext } from './step.js';

/** Looks, and says what is seen. @throws EngineRefused when the engine does not have the container */
async function look({ parts, container, signal }: StepContext): Promise<Observation> {
  const seen = await parts.driver.inspect(container.uuid, { signal });
  if (seen === null) throw new EngineRefused('The container is gone from its engine.', 'not-found');
  return seen;
}

async function seen(context: StepContext, more: Outcome['facts'] = {}): Promise<Outcome> {
  return { facts: { ...factsOf(await look(context), context.container.facts, new Date()), ...more } };
}

const start: Step<'start'> = { name: 'start', run: startEngineContainer };

const stop: Step<'stop'> = {
  name: 'stop',
  run: async (context) => {
    const { parts, container, operation, signal } = context;
    const before = await look(context);
    // A frozen process never sees its signal.
    if (before.paused) await parts.driver.unpause(container.uuid, { signal });
    await parts.driver.stop(container.uuid, operation.args.timeout, { signal });
    await parts.networks.setActive(container.uuid, false);
    return seen(context, { stopRequested: true, failure: null });
  },
};

const pause: Step<'pause'> = {
  name: 'pause',
  run: async (context) => {
    await context.parts.driver.pause(context.container.uuid, { signal: context.signal });
    return seen(context, { failure: null });
  },
};

const unpause: Step<'unpause'> = {
  name: 'unpause',
  run: async (context) => {
    await context.parts.driver.unpause(context.container.uuid, { signal: context.signal });
    return seen(context, { failure: null });
  },
};

const rebootStop: Step<'reboot'> = {
  name: 'stop',
  run: async (context) => {
    const { parts, container, operation, signal } = context;
    const { type, timeout } = operation.args;
    const before = await parts.driver.inspect(container.uuid, { signal });
    if (before === null || (!before.running && !before.paused)) return undefined;
    // A reboot that was interrupted after its start is done: rebooting again would be a second reboot.
    if (alreadyRestarted(before, context)) return undefined;
    if (before.paused) await parts.driver.unpause(container.uuid, { signal });
    await parts.driver.stop(container.uuid, type === 'HARD' ? 0 : timeout, { signal });
    return undefined;
  },
};

const rebootStart: Step<'reboot'> = {
  name: 'start',
  run: async (context) => {
    const { parts, container, signal } = context;
    const before = await parts.driver.inspect(container.uuid, { signal });
    const anew = before === null ? await recreate(context) : undefined;
    const started = await startEngineContainer(context);
    return { facts: { ...anew?.facts, ...started.facts } };
  },
};

const alreadyRestarted = (o: Observation, { operation }: StepContext): boolean =>
  operation.attempt > 1 && operation.startedAt !== null && o.startedAt !== null && o.startedAt > operation.startedAt;

/** A signal does not always end the process: the status follows what the engine shows, after a moment for those that do. */
const kill: Step<'kill'> = {
  name: 'kill',
  run: async (context) => {
    const { parts, container, operation, signal } = context;
    await parts.driver.kill(container.uuid, operation.args.signal, { signal });
    const deadline = Date.now() + KILL_WAIT_MS;
    let now = await look(context);
    while (now.running && ENDING.test(operation.args.signal) && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, KILL_POLL_MS));
      now = await look(context);
    }
    return {
      facts: {
        ...factsOf(now, container.facts, new Date()),
        ...(now.running ? {} : { stopRequested: true }),
        failure: null,
      },
    };
  },
};
const ENDING = /^(SIG)?(KILL|TERM|INT|QUIT|ABRT|9|15|2|3|6)$/i;
const KILL_WAIT_MS = 2_000;
const KILL_POLL_MS = 20;

const update: Step<'update'> = {
  name: 'update',
  run: async ({ parts, container, operation, signal }) => {
    const { cpus, memoryMb } = operation.args;
    await parts.driver.update(container.uuid, { cpus, memoryMb, swapMb: container.spec.limits.swapMb }, { signal });
    return undefined;
  },
  // The record holds what is wanted since the request was accepted: a refusal takes it back.
  undo: async ({ parts, container, operation }) => {
    await parts.store.containers.change(container.uuid, {
      spec: { ...container.spec, limits: { ...container.spec.limits, ...operation.args.previous } },
    });
    return undefined;
  },
};

export const startPlan: Plan<'start'> = { steps: [start], failure: 'error' };
export const stopPlan: Plan<'stop'> = { steps: [stop], failure: 'none' };
export const pausePlan: Plan<'pause'> = { steps: [pause], failure: 'none' };
export const unpausePlan: Plan<'unpause'> = { steps: [unpause], failure: 'none' };
export const rebootPlan: Plan<'reboot'> = { steps: [rebootStop, rebootStart], failure: 'error' };
export const killPlan: Plan<'kill'> = { steps: [kill], failure: 'none' };
export const updatePlan: Plan<'update'> = { steps: [update], failure: 'none' };
