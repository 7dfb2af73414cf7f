interface Read<T> {
  readonly running: Promise<T>;
  next: Promise<T> | null;
}

/**
 * Lets callers that wait for the same read share one, without making any of them see the past: a caller gets a read that began after it
 * asked. While one is running, all who come wait together for the next.
 */
export class SharedReads<T> {
  private readonly reads = new Map<string, Read<T>>();

  /** @throws what the read throws, to all who share it */
  get(key: string, read: () => Promise<T>): Promise<T> {
    const under = this.reads.get(key);
    if (under === undefined) return this.begin(key, read);
    const begin = (): Promise<T> => this.begin(key, read);
    under.next ??= under.running.then(begin, begin);
    return under.next;
  }

  private begin(key: string, read: () => Promise<T>): Promise<T> {
    const entry: Read<T> = { running: read(), next: null };
    this.reads.set(key, entry);
    const end = (): void => {
      if (entry.next === null) this.reads.delete(key);
    };
    entry.running.then(end, end);
    return entry.running;
  }
}
