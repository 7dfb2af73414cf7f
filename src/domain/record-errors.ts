import { AlreadyExists } from './errors.js';

/** Kinds of the general errors for the small records, which carry their facts. */

/** A flavor has the name or the id already. */
export class FlavorExists extends AlreadyExists {
  constructor(
    readonly by: 'name' | 'ID',
    value: string,
  ) {
    super('flavor', value);
  }
}
