import type { EngineEvent } from '#core/runtime/driver.js';
import { type Fields, fields, text } from './answer.js';
import type { DockerContext } from './context.js';
import { toDomainError } from './errors.js';
import { ownership } from './names.js';
import { jsonLines } from './streams.js';

/** Those that change what we would see. The engine sends several more for each health check and exec. */
const actions = [
  'create',
  'start',
  'die',
  'stop',
  'kill',
  'oom',
  'pause',
  'unpause',
  'restart',
  'destroy',
  'update',
  'rename',
  'health_status',
  'pull',
  'load',
  'import',
  'tag',
  'untag',
  'delete',
];

/**
 * Watches containers of this deployment and all images. Resolves when `signal` fires or the engine ends the stream in order;
 * rejects with Unavailable when the connection breaks. The engine drops events for slow readers and keeps none over a
 * restart, so that the caller lists after each opening.
 */
export async function events(
  context: DockerContext,
  onEvent: (event: EngineEvent) => void,
  signal: AbortSignal,
  onOpen?: () => void,
): Promise<void> {
  const { connection } = context;
  if (signal.aborted) return;
  // Not filtered by our label in the engine: that would hide the events of images.
  const query = { filters: { type: ['container', 'image'], event: actions } };
  try {
    const stream = await connection.run({ what: 'watch events' }, { signal }, (opening) =>
      connection.open({ method: 'GET', path: '/events', query }, opening),
    );
    const stop = (): void => void stream.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      onOpen?.();
      for await (const line of jsonLines(stream)) {
        const event = eventOf(context, fields(line));
        if (event !== null) onEvent(event);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stream.destroy();
    }
  } catch (error) {
    if (!signal.aborted) throw toDomainError('watch events', connection.socketPath, error);
  }
}

/** null: of a container that is not ours. */
function eventOf(context: DockerContext, event: Fields): EngineEvent | null {
  const action = text(event['Action']);
  if (action === null) return null;
  if (event['Type'] === 'image') return { kind: 'image', action, uuid: null };
  // The attributes of a container's event are its labels, and name and image.
  const owner = ownership(context.identity, fields(event['Actor'])['Attributes']);
  return owner === null ? null : { kind: 'container', action, uuid: owner.uuid };
}
