import type { Container } from '#core/domain/container.js';
import { deriveState } from '#core/domain/state.js';
import { checkTransition } from '#core/domain/transitions.js';
import type { ArchiveStat } from '#core/runtime/driver.js';
import type { Engine } from './engine.js';

export type { ArchiveStat } from '#core/runtime/driver.js';

/** Files of a container, as tar archives. They go to the agent of its host at once. */

/**
 * Reads a file or directory. The archive is streamed: destroying it ends the transfer.
 * @throws InvalidState, Unavailable; EngineRefused('not-found') for an unknown path
 */
export function readArchive(
  engine: Engine,
  container: Container,
  path: string,
): Promise<{ stat: ArchiveStat; tar: NodeJS.ReadableStream }> {
  checkTransition({ frontEnd: 'native', row: 'get_archive' }, container.uuid, deriveState(container.facts));
  return engine.hosts.agentOf(container.host).getArchive(container.uuid, path);
}

/**
 * Unpacks an archive into a directory.
 * @throws InvalidState, Unavailable; EngineRefused('not-found') for an unknown directory, 'invalid' for what is no archive
 */
export function writeArchive(engine: Engine, container: Container, path: string, tar: Buffer): Promise<void> {
  checkTransition({ frontEnd: 'native', row: 'put_archive' }, container.uuid, deriveState(container.facts));
  return engine.hosts.agentOf(container.host).putArchive(container.uuid, path, tar);
}
