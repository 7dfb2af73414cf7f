import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import type { EngineEndpoint, EngineNetwork } from '#core/runtime/driver.js';
import { type Bench, refusal } from './subject.js';

/** A /24 of its own in 10.213.0.0/16 for each network of the run. */
let third = randomInt(0, 200);

function network(): EngineNetwork & { readonly prefix: string } {
  third += 1;
  const prefix = `10.213.${third}`;
  return {
    name: `zunova-test-${process.pid}-${third}`,
    driver: 'bridge',
    ipamDriver: 'default',
    subnets: [{ cidr: `${prefix}.0/24`, gateway: `${prefix}.1` }],
    internal: false,
    mtu: 1400,
    labels: { purpose: 'test' },
    options: {},
    prefix,
  };
}

const endpoint = (of: { name: string; prefix: string }, host: number, macAddress: string): EngineEndpoint => ({
  network: of.name,
  macAddress,
  ipv4: `${of.prefix}.${host}`,
  ipv6: null,
});

/** Networks, and containers on them. */
export function networksContract(bench: Bench): void {
  const made: string[] = [];

  const ensured = async () => {
    const wanted = network();
    made.push(wanted.name);
    await bench.driver.ensureNetwork(wanted);
    return wanted;
  };

  const shell = async (uuid: string, script: string): Promise<string> => {
    const { output } = await bench.driver.exec(uuid, { command: ['sh', '-c', script], tty: false, stdin: false });
    return output.toString();
  };

  afterEach(async () => {
    await bench.clear();
    for (const name of made.splice(0)) await bench.driver.removeNetwork(name);
  });

  it('are made once, seen, and removed', async () => {
    const wanted = await ensured();
    await bench.driver.ensureNetwork(wanted);
    const cidr = wanted.subnets[0]?.cidr;
    expect((await bench.driver.listSubnets()).filter((subnet) => subnet === cidr)).to.have.length(1);
    expect(await bench.driver.listNetworks()).to.include(wanted.name);
    await bench.driver.removeNetwork(wanted.name);
    await bench.driver.removeNetwork(wanted.name);
    expect(await bench.driver.listNetworks()).not.to.include(wanted.name);
    expect(await bench.driver.listSubnets()).not.to.include(cidr);
  });

  it('are made once by several at once', async () => {
    const wanted = network();
    made.push(wanted.name);
    await Promise.all([1, 2, 3].map(() => bench.driver.ensureNetwork(wanted)));
    expect((await bench.driver.listSubnets()).filter((subnet) => subnet === wanted.subnets[0]?.cidr)).to.have.length(1);
  });

  it('are refused when the name means another one, or the subnet is taken', async () => {
    const wanted = await ensured();
    const other = { ...wanted, subnets: network().subnets };
    expect((await refusal(bench.driver.ensureNetwork(other))).kind).to.equal('conflict');
    await refusal(bench.driver.ensureNetwork({ ...wanted, name: `${wanted.name}-b` }));
  });

  it('of another deployment, or in use, are not removed', async () => {
    const wanted = await ensured();
    expect((await refusal(bench.foreign.removeNetwork(wanted.name))).kind).to.equal('conflict');
    expect((await refusal(bench.driver.removeNetwork('bridge'))).kind).to.equal('conflict');
    await bench.started({ endpoints: [endpoint(wanted, 9, '02:42:ac:00:00:09')] });
    expect((await refusal(bench.driver.removeNetwork(wanted.name))).kind).to.equal('conflict');
  });

  it('give a container its address, MAC address, MTU and route', async () => {
    const wanted = await ensured();
    const uuid = await bench.started({ endpoints: [endpoint(wanted, 77, 'fa:16:3e:01:02:03')] });
    expect(await shell(uuid, 'ip -4 addr show eth0')).to.include(`inet ${wanted.prefix}.77/24`);
    const link = await shell(uuid, 'ip link show eth0');
    expect(link).to.include('fa:16:3e:01:02:03').and.to.include('mtu 1400');
    expect(await shell(uuid, 'ip route')).to.include(`default via ${wanted.prefix}.1`);
    await bench.driver.stop(uuid, 5);
    await bench.driver.start(uuid);
    expect(await shell(uuid, 'ip -4 addr show eth0')).to.include(`inet ${wanted.prefix}.77/24`);
  });

  it('connect two containers', async () => {
    const wanted = await ensured();
    await bench.started({ endpoints: [endpoint(wanted, 10, '02:42:00:00:00:10')] });
    const uuid = await bench.started({ endpoints: [endpoint(wanted, 11, '02:42:00:00:00:11')] });
    expect(await shell(uuid, `ping -c 1 -W 3 ${wanted.prefix}.10`)).to.include('1 packets received');
  });

  it('may be two for one container, which a second create completes', async () => {
    const [first, second] = [await ensured(), await ensured()];
    const endpoints = [endpoint(first, 21, 'fa:16:3e:00:00:21'), endpoint(second, 22, 'fa:16:3e:00:00:22')];
    const want = bench.want({ endpoints: endpoints.slice(0, 1) });
    const id = await bench.driver.create(want);
    expect(await bench.driver.create({ ...want, endpoints })).to.equal(id);
    expect(await bench.driver.create({ ...want, endpoints })).to.equal(id);
    await bench.driver.start(want.uuid);
    const addresses = await shell(want.uuid, 'ip -4 addr');
    expect(addresses).to.include(`${first.prefix}.21/24`).and.to.include(`${second.prefix}.22/24`);
    expect(await shell(want.uuid, 'ip link')).to.include('fa:16:3e:00:00:21');
  });

  it('without any, a container has only its loopback', async () => {
    const uuid = await bench.started();
    expect(await shell(uuid, 'ls /sys/class/net')).to.equal('lo\n');
  });

  it('that are not there refuse the container', async () => {
    const gone = network();
    const want = bench.want({ endpoints: [endpoint(gone, 5, '02:42:00:00:00:05')] });
    const error = await refusal(bench.driver.create(want).then(() => bench.driver.start(want.uuid)));
    expect(error.reason).to.include(gone.name);
  });
}
