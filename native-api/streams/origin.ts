/** What a browser, or a client that imitates one, says about the page that connects (native-api.md 5.2). */
export interface OriginHeaders {
  /** `Origin`: the client library writes `http://host:None` when its URL has no port. */
  readonly origin: string | undefined;
  readonly host: string | undefined;
  /** `X-Forwarded-Proto`: the scheme that the client used, before a proxy. */
  readonly forwardedProto: string | undefined;
}

/**
 * Whether a page of this origin may connect: one of the host that it connects to, or of an allowed host, over the same kind of
 * transport. No origin: no browser.
 * @param secure clients are told to use `wss://`
 */
export function isAllowedOrigin(headers: OriginHeaders, allowedHosts: readonly string[], secure: boolean): boolean {
  const { origin, host, forwardedProto } = headers;
  if (origin === undefined) return true;
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#@]+)$/i.exec(origin);
  const scheme = forwardedProto ?? parts?.[1]?.toLowerCase();
  const name = parts?.[2] === undefined ? null : hostName(parts[2]);
  if (name === null || scheme !== (secure ? 'https' : 'http')) return false;
  return name === hostName(host ?? '') || allowedHosts.some((allowed) => allowed.toLowerCase() === name);
}

/** Without port, and without the brackets of an IPv6 address. */
function hostName(authority: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(authority)?.[1];
  return (bracketed ?? authority.replace(/:[^:]*$/, '')).toLowerCase();
}
