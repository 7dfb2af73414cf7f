import type { FrontEnd } from './context.js';

/** Every durable action. Its name is what both APIs show in their action records. */
export const ACTIONS = ['create', 'start', 'stop', 'reboot', 'kill', 'pause', 'unpause', 'update', 'delete'] as const;
export type Action = (typeof ACTIONS)[number];

/** Arguments of each action, as stored in the operation row. */
export interface ActionArguments {
  create: { start: boolean };
  start: Record<string, never>;
  stop: { timeout: number | null };
  reboot: { type: 'SOFT' | 'HARD'; timeout: number | null };
  kill: { signal: string };
  pause: Record<string, never>;
  unpause: Record<string, never>;
  /** `previous` is what a failed update goes back to. */
  update: { cpus: number; memoryMb: number; previous: { cpus: number; memoryMb: number } };
  delete: { force: boolean; stop: boolean };
}

export type OperationState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

/** One step of an operation as it was carried out: what Nova shows as an event of an instance action. */
export interface OperationEvent {
  readonly step: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly result: 'success' | 'error' | null;
  readonly message: string | null;
}

export interface Operation<A extends Action = Action> {
  readonly id: string;
  readonly seq: number;
  readonly container: string;
  readonly projectId: string;
  readonly userId: string;
  readonly requestId: string;
  readonly frontEnd: FrontEnd;
  readonly host: string | null;
  readonly action: A;
  readonly args: ActionArguments[A];
  readonly state: OperationState;
  /** The step under way, or the last one. */
  readonly step: string | null;
  readonly attempt: number;
  readonly events: readonly OperationEvent[];
  /** What went wrong, in words a user can act on. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The part of an operation in flight that a view of its container needs. */
export interface Task {
  readonly action: Action;
  readonly state: 'queued' | 'running';
  readonly step: string | null;
  readonly rebootType: 'SOFT' | 'HARD' | null;
  readonly requestId: string;
}
