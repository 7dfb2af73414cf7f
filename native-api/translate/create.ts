import type { RequestContext } from '#core/domain/context.js';
import { Invalid } from '#core/domain/errors.js';
import type { Healthcheck, ImageDriver, PullPolicy, RestartPolicy, ServerAttributes } from '#core/domain/spec.js';
import type { CreateInput, Placement } from '#core/engine/engine.js';
import type { MicroVersion } from '#core/http/version.js';
import type { CreateContainerBody } from '#schemas/native/create-container.js';
import { InvalidValue } from '../errors.js';
import { authorize } from '../policy.js';
import { exposedPorts } from './exposed-ports.js';
import { placementHints } from './hints.js';
import { generatedName } from './names.js';
import { shellSplit } from './shell-split.js';
import { checkGates } from './version-gates.js';

/** What is stored when the request leaves it open (native-api.md 3.4). */
const DEFAULT_CPUS = 1;
const DEFAULT_MEMORY_MB = 512;
const DEFAULT_DISK_GB = 0;

/** A create request in the engine's words, but for what has to be looked up: the image and the host. */
export interface WantedContainer {
  readonly input: Omit<CreateInput, 'image' | 'placement'>;
  readonly image: { readonly name: string; readonly driver: ImageDriver | null; readonly policy: PullPolicy | null };
  readonly placement: Omit<Placement, 'host'>;
  /** Name of the host that an administrator wants. */
  readonly host: string | null;
}

/**
 * Checks what the schema cannot: versions, policies, values against each other.
 * @throws InvalidParamInVersion, Forbidden, InvalidValue, Invalid
 */
export function wantedContainer(
  body: CreateContainerBody,
  context: RequestContext,
  version: MicroVersion,
  run: boolean,
): WantedContainer {
  checkGates(body, version);
  checkPolicies(body, context);
  refuseUnbuilt(body);
  const { tty, interactive } = terminal(body, version);
  return {
    input: {
      frontEnd: 'native',
      names: [{ name: body.name ?? generatedName(), hostname: body.hostname ?? null }],
      networks: networks(body),
      securityGroups: [...new Set(body.security_groups ?? [])],
      spec: {
        command: command(body),
        entrypoint: listOrNull(body.entrypoint),
        environment: body.environment ?? {},
        labels: body.labels ?? {},
        workdir: body.workdir ?? null,
        user: null,
        tty,
        interactive,
        init: false,
        limits: {
          cpus: body.cpu ?? DEFAULT_CPUS,
          memoryMb: body.memory ?? DEFAULT_MEMORY_MB,
          // None beyond memory: a limit that swapping gets around is none.
          swapMb: 0,
          diskGb: body.disk ?? DEFAULT_DISK_GB,
          pids: null,
          shmMb: null,
        },
        runtime: body.runtime ?? null,
        privileged: false,
        restartPolicy: restartPolicy(body),
        healthcheck: healthcheck(body),
        exposedPorts: exposedPorts(body.exposed_ports ?? {}),
        autoRemove: body.auto_remove ?? false,
        autoHeal: body.auto_heal ?? false,
        stopSignal: null,
        stopTimeout: null,
        files: [],
        start: run,
      },
      server: NO_SERVER,
    },
    image: { name: body.image, driver: body.image_driver ?? null, policy: body.image_pull_policy ?? null },
    placement: { zone: body.availability_zone ?? null, ...placementHints(body.hints ?? {}) },
    host: body.host ?? null,
  };
}

/** What only a request through the Nova API sets. */
const NO_SERVER: Omit<ServerAttributes, 'launchIndex' | 'reservationId'> = {
  flavor: null,
  metadata: {},
  description: null,
  tags: [],
  keyName: null,
  userData: null,
  configDrive: false,
  locked: null,
  lockedReason: null,
  diskConfig: 'MANUAL',
  accessIPv4: '',
  accessIPv6: '',
  pinnedZone: null,
  serverGroup: null,
};

function checkPolicies(body: CreateContainerBody, context: RequestContext): void {
  if (body.runtime !== undefined) authorize(context, 'container:create:runtime');
  // Asking for what is the default anyway needs no permission (gap 34).
  if (body.privileged === true) authorize(context, 'container:create:privileged');
  if (body.image_pull_policy !== undefined) authorize(context, 'container:create:image_pull_policy');
  if (body.host !== undefined) authorize(context, 'container:create:requested_destination');
}

/** What is part of the API and not offered by this service: said, instead of a container without it. */
function refuseUnbuilt(body: CreateContainerBody): void {
  if ((body.mounts ?? []).length > 0) throw new Invalid('Mounts are not supported by this service.', 'mounts');
  if (body.registry !== undefined) throw new Invalid('Registries are not supported by this service.', 'registry');
  if (body.cpu_policy === 'dedicated')
    throw new Invalid('The CPU policy dedicated is not supported by this service.', 'cpu_policy');
}

/** Up to 1.35 there is one switch for both, from 1.20 on also where both are given. */
function terminal(body: CreateContainerBody, version: MicroVersion): { tty: boolean; interactive: boolean } {
  const interactive = body.interactive ?? false;
  const isCopied = version.atLeast(20) && !version.atLeast(36) && body.interactive !== undefined;
  return { interactive, tty: isCopied ? interactive : (body.tty ?? false) };
}

/** Clients send `[]` for "as the image has it". */
const listOrNull = (words: readonly string[] | undefined): readonly string[] | null =>
  words === undefined || words.length === 0 ? null : words;

function command(body: CreateContainerBody): readonly string[] | null {
  if (typeof body.command !== 'string') return listOrNull(body.command);
  const words = shellSplit(body.command);
  if (words === null)
    throw new InvalidValue(`The command ${body.command} has a quotation or an escape without its end.`, 'command');
  return listOrNull(words);
}

function networks(body: CreateContainerBody): CreateInput['networks'] {
  if (body.nets === undefined || body.nets.length === 0) return 'default';
  return body.nets.map((net) => {
    const fixedIp = net['v4-fixed-ip'] ?? net['v6-fixed-ip'];
    return {
      ...(net.network !== undefined && { network: net.network }),
      ...(net.port !== undefined && { port: net.port }),
      ...(fixedIp !== undefined && { fixedIp }),
    };
  });
}

function restartPolicy(body: CreateContainerBody): RestartPolicy | null {
  if (body.restart_policy === undefined) return null;
  const { Name: name, MaximumRetryCount: count = 0 } = body.restart_policy;
  if ((name === 'always' || name === 'unless-stopped') && count !== 0) {
    throw new InvalidValue(`maximum retry count not valid with restart policy of ${name}`, 'restart_policy');
  }
  // The engine would refuse it when it creates the container, after the request was accepted.
  if (name !== 'no' && body.auto_remove === true) {
    throw new InvalidValue(`auto_remove cannot be combined with the restart policy ${name}`, 'auto_remove');
  }
  return { name, maximumRetryCount: name === 'no' ? 0 : count };
}

function healthcheck(body: CreateContainerBody): Healthcheck | null {
  const { cmd, interval, retries, timeout } = body.healthcheck ?? {};
  if (cmd === undefined) return null;
  return {
    test: cmd,
    ...(interval !== undefined && { interval }),
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { timeout }),
  };
}
