import bunyan from 'bunyan';
import { TurnLines } from './turn-lines.js';

/** The only file that knows the logging library. */
export type Logger = bunyan;

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/**
 * Structured log, a JSON line an event, on stderr. Levels say who must act: fatal - the operator, now; error - this request or
 * operation died; warn - the operator, some time; info - what happened; debug - for us.
 */
export function createLogger(name: string, level: LogLevel): Logger {
  return bunyan.createLogger({
    name,
    streams: [{ level, stream: new TurnLines((text) => process.stderr.write(text)) }],
    serializers: { err: bunyan.stdSerializers.err },
  });
}

/** A log that says nothing, for tests and tools. */
export const silent = (): Logger => bunyan.createLogger({ name: 'silent', level: bunyan.FATAL + 1 });
