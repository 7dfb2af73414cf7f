import Joi from 'joi';
import { accessIp, description, diskConfig, hostname, name, perVersion } from './common.js';

export interface UpdateBody {
  readonly server: {
    readonly name?: string;
    readonly accessIPv4?: string;
    readonly accessIPv6?: string;
    readonly 'OS-DCF:diskConfig'?: 'AUTO' | 'MANUAL';
    readonly description?: string | null;
    readonly hostname?: string;
  };
}

/** Body of `PUT /servers/{id}` (nova-api.md 4.5). */
export const serverUpdate = perVersion((minor, lenient) =>
  Joi.object<UpdateBody>({
    server: Joi.object<UpdateBody['server']>({
      name: name(lenient),
      accessIPv4: accessIp(4),
      accessIPv6: accessIp(6),
      'OS-DCF:diskConfig': diskConfig(),
      ...(minor >= 19 && { description: description() }),
      ...(minor >= 90 && { hostname: hostname(minor) }),
    }).required(),
  }).required(),
);
