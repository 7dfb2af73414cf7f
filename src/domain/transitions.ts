import type { FrontEnd } from './context.js';
import { InvalidState } from './errors.js';
import type { ContainerState } from './state.js';

/**
 * Which action is allowed from which state. The two APIs differ (contracts: nova-api.md 4.2, native-api.md 3.3), so each has
 * its own rows; the engine checks the row of the front end that the request came through.
 */
type Row = readonly ContainerState[];

const NOVA = {
  start: ['stopped', 'created'],
  stop: ['running', 'restarting', 'error', 'dead'],
  'reboot-soft': ['running', 'restarting'],
  'reboot-hard': ['running', 'restarting', 'stopped', 'created', 'paused', 'error', 'dead'],
  pause: ['running'],
  unpause: ['paused'],
  delete: ['creating', 'created', 'running', 'paused', 'restarting', 'stopped', 'error', 'dead'],
  update: ['running', 'stopped', 'created'],
  metadata: ['running', 'restarting', 'paused', 'stopped', 'created'],
  // A stop refused for a running container makes no sense to Nova users, but reading is always allowed.
  logs: ['created', 'running', 'paused', 'restarting', 'stopped', 'error', 'dead'],
} as const satisfies Record<string, Row>;

const NATIVE = {
  start: ['created', 'stopped', 'error'],
  stop: ['running'],
  reboot: ['created', 'running', 'stopped', 'error'],
  rebuild: ['created', 'running', 'stopped', 'error'],
  pause: ['running'],
  unpause: ['paused'],
  kill: ['running'],
  execute: ['running'],
  execute_resize: ['running'],
  attach: ['running'],
  resize: ['running'],
  top: ['running'],
  stats: ['running'],
  logs: ['created', 'running', 'stopped', 'paused', 'error'],
  get_archive: ['created', 'running', 'stopped', 'paused'],
  put_archive: ['created', 'running', 'stopped', 'paused'],
  commit: ['running', 'stopped', 'paused'],
  update: ['created', 'running', 'stopped', 'paused'],
  delete: ['created', 'stopped', 'error', 'dead'],
  // Paused is upstream's gap 41: forcing must always be possible.
  delete_force: ['creating', 'created', 'running', 'stopped', 'paused', 'restarting', 'error', 'dead'],
  delete_after_stop: ['created', 'running', 'stopped', 'error', 'dead'],
} as const satisfies Record<string, Row>;

export const TRANSITIONS = { nova: NOVA, native: NATIVE } as const satisfies Record<FrontEnd, Record<string, Row>>;

export type NovaRow = keyof typeof NOVA;
export type NativeRow = keyof typeof NATIVE;
/** A row of the table, with the front end it belongs to. */
export type Transition = { frontEnd: 'nova'; row: NovaRow } | { frontEnd: 'native'; row: NativeRow };

/** @throws InvalidState when the action is not allowed in `state`. */
export function checkTransition(t: Transition, uuid: string, state: ContainerState): void {
  const row: Row = t.frontEnd === 'nova' ? NOVA[t.row] : NATIVE[t.row];
  if (!row.includes(state)) throw new InvalidState(t.row, uuid, state);
}
