const MOST_KNOWN = 1_000;

/** A microversion: major 1 (Zun) or 2 (Nova) and a minor number. Only minors differ within one API. */
export class MicroVersion {
  private static readonly known = new Map<string, MicroVersion>();
  private readonly text: string;

  constructor(
    readonly major: number,
    readonly minor: number,
  ) {
    this.text = `${major}.${minor}`;
  }

  /** Exact form `X.Y` without leading zeros; null for anything else. */
  static parse(text: string): MicroVersion | null {
    const known = MicroVersion.known.get(text);
    if (known !== undefined) return known;
    const m = /^([1-9]\d*)\.([1-9]\d*|0)$/.exec(text);
    if (m === null) return null;
    const version = new MicroVersion(Number(m[1]), Number(m[2]));
    // Clients name one version in each of their requests.
    if (MicroVersion.known.size < MOST_KNOWN) MicroVersion.known.set(text, version);
    return version;
  }

  /** For literals in our own code. */
  static of(text: string): MicroVersion {
    const v = MicroVersion.parse(text);
    if (v === null) throw new Error(`not a version: ${text}`);
    return v;
  }

  /** `minor` is the minor number of the same major. */
  atLeast(minor: number): boolean {
    return this.minor >= minor;
  }

  compare(other: MicroVersion): number {
    return this.major - other.major || this.minor - other.minor;
  }

  toString(): string {
    return this.text;
  }
}
