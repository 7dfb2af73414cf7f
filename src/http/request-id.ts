import { randomUUID } from 'node:crypto';

/** A new request id in OpenStack's form. */
export const requestId = (): string => `req-${randomUUID()}`;
