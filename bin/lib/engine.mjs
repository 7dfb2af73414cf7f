// Asks the Docker Engine at a Unix socket one question, without the docker command: `engine.mjs SOCKET PATH`.
// Exit status 0: it answered 200; 1: it does not answer; 2: we may not use the socket; 3: it answered something else.
import { request } from 'node:http';

const DEADLINE_MS = 5_000;
const [socketPath, path] = process.argv.slice(2);
const asked = request({ socketPath, path, signal: AbortSignal.timeout(DEADLINE_MS) }, (answer) => {
  process.exit(answer.statusCode === 200 ? 0 : 3);
});
asked.on('error', (error) => process.exit(error.code === 'EACCES' ? 2 : 1));
asked.end();
