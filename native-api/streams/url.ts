import type { TerminalTicket } from '#core/engine/terminals.js';

/** Where a client connects with a ticket, as Zun writes it: the parameters in this order (native-api.md 5.1). */
export function terminalUrl(base: string, { token, container, execId }: TerminalTicket): string {
  const exec = execId === null ? '' : `&exec_id=${execId}`;
  return `${base.endsWith('/') ? base : `${base}/`}?token=${token}&uuid=${container}${exec}`;
}

/**
 * The ticket that the target of a request names; its path says nothing.
 * @param target as in the request line: `/?token=...`
 */
export function ticketOf(target: string): TerminalTicket | null {
  const query = new URLSearchParams(target.slice(target.indexOf('?') + 1));
  const token = query.get('token');
  const container = query.get('uuid');
  return token === null || container === null ? null : { token, container, execId: query.get('exec_id') };
}
