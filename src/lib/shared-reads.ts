interface Reads<T> {
  /** The read that has not begun yet, for all who come until it does. */
  next: Promise<T> | null;
  isRunning: boolean;
  /** Begins the next one. */
  begin: () => void;
}

/**
 * Lets callers that wait for the same read share one, without making any of them see the past: a caller gets a read that began after it
 * asked. A read begins at the end of the turn of the event loop in which it was asked for; while one is running, all who come wait
 * together for the next.
 */
export class SharedReads<T> {
  private readonly keys = new Map<string, Reads<T>>();

  /** @throws what the read throws, to all who share it */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const reads = this.keys.get(key) ?? { next: null, isRunning: false, begin: () => undefined };
    this.keys.set(key, reads);
    reads.next ??= new Promise((resolve) => {
      reads.begin = () => {
        reads.next = null;
        reads.isRunning = true;
        const running = read();
        const end = (): void => {
          reads.isRunning = false;
          if (reads.next === null) this.keys.delete(key);
          else reads.begin();
        };
        running.then(end, end);
        resolve(running);
      };
      if (!reads.isRunning) setImmediate(() => reads.begin());
    });
    return reads.next;
  }
}
