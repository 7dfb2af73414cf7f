import { MalformedBody } from '#core/http/errors.js';

/** Name and value of the only member of a body that asks for one action. @throws MalformedBody unless there is exactly one */
export function onlyMember(body: unknown): readonly [string, unknown] {
  const members = typeof body === 'object' && body !== null && !Array.isArray(body) ? Object.entries(body) : [];
  const [first, ...more] = members;
  if (first === undefined || more.length > 0) throw new MalformedBody('not exactly one action');
  return first;
}
