import type { Logger } from '#core/logging/logger.js';
import type { DriverIdentity, RuntimeDriver } from '#core/runtime/driver.js';
import { getArchive, putArchive, putFiles } from './archives.js';
import { capabilitiesOf } from './capabilities.js';
import { EngineConnection } from './connection.js';
import type { DockerContext } from './context.js';
import { create } from './create.js';
import { type DockerDeadlines, defaultDeadlines } from './deadlines.js';
import { events } from './events.js';
import { exec, execAttach, execCreate, execExitCode, execResize } from './exec.js';
import * as images from './images.js';
import { KnownInfo, ping } from './info.js';
import { kill, pause, remove, start, stop, unpause, update } from './life-cycle.js';
import { logs } from './logs.js';
import { ensureNetwork, listNetworks, listSubnets, removeNetwork } from './networks.js';
import { inspect, list } from './observe.js';
import { stats, top } from './stats.js';
import { attach, resize } from './terminal.js';

export interface DockerDriverOptions {
  /** Unix socket of the engine: /var/run/docker.sock. */
  readonly socketPath: string;
  readonly identity: DriverIdentity;
  readonly log: Logger;
  readonly deadlines?: Partial<DockerDeadlines>;
}

/** A driver for Docker Engine. Connects with the first call, and needs no closing. */
export function createDockerDriver(options: DockerDriverOptions): RuntimeDriver {
  const connection = new EngineConnection(options.socketPath, { ...defaultDeadlines, ...options.deadlines });
  const info = new KnownInfo(connection);
  const context: DockerContext = { connection, info, identity: options.identity, log: options.log };
  return {
    name: 'docker',
    ping: (callOptions) => ping(connection, callOptions),
    info: (callOptions) => info.read(callOptions),
    // Answers at once: the caller has read `info` at boot.
    capabilities: (runtime) => capabilitiesOf(runtime ?? info.defaultRuntime),

    create: (want, callOptions) => create(context, want, callOptions),
    start: (uuid, callOptions) => start(context, uuid, callOptions),
    stop: (uuid, graceSeconds, callOptions) => stop(context, uuid, graceSeconds, callOptions),
    kill: (uuid, signal, callOptions) => kill(context, uuid, signal, callOptions),
    pause: (uuid, callOptions) => pause(context, uuid, callOptions),
    unpause: (uuid, callOptions) => unpause(context, uuid, callOptions),
    update: (uuid, limits, callOptions) => update(context, uuid, limits, callOptions),
    remove: (uuid, callOptions) => remove(context, uuid, callOptions),
    inspect: (uuid, callOptions) => inspect(context, uuid, callOptions),
    list: (callOptions) => list(context, callOptions),
    events: (onEvent, signal, onOpen) => events(context, onEvent, signal, onOpen),

    logs: (uuid, want, callOptions) => logs(context, uuid, want, callOptions),
    exec: (uuid, want, callOptions) => exec(context, uuid, want, callOptions),
    execCreate: (uuid, want, callOptions) => execCreate(context, uuid, want, callOptions),
    execAttach: (execId, tty, callOptions) => execAttach(context, execId, tty, callOptions),
    execResize: (execId, size, callOptions) => execResize(context, execId, size, callOptions),
    execExitCode: (execId, callOptions) => execExitCode(context, execId, callOptions),
    attach: (uuid, callOptions) => attach(context, uuid, callOptions),
    resize: (uuid, size, callOptions) => resize(context, uuid, size, callOptions),
    top: (uuid, psArgs, callOptions) => top(context, uuid, psArgs, callOptions),
    stats: (uuid, callOptions) => stats(context, uuid, callOptions),
    getArchive: (uuid, path, callOptions) => getArchive(context, uuid, path, callOptions),
    putArchive: (uuid, path, tar, callOptions) => putArchive(context, uuid, path, tar, callOptions),
    putFiles: (uuid, files, callOptions) => putFiles(context, uuid, files, callOptions),
    commit: (uuid, reference, callOptions) => images.commit(context, uuid, reference, callOptions),

    inspectImage: (reference, callOptions) => images.inspectImage(context, reference, callOptions),
    listImages: (callOptions) => images.listImages(context, callOptions),
    pullImage: (reference, credentials, callOptions) => images.pullImage(context, reference, credentials, callOptions),
    loadImage: (archive, callOptions) => images.loadImage(context, archive, callOptions),
    importImage: (rootfs, reference, changes, callOptions) =>
      images.importImage(context, rootfs, reference, changes, callOptions),
    saveImage: (reference, callOptions) => images.saveImage(context, reference, callOptions),
    removeImage: (reference, callOptions) => images.removeImage(context, reference, callOptions),
    tagImage: (reference, as, callOptions) => images.tagImage(context, reference, as, callOptions),

    ensureNetwork: (network, callOptions) => ensureNetwork(context, network, callOptions),
    removeNetwork: (name, callOptions) => removeNetwork(context, name, callOptions),
    listNetworks: (callOptions) => listNetworks(context, callOptions),
    listSubnets: (callOptions) => listSubnets(context, callOptions),
  };
}
