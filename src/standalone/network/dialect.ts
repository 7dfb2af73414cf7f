import type { Dialect } from '#core/http/dialect.js';
import { MicroVersion } from '#core/http/version.js';
import { fault } from './faults.js';

const VERSION = new MicroVersion(2, 0);
/** Neutron's default (oslo.middleware `max_request_body_size`). */
const BODY_LIMIT = 114_688;

/** HTTP as Neutron has it. */
export const networkDialect: Dialect = {
  service: 'network',
  requestIdHeaders: ['x-openstack-request-id'],
  bodyLimit: BODY_LIMIT,
  locate: (path) => ({ path, prefix: '', project: null, lenient: false }),
  negotiate: () => VERSION,
  versionHeaders: () => ({}),
  fault: (error) => fault(error),
};
