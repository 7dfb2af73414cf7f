import type { CreateInput } from '#core/engine/engine.js';
import { canonicalUuid, isUuidLike } from '#schemas/nova/common.js';
import type { NetworkItem, NewServer } from '#schemas/nova/server-create.js';
import { badRequest } from '../refusal.js';

type WantedInterface = Exclude<CreateInput['networks'], string>[number];

/** The interfaces of a new server (nova-api.md 5.7). Without `networks`, which only old versions allow, it is `auto`. */
export function wantedNetworks(asked: NewServer['networks']): CreateInput['networks'] {
  if (asked === undefined || asked === 'auto') return 'auto';
  if (asked === 'none') return 'none';
  // An empty list is what old clients send for "do as you like".
  return asked.length === 0 ? 'auto' : asked.map(wantedInterface);
}

function wantedInterface(item: NetworkItem): WantedInterface {
  const { port, uuid: network, fixed_ip: fixedIp } = item;
  if (typeof port === 'string') {
    if (fixedIp !== undefined) {
      throw badRequest(
        `Specified fixed IP '${fixedIp}' cannot be used with port '${port}': the two cannot be specified together.`,
      );
    }
    return { port };
  }
  if (network === undefined) throw badRequest("Bad network format: missing 'uuid'");
  if (!isUuidLike(network)) {
    throw badRequest(`Bad networks format: network uuid is not in proper format (${network})`);
  }
  return { network: canonicalUuid(network), ...(fixedIp !== undefined && { fixedIp }) };
}
