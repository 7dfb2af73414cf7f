import {
  type DomainError,
  Forbidden,
  InUse,
  Invalid,
  NotFound,
  type ResourceKind,
  Unauthorized,
  Unavailable,
} from '#core/domain/errors.js';
import {
  AddressesExhausted,
  AddressInUse,
  AddressNotInNetwork,
  MacAddressInUse,
  NetworkHasPorts,
  PortInUse,
  RuleExists,
  SecurityGroupInUse,
  SubnetHasPorts,
} from '#core/domain/network-errors.js';
import type { Fault } from '#core/http/dialect.js';
import {
  BodyTooLarge,
  DeadlineExceeded,
  MalformedBody,
  MethodNotAllowed,
  RouteNotFound,
  SchemaViolation,
  UnsupportedMediaType,
} from '#core/http/errors.js';
import { NeutronRefusal } from './errors.js';

const neutron = (status: number, type: string, message: string): Fault => ({
  status,
  body: { NeutronError: { type, message, detail: '' } },
});

const NOT_FOUND: Partial<Record<ResourceKind, (id: string) => [type: string, message: string]>> = {
  network: (id) => ['NetworkNotFound', `Network ${id} could not be found.`],
  subnet: (id) => ['SubnetNotFound', `Subnet ${id} could not be found.`],
  port: (id) => ['PortNotFound', `Port ${id} could not be found.`],
  'security group': (id) => ['SecurityGroupNotFound', `Security group ${id} does not exist`],
  'security group rule': (id) => ['SecurityGroupRuleNotFound', `Security group rule ${id} does not exist`],
};

/** Turns errors into Neutron's answers: the names and texts are those of neutron_lib.exceptions. */
export function fault(error: unknown): Fault {
  if (error instanceof NeutronRefusal) return neutron(error.status, error.type, error.message);
  if (error instanceof NotFound) {
    const [type, message] = NOT_FOUND[error.kind]?.(error.id) ?? ['HTTPNotFound', 'The resource could not be found.'];
    return neutron(404, type, message);
  }
  if (error instanceof InUse) return conflict(error);
  if (error instanceof AddressNotInNetwork) {
    const message = `IP address ${error.address} is not a valid IP for any of the subnets on the specified network.`;
    return neutron(400, 'InvalidIpForNetwork', message);
  }
  if (error instanceof Invalid) {
    return neutron(400, 'InvalidInput', `Invalid input for operation: ${error.message}.`.replace(/\.\.$/, '.'));
  }
  if (error instanceof Forbidden) {
    return neutron(403, 'PolicyNotAuthorized', `${ruleText(error.rule)} is disallowed by policy`);
  }
  // The answer of keystonemiddleware, which stands before Neutron.
  if (error instanceof Unauthorized) {
    const message = 'The request you have made requires authentication.';
    return { status: 401, body: { error: { code: 401, title: 'Unauthorized', message } } };
  }
  return httpFault(error);
}

/** oslo.policy names the operation alone, or with the attribute that is not for everybody. */
function ruleText(rule: string): string {
  const operation = rule.split(':', 1)[0] ?? rule;
  return operation === rule ? `rule:${rule}` : `(rule:${operation} and rule:${rule})`;
}

function conflict(error: DomainError): Fault {
  if (error instanceof NetworkHasPorts) {
    const reason = `There are one or more ports still in use on the network, id for these ports is: ${error.portIds.join(',')}`;
    return neutron(409, 'NetworkInUse', `Unable to complete operation on network ${error.networkId}. ${reason}.`);
  }
  if (error instanceof SubnetHasPorts) {
    const reason = 'One or more ports have an IP allocation from this subnet';
    return neutron(409, 'SubnetInUse', `Unable to complete operation on subnet ${error.subnetId}: ${reason}.`);
  }
  if (error instanceof PortInUse) {
    const { portId, networkId, deviceId } = error;
    const reason = `Port already has an attached device ${deviceId}`;
    return neutron(
      409,
      'PortInUse',
      `Unable to complete operation on port ${portId} for network ${networkId}. ${reason}.`,
    );
  }
  if (error instanceof AddressInUse) {
    const reason = `The IP address ${error.address} is in use`;
    return neutron(409, 'IpAddressInUse', `Unable to complete operation for network ${error.networkId}. ${reason}.`);
  }
  if (error instanceof MacAddressInUse) {
    const reason = `The mac address ${error.macAddress} is in use`;
    return neutron(409, 'MacAddressInUse', `Unable to complete operation for network ${error.networkId}. ${reason}.`);
  }
  if (error instanceof AddressesExhausted) {
    const message = `No more IP addresses available on network ${error.networkId}.`;
    return neutron(409, 'IpAddressGenerationFailure', message);
  }
  if (error instanceof SecurityGroupInUse) {
    return neutron(409, 'SecurityGroupInUse', `Security Group ${error.groupId} in use.`);
  }
  if (error instanceof RuleExists) {
    const message = `Security group rule already exists. Rule id is ${error.ruleId}.`;
    return neutron(409, 'SecurityGroupRuleExists', message);
  }
  return neutron(409, 'Conflict', error.message);
}

function httpFault(error: unknown): Fault {
  if (error instanceof SchemaViolation) return neutron(400, 'HTTPBadRequest', error.reason);
  if (error instanceof MalformedBody) return neutron(400, 'HTTPBadRequest', 'Body contains invalid data');
  if (error instanceof RouteNotFound) return neutron(404, 'HTTPNotFound', 'The resource could not be found.');
  if (error instanceof MethodNotAllowed) {
    const message = 'The method specified is not allowed for this resource.';
    return { ...neutron(405, 'HTTPMethodNotAllowed', message), headers: { Allow: error.allow.join(', ') } };
  }
  if (error instanceof BodyTooLarge) {
    return neutron(413, 'HTTPRequestEntityTooLarge', `The body is larger than ${error.limit} bytes.`);
  }
  if (error instanceof UnsupportedMediaType) {
    return neutron(415, 'HTTPUnsupportedMediaType', `Content type ${error.message} is not supported.`);
  }
  if (error instanceof Unavailable || error instanceof DeadlineExceeded) {
    return neutron(503, 'ServiceUnavailable', 'The service is unavailable.');
  }
  const message = 'Request Failed: internal server error while processing your request.';
  return neutron(500, 'HTTPInternalServerError', message);
}
