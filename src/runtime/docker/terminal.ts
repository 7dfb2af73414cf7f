import { type Duplex, pipeline } from 'node:stream';
import type { CallOptions, Terminal, TerminalSize } from '#core/runtime/driver.js';
import { fields } from './answer.js';
import type { DockerContext } from './context.js';
import { StreamDemux } from './demux.js';
import { containerPath } from './names.js';
import { lookExisting } from './observe.js';

/**
 * A terminal over a hijacked connection. Its end says nothing about why: the engine closes the same way when the process
 * exits and when the engine itself dies, so that the caller asks for the exit code afterwards.
 */
export function terminal(socket: Duplex, tty: boolean): Terminal {
  if (tty) return { input: socket, output: socket, close: () => void socket.destroy() };
  const output = new StreamDemux();
  pipeline(socket, output, () => {
    // An error of the connection has reached `output`, where the caller listens.
  });
  return {
    input: socket,
    output,
    close: () => {
      output.destroy();
      socket.destroy();
    },
  };
}

/** Input and output of the main process, from now on. @throws EngineRefused */
export async function attach(context: DockerContext, uuid: string, options?: CallOptions): Promise<Terminal> {
  const { connection } = context;
  return connection.steps({ what: `attach to container ${uuid}` }, options, async (inner) => {
    const tty = await hasTerminal(context, uuid, inner);
    const query = { stream: true, stdin: true, stdout: true, stderr: true };
    const socket = await connection.run({ what: `attach to container ${uuid}` }, inner, (signal) =>
      connection.hijack({ method: 'POST', path: containerPath(uuid, 'attach'), query }, signal),
    );
    return terminal(socket, tty);
  });
}

/** Whether output of the container comes raw (with a terminal) or with stream headers. */
export async function hasTerminal(context: DockerContext, uuid: string, options?: CallOptions): Promise<boolean> {
  return fields((await lookExisting(context, uuid, options))['Config'])['Tty'] === true;
}

export async function resize(
  context: DockerContext,
  uuid: string,
  size: TerminalSize,
  options?: CallOptions,
): Promise<void> {
  await context.connection.call(
    { what: `resize the terminal of container ${uuid}` },
    { method: 'POST', path: containerPath(uuid, 'resize'), query: { h: size.rows, w: size.columns } },
    options,
  );
}
