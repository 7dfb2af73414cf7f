import Joi from 'joi';
import { boolStr, noneIsAbsent } from './common.js';

/** Which service a request means and what is said of it (native-api.md 3.11): a query, or members of a JSON body. */
export interface ServiceParameters {
  readonly host?: string;
  readonly binary?: string;
  readonly disabled_reason?: string;
  readonly forced_down?: boolean;
}

const text = (): Joi.StringSchema => Joi.string().min(1).max(255);
const service = { host: text().pattern(/^[a-zA-Z0-9-._]*$/), binary: text() };

export const serviceParameters = Joi.object<ServiceParameters>(service);
export const disableParameters = Joi.object<ServiceParameters>({ ...service, disabled_reason: noneIsAbsent(text()) });
export const forceDownParameters = Joi.object<ServiceParameters>({ ...service, forced_down: boolStr() });
