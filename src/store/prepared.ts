/** Statements are few; those that are put together of a request's filters are not, and each costs memory in every session. */
const MOST = 400;

/**
 * Names for prepared statements: the server then parses and plans each once a session, not once a call. The first `MOST` texts get
 * one; the others are sent as they are.
 */
export class PreparedNames {
  private readonly names = new Map<string, string>();
  private readonly unfit = new Set<string>();
  private made = 0;

  nameOf(sql: string): string | undefined {
    const known = this.names.get(sql);
    if (known !== undefined || this.made >= MOST || this.unfit.has(sql)) return known;
    // Never again the name of one that was dropped: sessions still hold it.
    this.made += 1;
    const name = `s${this.made}`;
    this.names.set(sql, name);
    return name;
  }

  /** A migration has changed what the statement returns: this process, of the version before, sends it unprepared from now on. */
  drop(sql: string): void {
    if (this.names.delete(sql)) this.unfit.add(sql);
  }
}
