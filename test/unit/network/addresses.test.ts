import { expect } from 'chai';
import { bridgeAddress, defaultPools, freeSubnet, isHostAddress, lowestFree } from '#core/domain/subnet-addresses.js';
import { formatIpv4, formatIpv4Block, parseIpv4, parseIpv4Block } from '#core/lib/ipv4.js';

const plan = (cidr: string, gatewayIp: string | null) => ({
  cidr,
  gatewayIp,
  allocationPools: defaultPools(cidr, gatewayIp),
});

describe('IPv4 text', () => {
  it('reads and writes addresses over the whole range', () => {
    for (const text of ['0.0.0.0', '10.87.0.1', '127.255.255.255', '128.0.0.0', '255.255.255.255']) {
      expect(formatIpv4(parseIpv4(text) ?? -1)).to.equal(text);
    }
  });

  it('refuses what is not four plain decimal octets', () => {
    for (const text of [
      '',
      '10.0.0',
      '10.0.0.256',
      '10.0.0.01',
      '10.0.0.-1',
      '10.0.0.1.2',
      'a.b.c.d',
      '::1',
      ' 10.0.0.1',
    ]) {
      expect(parseIpv4(text), text).to.equal(null);
    }
  });

  it('drops the host bits of a block', () => {
    expect(formatIpv4Block(parseIpv4Block('10.87.3.7/24') ?? { first: 0, last: 0, prefix: 0 })).to.equal(
      '10.87.3.0/24',
    );
    expect(parseIpv4Block('0.0.0.0/0')).to.deep.equal({ first: 0, last: 2 ** 32 - 1, prefix: 0 });
  });

  it('refuses what is not an IPv4 CIDR', () => {
    for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/08', '10.0.0.0/24/1', 'fd00::/64']) {
      expect(parseIpv4Block(text), text).to.equal(null);
    }
  });
});

describe('addresses of a subnet', () => {
  it('starts after the gateway and fills gaps first', () => {
    const p = plan('10.87.0.0/24', '10.87.0.1');
    expect(lowestFree(p, [])).to.equal('10.87.0.2');
    expect(lowestFree(p, ['10.87.0.2', '10.87.0.4'])).to.equal('10.87.0.3');
  });

  it('never gives the network, gateway or broadcast address', () => {
    const p = plan('10.87.0.0/29', '10.87.0.3');
    const given: string[] = [];
    for (let next = lowestFree(p, given); next !== null; next = lowestFree(p, given)) given.push(next);
    expect(given).to.deep.equal(['10.87.0.1', '10.87.0.2', '10.87.0.4', '10.87.0.5', '10.87.0.6']);
  });

  it('holds that also against pools that are wider than they should be', () => {
    const wide = { ...plan('10.87.0.0/30', '10.87.0.1'), allocationPools: [{ start: '10.87.0.0', end: '10.87.0.3' }] };
    expect(lowestFree(wide, [])).to.equal('10.87.0.2');
    expect(lowestFree(wide, ['10.87.0.2'])).to.equal(null);
  });

  it('goes through the pools in the order of their addresses', () => {
    const p = {
      ...plan('10.87.0.0/24', '10.87.0.1'),
      allocationPools: [
        { start: '10.87.0.50', end: '10.87.0.51' },
        { start: '10.87.0.20', end: '10.87.0.20' },
      ],
    };
    expect(lowestFree(p, [])).to.equal('10.87.0.20');
    expect(lowestFree(p, ['10.87.0.20'])).to.equal('10.87.0.50');
    expect(lowestFree(p, ['10.87.0.20', '10.87.0.50', '10.87.0.51'])).to.equal(null);
  });

  it('keeps the first address for the bridge of a subnet without a gateway', () => {
    expect(bridgeAddress('10.87.9.0/24', null)).to.equal('10.87.9.1');
    expect(lowestFree(plan('10.87.9.0/24', null), [])).to.equal('10.87.9.2');
    expect(isHostAddress({ cidr: '10.87.9.0/24', gatewayIp: null }, '10.87.9.1')).to.equal(false);
  });

  it('knows which addresses a host can have', () => {
    const subnet = { cidr: '10.87.0.0/24', gatewayIp: '10.87.0.1' };
    for (const no of ['10.87.0.0', '10.87.0.1', '10.87.0.255', '10.87.1.2', '10.86.255.254', 'fd00::2', 'x']) {
      expect(isHostAddress(subnet, no), no).to.equal(false);
    }
    expect(isHostAddress(subnet, '10.87.0.254')).to.equal(true);
  });

  it('leaves the gateway out of the default pools, wherever it is', () => {
    expect(defaultPools('10.0.0.0/24', '10.0.0.1')).to.deep.equal([{ start: '10.0.0.2', end: '10.0.0.254' }]);
    expect(defaultPools('10.0.0.0/24', '10.0.0.254')).to.deep.equal([{ start: '10.0.0.1', end: '10.0.0.253' }]);
    expect(defaultPools('10.0.0.0/24', '10.0.0.9')).to.deep.equal([
      { start: '10.0.0.1', end: '10.0.0.8' },
      { start: '10.0.0.10', end: '10.0.0.254' },
    ]);
  });
});

describe('choice of a /24', () => {
  it('takes the first that nothing overlaps', () => {
    expect(freeSubnet('10.87.0.0/16', [])).to.equal('10.87.0.0/24');
    expect(freeSubnet('10.87.0.0/16', ['10.87.0.0/24', '10.87.2.0/24'])).to.equal('10.87.1.0/24');
  });

  it('sees larger and smaller blocks as overlapping', () => {
    expect(freeSubnet('10.87.0.0/16', ['10.87.0.0/20'])).to.equal('10.87.16.0/24');
    expect(freeSubnet('10.87.0.0/16', ['10.87.0.128/30', '172.17.0.0/16', 'fd00::/64'])).to.equal('10.87.1.0/24');
  });

  it('says when there is none', () => {
    expect(freeSubnet('10.87.0.0/16', ['10.0.0.0/8'])).to.equal(null);
    expect(freeSubnet('10.87.0.0/25', [])).to.equal(null);
  });
});
