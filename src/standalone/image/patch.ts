import Joi from 'joi';
import { Invalid } from '#core/domain/errors.js';
import { Conflict } from './dialect.js';
import { checkWritable, isMember } from './members.js';

/** One operation of `application/openstack-images-v2.1-json-patch`: a JSON patch (RFC 6902) without move, copy and test. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: unknown;
}

const operation = Joi.object<PatchOperation>({
  op: Joi.string().valid('add', 'replace', 'remove').required(),
  path: Joi.string()
    .pattern(/^\/[^/]/)
    .max(1024)
    .required(),
  value: Joi.any(),
});

const schema = Joi.array().items(operation).max(256).required();

export const patchBody = (): Joi.ArraySchema<PatchOperation[]> => schema;

/** Keys of the pointer, unescaped (RFC 6901). */
const keysOf = (path: string): string[] =>
  path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));

/**
 * Applies the operations to a flat image (members and properties) in order.
 * @throws Invalid, NotAllowed for read-only members, Conflict for a property that is not there
 */
export function patched(
  flat: Readonly<Record<string, unknown>>,
  operations: readonly PatchOperation[],
): Record<string, unknown> {
  const out = new Map(Object.entries(flat));
  for (const { op, path, value } of operations) {
    const [key = '', ...more] = keysOf(path);
    if (more.length > 0) throw new Invalid(`Invalid JSON pointer for this resource: '${path}'`);
    checkWritable(key);
    if (op !== 'add' && !isMember(key) && !out.has(key)) throw new Conflict(`Property ${key} does not exist.`);
    if (op === 'remove') {
      if (isMember(key)) throw new Conflict(`Property ${key} may not be removed.`);
      out.delete(key);
    } else {
      if (value === undefined) throw new Invalid(`Operation ${op} requires a member named "value".`);
      out.set(key, value);
    }
  }
  return Object.fromEntries(out);
}
