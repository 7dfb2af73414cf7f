import type { Container } from '#core/domain/container.js';
import { InvalidState } from '#core/domain/errors.js';
import { deriveState } from '#core/domain/state.js';
import { checkTransition, type NativeRow } from '#core/domain/transitions.js';

/**
 * Whether a container takes an action that is no operation of its own, by the status that is shown (native-api.md 3.3): what is
 * being deleted or rebooted takes none.
 * @throws InvalidState
 */
export function checkState(container: Container, row: NativeRow): void {
  const action = container.task?.action;
  if (action === 'delete') throw new InvalidState(row, container.uuid, 'deleting');
  if (action === 'reboot') throw new InvalidState(row, container.uuid, 'restarting');
  checkTransition({ frontEnd: 'native', row }, container.uuid, deriveState(container.facts));
}
