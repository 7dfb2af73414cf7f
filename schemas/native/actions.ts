import { constants } from 'node:os';
import Joi from 'joi';
import { amount, boolStr, extBool, noneIsAbsent, refuse, resourceName } from './common.js';

/**
 * Parameters of the actions on a container (native-api.md 3.6): a query, or members of a JSON body with the same rules. An action may
 * come without a body.
 */

export interface TimeoutParameters {
  /** Seconds; null: the container's own, or the engine's default. */
  readonly timeout?: number | null;
}

/** What a timer can count: 2^31 - 1 ms. */
const TIMEOUT_MAX = 2_147_483;

const timeout = Joi.any().custom((value: unknown, helpers) => {
  const text = String(value);
  if (!/^[0-9]*$/.test(text)) return refuse(helpers, `'${text}' does not match '^[0-9]*$'`);
  if (Number(text) > TIMEOUT_MAX) return refuse(helpers, `${text} is greater than the maximum of ${TIMEOUT_MAX}`);
  return text === '' ? null : Number(text);
});

export const timeoutParameters = Joi.object<TimeoutParameters>({ timeout: noneIsAbsent(timeout) });
export const timeoutBody: Joi.Schema<TimeoutParameters | null> = timeoutParameters.allow(null);

export interface KillParameters {
  /** With its prefix, in capitals: `SIGHUP`. */
  readonly signal?: string;
}

/** Names that Python knows on Linux and Node does not list. */
const MORE_SIGNALS: readonly (readonly [string, number])[] = [
  ['SIGCLD', 17],
  ['SIGRTMIN', 34],
  ['SIGRTMAX', 64],
];
const SIGNALS = new Map<string, string>();
for (const [name, number] of [...Object.entries(constants.signals), ...MORE_SIGNALS]) {
  const short = name.slice('SIG'.length);
  for (const form of [name, short, name.toLowerCase(), short.toLowerCase()]) SIGNALS.set(form, name);
  if (!SIGNALS.has(String(number))) SIGNALS.set(String(number), name);
}

const signal = Joi.any().custom(
  (value: unknown, helpers) =>
    SIGNALS.get(String(value)) ?? refuse(helpers, `'${String(value)}' is not the name or number of a signal`),
);

export const killParameters = Joi.object<KillParameters>({ signal: noneIsAbsent(signal) });
export const killBody: Joi.Schema<KillParameters | null> = killParameters.allow(null);

export interface LogsQuery {
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly timestamps?: boolean;
  /** null: all lines. */
  readonly tail?: number | null;
  /** Epoch seconds. */
  readonly since?: number;
}

/** `all`, or what is no number, means all lines. */
const tail = Joi.string().custom((value: string) => (/^[0-9]+$/.test(value) ? Number(value) : null));

const since = Joi.string().custom((value: string, helpers) => {
  if (/^[0-9]+$/.test(value)) return Number(value);
  const date = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}),(\d{3})$/.exec(value);
  const at = date ? Date.parse(`${date[1]}T${date[2]}.${date[3]}Z`) : Number.NaN;
  return Number.isNaN(at)
    ? refuse(helpers, `'${value}' is neither epoch seconds nor YYYY-MM-DD HH:MM:SS,mmm`)
    : at / 1000;
});

export const logsQuery = Joi.object<LogsQuery>({
  stdout: extBool(),
  stderr: extBool(),
  timestamps: extBool(),
  tail,
  since,
});

export interface ExecuteParameters {
  /** One string, to be split by shell rules. */
  readonly command?: string;
  readonly run?: boolean;
  readonly interactive?: boolean;
}

export const executeParameters = Joi.object<ExecuteParameters>({
  command: Joi.string().min(1),
  run: boolStr(),
  interactive: boolStr(),
});
export const executeBody: Joi.Schema<ExecuteParameters | null> = executeParameters.allow(null);

export interface TerminalSizeQuery {
  /** Rows. */
  readonly h: number;
  /** Columns. */
  readonly w: number;
}

/** What the engine can count, and more than any screen has. */
const SIDE = amount({ min: 1, max: 65_535, integer: true });
const size = { h: SIDE.required(), w: SIDE.required() };

export const terminalSizeQuery = Joi.object<TerminalSizeQuery>(size);

export interface ExecuteResizeQuery extends TerminalSizeQuery {
  readonly exec_id: string;
}

export const executeResizeQuery = Joi.object<ExecuteResizeQuery>({
  exec_id: Joi.string()
    .pattern(/^[a-f0-9]{64}$/)
    .required(),
  ...size,
});

export interface TopQuery {
  readonly ps_args?: string;
}

export const topQuery = Joi.object<TopQuery>({ ps_args: noneIsAbsent(Joi.string().allow('')) });

export interface RenameQuery {
  readonly name: string;
}

export const renameQuery = Joi.object<RenameQuery>({ name: resourceName().required() });

export interface ArchiveQuery {
  /** In the container. */
  readonly path: string;
}

/** Unknown parameters are no error here, as upstream. */
export const archiveQuery = Joi.object<ArchiveQuery>({ path: Joi.string().required() }).unknown(true);

export interface PutArchiveBody {
  /** A tar archive: text up to 1.24, Base64 from 1.25. */
  readonly data: string;
}

export const putArchiveBody = Joi.object<PutArchiveBody>({ data: Joi.string().allow('').required() }).required();
