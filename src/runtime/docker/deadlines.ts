/** How long each kind of call may take, in milliseconds, when the caller does not say. */
export interface DockerDeadlines {
  readonly ping: number;
  /** Whatever has no figure of its own. */
  readonly call: number;
  readonly inspect: number;
  readonly list: number;
  readonly create: number;
  /** Wide: 16 starts at once take 4 s on two cores, and the engine waits up to 16 s for a restarted network plugin. */
  readonly start: number;
  /** Added to the grace period of a stop. */
  readonly stopMargin: number;
  readonly remove: number;
  /** The engine waits for two samples, one second apart. */
  readonly stats: number;
  /** A command run by `exec`, from start to end. */
  readonly exec: number;
  /** A whole pull, load, import, commit or upload. */
  readonly transfer: number;
  /** A stream handed to the caller (image, archive) may be silent this long while the caller is reading. */
  readonly idle: number;
}

export const defaultDeadlines: DockerDeadlines = {
  ping: 5_000,
  call: 30_000,
  inspect: 10_000,
  list: 30_000,
  create: 60_000,
  start: 120_000,
  stopMargin: 15_000,
  remove: 60_000,
  stats: 15_000,
  exec: 60_000,
  transfer: 900_000,
  idle: 60_000,
};
