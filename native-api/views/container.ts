import type { Container, PortBinding } from '#core/domain/container.js';
import type { RequestContext } from '#core/domain/context.js';
import type { PageView } from '#core/engine/rendered-pages.js';
import { permits } from '../policy.js';
import { containerStatus, statusDetail, statusReason, taskState } from '../status.js';
import { linksOf } from './links.js';
import { dateTime } from './times.js';

/** Which of the fields with a policy of their own the caller sees. */
export interface Sees {
  readonly host: boolean;
  readonly image_pull_policy: boolean;
  readonly privileged: boolean;
  readonly runtime: boolean;
}

export const seenBy = (context: RequestContext): Sees => ({
  host: permits(context, 'container:get_one:host'),
  image_pull_policy: permits(context, 'container:get_one:image_pull_policy'),
  privileged: permits(context, 'container:get_one:privileged'),
  runtime: permits(context, 'container:get_one:runtime'),
});

/** A container with the 37 keys of native-api.md 4.1, but `links`, and `status_detail`, the one that changes with the clock. */
interface StableView {
  readonly uuid: string;
  readonly name: string;
  readonly project_id: string;
  readonly user_id: string;
  readonly image: string;
  readonly image_driver: string;
  readonly image_pull_policy?: string | null;
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cpu: number;
  readonly cpu_policy: string;
  /** MiB */
  readonly memory: string;
  /** GiB */
  readonly disk: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly workdir: string | null;
  readonly hostname: string | null;
  readonly interactive: boolean;
  readonly tty: boolean;
  readonly auto_remove: boolean;
  readonly auto_heal: boolean;
  readonly privileged?: boolean;
  readonly runtime?: string | null;
  readonly restart_policy: Readonly<Record<string, string>>;
  readonly healthcheck: Readonly<Record<string, string | number>>;
  readonly ports: readonly number[];
  readonly addresses: Readonly<Record<string, readonly Address[]>>;
  readonly security_groups: readonly string[];
  readonly registry_id: null;
  readonly host?: string | null;
  readonly status: string;
  readonly status_reason: string | null;
  readonly task_state: string | null;
  readonly created_at: string;
  readonly updated_at: string | null;
}

interface Address {
  readonly addr: string;
  readonly version: 4 | 6;
  readonly port: string;
  readonly subnet_id: string;
  readonly preserve_on_delete: boolean;
}

function stableView(c: Container, sees: Sees): StableView {
  const { spec, facts } = c;
  const { limits } = spec;
  return {
    uuid: c.uuid,
    name: c.name,
    project_id: c.projectId,
    user_id: c.userId,
    image: spec.image.ref,
    image_driver: spec.image.driver,
    ...(sees.image_pull_policy && { image_pull_policy: spec.image.pullPolicy }),
    // What the engine really runs, once it is known: the image's own where the user said nothing.
    command: facts.effective?.command ?? spec.command ?? [],
    entrypoint: facts.effective?.entrypoint ?? spec.entrypoint ?? [],
    cpu: limits.cpus,
    cpu_policy: 'shared',
    memory: String(limits.memoryMb),
    disk: limits.diskGb,
    environment: spec.environment,
    labels: spec.labels,
    workdir: spec.workdir,
    hostname: c.hostname,
    interactive: spec.interactive,
    tty: spec.tty,
    auto_remove: spec.autoRemove,
    auto_heal: spec.autoHeal,
    ...(sees.privileged && { privileged: spec.privileged }),
    ...(sees.runtime && { runtime: facts.effective?.runtime ?? spec.runtime }),
    restart_policy: restartPolicy(c),
    healthcheck: healthcheck(c),
    ports: facts.effective?.ports ?? spec.exposedPorts.map((p) => Number.parseInt(p, 10)),
    addresses: addresses(c.ports),
    security_groups: securityGroups(c),
    registry_id: null,
    ...(sees.host && { host: c.host }),
    status: containerStatus(c),
    status_reason: statusReason(c),
    task_state: taskState(c.task?.action ?? null),
    created_at: dateTime(c.createdAt),
    updated_at: c.updatedAt.getTime() === c.createdAt.getTime() ? null : dateTime(c.updatedAt),
  };
}

function restartPolicy({ spec }: Container): Record<string, string> {
  const policy = spec.restartPolicy;
  return policy === null ? {} : { Name: policy.name, MaximumRetryCount: String(policy.maximumRetryCount) };
}

function healthcheck({ spec }: Container): Record<string, string | number> {
  const check = spec.healthcheck;
  if (check === null) return {};
  const { test, interval, retries, timeout } = check;
  return {
    test,
    ...(interval !== undefined && { interval }),
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { timeout }),
  };
}

/** By network; a port with two addresses is two entries. */
function addresses(ports: readonly PortBinding[]): Record<string, Address[]> {
  const byNetwork: Record<string, Address[]> = {};
  for (const port of ports) {
    const entries = port.fixedIps.map((ip) => ({
      addr: ip.address,
      version: ip.version,
      port: port.portId,
      subnet_id: ip.subnetId,
      preserve_on_delete: port.preserveOnDelete,
    }));
    byNetwork[port.networkId] = [...(byNetwork[port.networkId] ?? []), ...entries];
  }
  return byNetwork;
}

/** Those of the ports, once there are ports: what was asked for, or the project's default. */
function securityGroups(c: Container): readonly string[] {
  if (c.ports.length === 0) return c.spec.securityGroups;
  return [...new Set(c.ports.flatMap((p) => p.securityGroups.map((g) => g.id)))];
}

/** The whole view as JSON. `baseUrl`: with links, as every single object has them; null: without, as in lists. */
export const containerJson = (c: Container, sees: Sees, now: Date, baseUrl: string | null): string =>
  JSON.stringify({
    ...stableView(c, sees),
    status_detail: statusDetail(c, now).text,
    ...(baseUrl !== null && { links: linksOf(baseUrl, 'containers', c.uuid) }),
  });

/** Body of an answer with one container. */
export const containerBody = (c: Container, context: RequestContext, baseUrl: string): Buffer =>
  Buffer.from(containerJson(c, seenBy(context), new Date(), baseUrl));

/** How lists show containers to a caller. */
export function listView(context: RequestContext): PageView {
  const sees = seenBy(context);
  return {
    key: JSON.stringify(sees),
    render: (containers) => {
      const now = new Date();
      return containers.map((c) => ({
        json: containerJson(c, sees, now, null),
        until: statusDetail(c, now).until,
      }));
    },
  };
}

/** What of a list's body is before and after its containers. `next`: address of the next page. */
export const listFrame = (next: string | null): readonly [string, string] => [
  '{"containers":[',
  `],"next":${JSON.stringify(next)}}`,
];
