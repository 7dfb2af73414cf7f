/** One waits, others ring. A ring while nobody waits is kept for the next wait. */
export class Bell {
  private rung = false;
  private wake: (() => void) | null = null;

  ring(): void {
    this.rung = true;
    this.wake?.();
  }

  /** Ends when the bell rings, when `signal` fires, or after `ms`. */
  async wait(signal: AbortSignal, ms?: number): Promise<void> {
    if (!this.rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const timer = ms === undefined ? undefined : setTimeout(() => this.wake?.(), ms);
        const onAbort = (): void => this.wake?.();
        this.wake = () => {
          this.wake = null;
          clearTimeout(timer);
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
        signal.addEventListener('abort', onAbort, { once: true });
      });
    }
    this.rung = false;
  }
}
