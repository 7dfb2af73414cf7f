import { randomBytes, randomUUID } from 'node:crypto';
import type { Container, Failure } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import { NotFound, NoValidHost, QuotaExceeded, type QuotaExcess } from '#core/domain/errors.js';
import type { ProjectUsage, QuotaLimits } from '#core/domain/records.js';
import type { ContainerSpec } from '#core/domain/spec.js';
import type { Candidate, SchedulerRequest } from '#core/scheduler/request.js';
import { schedule } from '#core/scheduler/scheduler.js';
import type { Transaction } from '#core/store/database.js';
import type { CreateInput, Engine, Placement } from './engine.js';
import { type PlacementGroup, placementGroup } from './placement-group.js';

/**
 * Accepts one or several new containers: reserves quota, picks hosts and claims their resources, writes containers and
 * operations - in one transaction, before anything happens outside the database. What no host can take is kept as a container
 * in error with the reason, as both APIs want it.
 * @throws QuotaExceeded; NotFound, InUse, AmbiguousNetwork, Invalid for what the request names
 */
export async function createContainers(
  engine: Engine,
  context: RequestContext,
  input: CreateInput,
): Promise<Container[]> {
  const networks = await engine.networks.resolve(context, input.networks);
  const securityGroups = await engine.networks.resolveSecurityGroups(context, input.securityGroups);
  const spec: ContainerSpec = { ...input.spec, image: input.image, networks, securityGroups };
  const reservationId = `r-${randomBytes(4).toString('hex')}`;
  const uuids = input.names.map(() => randomUUID());
  return engine.store.database.transaction(async (transaction) => {
    // Statements that need no answer of each other are sent together: they run in this order, the sums after the locks.
    const [quota, candidates, hints, group] = await Promise.all([
      lockedQuota(engine, context.projectId, transaction),
      lockedCandidates(engine, transaction),
      hintedHosts(engine, context, input.placement, transaction),
      placementGroup(engine, context, input, transaction),
    ]);
    checkQuota(quota, input);
    const written: Promise<unknown>[] = [];
    for (const [index, uuid] of uuids.entries()) {
      const chosen = pick(engine, candidates, spec, input.placement, { ...hints, ...(group && { group }) });
      const name = input.names[index];
      if (name === undefined) continue;
      const container = engine.store.containers.insert(
        {
          uuid,
          projectId: context.projectId,
          userId: context.userId,
          name: name.name,
          // Docker would take the first digits of its own id, which is not known yet.
          hostname: name.hostname ?? uuid.replaceAll('-', '').slice(0, 12),
          frontEnd: input.frontEnd,
          host: chosen.host,
          availabilityZone: chosen.zone,
          spec,
          server: { ...input.server, reservationId, launchIndex: index },
          failure: chosen.failure,
        },
        transaction,
      );
      const operation = engine.store.operations.insert(
        {
          container: uuid,
          projectId: context.projectId,
          userId: context.userId,
          requestId: context.requestId,
          frontEnd: input.frontEnd,
          host: chosen.host,
          action: 'create',
          args: { start: spec.start },
          ...(chosen.failure && { ended: { state: 'failed', error: chosen.failure.message } }),
        },
        transaction,
      );
      written.push(container, operation);
    }
    const [made] = await Promise.all([
      engine.store.containers.byUuids(uuids, transaction),
      ...written,
      transaction.commit(),
    ]);
    return uuids.flatMap((u) => made.filter((c) => c.uuid === u));
  });
}

interface Choice {
  readonly host: string | null;
  readonly zone: string | null;
  readonly failure: Failure | null;
}

interface Hints {
  readonly same: readonly string[] | null;
  readonly different: readonly string[];
  readonly group?: PlacementGroup;
}

