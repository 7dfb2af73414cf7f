import type { CallOptions, LogRequest } from '#core/runtime/driver.js';
import type { DockerContext } from './context.js';
import { StreamDemux } from './demux.js';
import { containerPath } from './names.js';
import { readAll } from './streams.js';
import { hasTerminal } from './terminal.js';

/** What the container has printed so far, stdout and stderr in order. Bounded by the log rotation set at creation. */
export async function logs(
  context: DockerContext,
  uuid: string,
  want: LogRequest,
  options?: CallOptions,
): Promise<Buffer> {
  const { connection } = context;
  const query = {
    stdout: want.stdout,
    stderr: want.stderr,
    timestamps: want.timestamps,
    tail: want.tail ?? 'all',
    ...(want.since === null ? {} : { since: want.since }),
  };
  return connection.steps({ what: `read logs of container ${uuid}` }, options, async (inner) => {
    const tty = await hasTerminal(context, uuid, inner);
    return connection.run({ what: `read logs of container ${uuid}` }, inner, async (signal) => {
      const raw = await connection.open({ method: 'GET', path: containerPath(uuid, 'logs'), query }, signal);
      if (tty) return readAll(raw);
      const clean = new StreamDemux();
      raw.once('error', (error) => clean.destroy(error));
      return readAll(raw.pipe(clean));
    });
  });
}
