/** Our own time-out ended the wait. The outcome of what was called is unknown. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  constructor(
    readonly what: string,
    readonly ms: number,
  ) {
    super(`${what} did not answer within ${ms} ms`);
  }
}

/**
 * The same as `withDeadline` for work that seldom looks at its signal: the signal is made when it is first asked for, which costs more
 * than all the rest.
 * @throws DeadlinePassed
 */
export async function withLazyDeadline<T>(
  what: string,
  ms: number,
  work: (signal: () => AbortSignal) => Promise<T>,
): Promise<T> {
  let controller: AbortController | null = null;
  let passed: DeadlinePassed | null = null;
  const signal = (): AbortSignal => {
    controller ??= new AbortController();
    if (passed !== null) controller.abort(passed);
    return controller.signal;
  };
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(() => {
      passed = new DeadlinePassed(what, ms);
      reject(passed);
      controller?.abort(passed);
    }, ms);
    work(signal).then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

/**
 * Runs `work` with a signal that fires after `ms` (or with `outer`), and settles at that moment whatever `work` does: client
 * libraries do not settle in all cases (facts-runtime 7, anchors C.3).
 * @throws DeadlinePassed; the reason of `outer` when that fires first
 */
export async function withDeadline<T>(
  what: string,
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  return new Promise<T>((resolve, reject) => {
    const finish = (): void => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onOuter);
    };
    const stop = (reason: Error): void => {
      finish();
      reject(reason);
      controller.abort(reason);
    };
    const onOuter = (): void => stop(outer?.reason instanceof Error ? outer.reason : new Error(`${what} was given up`));
    const timer = setTimeout(() => stop(new DeadlinePassed(what, ms)), ms);
    outer?.addEventListener('abort', onOuter, { once: true });
    work(controller.signal).then(
      (value) => {
        finish();
        resolve(value);
      },
      (error: unknown) => {
        finish();
        reject(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}
