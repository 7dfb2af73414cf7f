import { AmbiguousNetwork, InUse, Invalid } from './errors.js';

/** What can be wrong with networks, subnets, ports and security groups: kinds of the general errors that carry their facts. */

/** Not one network could be meant. Like several, it is a conflict to either API. */
export class NoNetworkAvailable extends AmbiguousNetwork {
  constructor() {
    super('There is no neutron network available');
  }
}

export class AddressInUse extends InUse {
  constructor(
    readonly networkId: string,
    readonly address: string,
  ) {
    super(`IP address ${address} is in use on network ${networkId}.`);
  }
}

export class AddressesExhausted extends InUse {
  constructor(readonly networkId: string) {
    super(`No more IP addresses available on network ${networkId}.`);
  }
}

export class MacAddressInUse extends InUse {
  constructor(
    readonly networkId: string,
    readonly macAddress: string,
  ) {
    super(`MAC address ${macAddress} is in use on network ${networkId}.`);
  }
}

/** The address is none that a host of the network's subnet can have. */
export class AddressNotInNetwork extends Invalid {
  constructor(
    readonly networkId: string,
    readonly address: string,
  ) {
    super(`IP address ${address} is not a valid IP for any of the subnets on network ${networkId}.`, 'ip_address');
  }
}

export class NetworkHasPorts extends InUse {
  constructor(
    readonly networkId: string,
    readonly portIds: readonly string[],
  ) {
    super(`Network ${networkId} is in use by ports.`);
  }
}

export class NetworkHasSubnet extends Invalid {
  constructor(readonly networkId: string) {
    super(`Network ${networkId} has a subnet already; a network of this deployment has one.`);
  }
}

export class SubnetOverlaps extends Invalid {
  constructor(
    readonly networkId: string,
    readonly cidr: string,
  ) {
    super(
      `Requested subnet with cidr: ${cidr} for network: ${networkId} overlaps with another subnet of this deployment, ` +
        'whose networks share the bridges of its hosts',
      'cidr',
    );
  }
}

export class SubnetHasPorts extends InUse {
  constructor(readonly subnetId: string) {
    super(`Subnet ${subnetId} is in use by ports.`);
  }
}

/** The port belongs to a device already. */
export class PortInUse extends InUse {
  constructor(
    readonly portId: string,
    readonly networkId: string,
    readonly deviceId: string,
  ) {
    super(`Port ${portId} is still in use.`);
  }
}

export class SecurityGroupInUse extends InUse {
  constructor(readonly groupId: string) {
    super(`Security group ${groupId} is in use.`);
  }
}

export class RuleExists extends InUse {
  constructor(readonly ruleId: string) {
    super(`Security group rule ${ruleId} says the same.`);
  }
}
