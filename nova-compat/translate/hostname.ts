const MAX_LABEL = 63;

/**
 * The host name of a server (nova-api.md 5.9): its name in lower case, without what a host name cannot have. Letters beyond ASCII are
 * dropped too, which Nova leaves to the guest; the engine would refuse them.
 * @returns null when nothing is left: the caller has a name that needs the uuid
 */
export function hostnameFrom(name: string): string | null {
  const safe = name
    .replace(/[\u0100-\uffff]/g, '')
    .slice(0, MAX_LABEL)
    .replace(/[ _.]/g, '-')
    .replace(/[^a-zA-Z0-9-]/g, '')
    .toLowerCase()
    .replace(/^-+|-+$/g, '');
  return safe === '' ? null : safe;
}

/** Names and host names of `count` servers: numbered when there are several. */
export function serverNames(
  name: string,
  hostname: string | undefined,
  count: number,
): { readonly name: string; readonly hostname: string | null }[] {
  if (count === 1) return [{ name, hostname: hostname ?? hostnameFrom(name) }];
  return Array.from({ length: count }, (_, i) => {
    const numbered = `${name}-${i + 1}`;
    return { name: numbered, hostname: numberedHost(hostnameFrom(name), i + 1) };
  });
}

/** The number must survive the limit of a label. */
function numberedHost(base: string | null, n: number): string | null {
  if (base === null) return null;
  const suffix = `-${n}`;
  return `${base.slice(0, MAX_LABEL - suffix.length).replace(/-+$/, '')}${suffix}`;
}
