import type { FrontEnd } from './context.js';
import type { Task } from './operation.js';
import type { ContainerSpec, ServerAttributes } from './spec.js';

/** Why a container is in error. `code` is the HTTP-like code that Nova shows in a fault. */
export interface Failure {
  readonly code: number;
  readonly message: string;
  readonly details: string | null;
  readonly at: Date;
}

/** What the engine really runs, where the user left it to the image or the host. */
export interface EffectiveProcess {
  readonly command: readonly string[];
  readonly entrypoint: readonly string[];
  /** Port numbers, from the image and from the request. */
  readonly ports: readonly number[];
  readonly runtime: string | null;
}

/**
 * What is known about the container in the engine, recorded when it was observed. A status is never stored:
 * `deriveState` computes it from these.
 */
export interface ContainerFacts {
  readonly engineId: string | null;
  /** The engine has the container since. */
  readonly engineCreatedAt: Date | null;
  /** First successful start; kept afterwards (Nova's launched_at). */
  readonly launchedAt: Date | null;
  /** Latest start. */
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly exitCode: number | null;
  readonly oomKilled: boolean;
  readonly running: boolean;
  readonly paused: boolean;
  readonly restarting: boolean;
  readonly dead: boolean;
  /** `starting`, `healthy`, `unhealthy`, or null without a health check. */
  readonly health: string | null;
  /** A user asked for the stop, so its exit is no crash. */
  readonly stopRequested: boolean;
  /** Gone from the engine although nobody deleted it through an API; seen missing in two complete lists. */
  readonly missingSince: Date | null;
  readonly failure: Failure | null;
  readonly deletedAt: Date | null;
  /** When the engine was last looked at. */
  readonly observedAt: Date | null;
  readonly effective: EffectiveProcess | null;
}

export const noFacts: ContainerFacts = {
  engineId: null,
  engineCreatedAt: null,
  launchedAt: null,
  startedAt: null,
  finishedAt: null,
  exitCode: null,
  oomKilled: false,
  running: false,
  paused: false,
  restarting: false,
  dead: false,
  health: null,
  stopRequested: false,
  missingSince: null,
  failure: null,
  deletedAt: null,
  observedAt: null,
  effective: null,
};

/** A port as it is wired to the container. Recorded on the container so that a read needs no other table or service. */
export interface PortBinding {
  readonly portId: string;
  readonly networkId: string;
  readonly networkName: string;
  readonly macAddress: string;
  readonly fixedIps: readonly { readonly subnetId: string; readonly address: string; readonly version: 4 | 6 }[];
  readonly securityGroups: readonly { readonly id: string; readonly name: string }[];
  /** The user brought the port: it outlives the container. */
  readonly preserveOnDelete: boolean;
}

export interface Container {
  readonly uuid: string;
  /** Order of creation: the native API's default sort key. */
  readonly seq: number;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly hostname: string;
  readonly frontEnd: FrontEnd;
  readonly host: string | null;
  /** Zone of the host at placement. */
  readonly availabilityZone: string | null;
  readonly spec: ContainerSpec;
  readonly server: ServerAttributes;
  readonly facts: ContainerFacts;
  readonly ports: readonly PortBinding[];
  /** Incremented each time the engine container is made anew (rebuild). */
  readonly generation: number;
  /** Changes with every change of the row or of its operation in flight: key of what is rendered from it. */
  readonly revision: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The operation in flight, if any. */
  readonly task: Task | null;
}
