/**
 * Gathers the lines of one turn of the event loop and writes them together: a write to a file, pipe or terminal holds up the whole
 * process, whatever its length. What was gathered is written before the process exits; only a kill -9 in the same turn can lose it.
 */
export class TurnLines {
  private lines: string[] = [];

  constructor(private readonly out: (text: string) => void) {
    process.on('exit', () => this.flush());
  }

  write(line: unknown): void {
    this.lines.push(String(line));
    if (this.lines.length === 1) setImmediate(() => this.flush());
  }

  private flush(): void {
    if (this.lines.length === 0) return;
    const text = this.lines.join('');
    this.lines = [];
    this.out(text);
  }
}