/** Chooses a host and adds the claim to its load and to the group, so that the next one of the same request sees it. */
function pick(
  engine: Engine,
  candidates: Candidate[],
  spec: ContainerSpec,
  placement: Placement,
  hints: Hints,
): Choice {
  const { cpus, memoryMb, diskGb } = spec.limits;
  const request: SchedulerRequest = {
    cpus,
    memoryMb,
    diskGb,
    runtime: spec.runtime,
    zone: placement.zone,
    host: placement.host,
    sameHosts: hints.same,
    differentHosts: hints.different,
    labels: placement.labels ?? {},
    ...(hints.group && { group: hints.group }),
  };
  try {
    const best = schedule(candidates, request, engine.ratios);
    const at = candidates.indexOf(best);
    const { load } = best;
    candidates[at] = {
      ...best,
      load: {
        cpus: load.cpus + cpus,
        memoryMb: load.memoryMb + memoryMb,
        diskGb: load.diskGb + diskGb,
        containers: load.containers + 1,
      },
    };
    hints.group?.members.set(best.host.name, (hints.group.members.get(best.host.name) ?? 0) + 1);
    return { host: best.host.name, zone: best.host.availabilityZone, failure: null };
  } catch (error) {
    if (!(error instanceof NoValidHost)) throw error;
    return {
      host: null,
      zone: null,
      failure: { code: 500, message: NoValidHost.summary, details: error.reasons.join(' '), at: new Date() },
    };
  }
}

async function lockedCandidates(engine: Engine, transaction: Transaction): Promise<Candidate[]> {
  const locked = engine.store.hosts.lockPlacement(transaction);
  const [hosts] = await Promise.all([engine.store.hosts.list(engine.defaults.serviceDownSeconds, transaction), locked]);
  return hosts.map((h) => ({
    host: h,
    alive: h.up,
    load: { cpus: h.cpusUsed, memoryMb: h.memoryUsedMb, diskGb: h.diskUsedGb, containers: h.containers },
  }));
}

/** Turns the containers that hints name into their hosts. @throws NotFound for a container that the caller does not have */
async function hintedHosts(
  engine: Engine,
  context: RequestContext,
  placement: Placement,
  transaction: Transaction,
): Promise<Hints> {
  const wanted = [...placement.sameHost, ...placement.differentHost];
  if (wanted.length === 0) return { same: null, different: [] };
  const found = await engine.store.containers.byUuids(wanted, transaction);
  const hostOf = (uuid: string): string[] => {
    const c = found.find((x) => x.uuid === uuid && (context.isAdmin || x.projectId === context.projectId));
    if (c === undefined) throw new NotFound('container', uuid);
    return c.host === null ? [] : [c.host];
  };
  return {
    same: placement.sameHost.length > 0 ? placement.sameHost.flatMap(hostOf) : null,
    different: placement.differentHost.flatMap(hostOf),
  };
}

interface Quota {
  readonly limits: QuotaLimits;
  readonly used: ProjectUsage;
}

/** Limits of a project and what it uses, which nobody else changes until the transaction ends. */
async function lockedQuota(engine: Engine, projectId: string, transaction: Transaction): Promise<Quota> {
  const { quotas } = engine.store;
  const locked = quotas.lockProject(projectId, transaction);
  const [limits, used] = await Promise.all([
    quotas.limits(projectId, transaction),
    quotas.usage(projectId, transaction),
    locked,
  ]);
  return { limits, used };
}

/** Each front end has its own limits; what is used is the same. @throws QuotaExceeded */
function checkQuota({ limits, used }: Quota, input: CreateInput): void {
  const n = input.names.length;
  const want = input.spec.limits;
  const rows: readonly (readonly [string, number, number, number])[] =
    input.frontEnd === 'nova'
      ? [
          ['instances', n, used.containers, limits.instances],
          ['cores', n * Math.ceil(want.cpus), used.cores, limits.cores],
          ['ram', n * want.memoryMb, used.memoryMb, limits.ram],
        ]
      : [
          ['containers', n, used.containers, limits.containers],
          ['cpu', n * want.cpus, used.cpus, limits.cpu],
          ['memory', n * want.memoryMb, used.memoryMb, limits.memory],
          ['disk', n * want.diskGb, used.diskGb, limits.disk],
        ];
  const excess: QuotaExcess[] = rows
    .filter(([, requested, usage, limit]) => limit >= 0 && requested > 0 && usage + requested > limit)
    .map(([resource, requested, usage, limit]) => ({ resource, requested, used: usage, limit }));
  if (excess.length > 0) throw new QuotaExceeded(excess);
}
