import { expect } from 'chai';
import { createBody, limitMembers } from '#core/runtime/docker/create-body.js';
import type { EngineEndpoint } from '#core/runtime/driver.js';
import { engineContainer } from '#test/lib/engine-container.js';

const identity = { deployment: 'deployment-1', host: 'host-1' };
const MIB = 1024 ** 2;

const endpoint = (network: string, macAddress: string): EngineEndpoint => ({
  network,
  macAddress,
  ipv4: '10.0.0.5',
  ipv6: null,
});

describe('body of a docker create', () => {
  it('carries our labels over those of the user', () => {
    const want = engineContainer({
      labels: { 'zunova.uuid': 'forged', 'Zunova.Other': 'x', mine: 'yes' },
      generation: 4,
    });
    expect(createBody(want, identity, false)).to.have.deep.property('Labels', {
      mine: 'yes',
      'zunova.uuid': want.uuid,
      'zunova.project': 'project-1',
      'zunova.generation': '4',
      'zunova.host': 'host-1',
      'zunova.deployment': 'deployment-1',
    });
  });

  it('leaves to the image what was not asked for', () => {
    const body = createBody(engineContainer({ command: null }), identity, false);
    expect(body).not.to.have.any.keys(
      'Cmd',
      'Entrypoint',
      'WorkingDir',
      'User',
      'Healthcheck',
      'StopSignal',
      'StopTimeout',
    );
    expect(body).to.have.nested.property('HostConfig.RestartPolicy.Name', 'no');
    expect(body).not.to.have.nested.property('HostConfig.Runtime');
    expect(body).not.to.have.nested.property('HostConfig.PidsLimit');
  });

  it('keeps an empty entrypoint, which takes that of the image away', () => {
    expect(createBody(engineContainer({ entrypoint: [] }), identity, false)).to.have.deep.property('Entrypoint', []);
  });

  it('has the first endpoint only, with the MAC address where old and new engines look for it', () => {
    const endpoints = [endpoint('a', 'fa:16:3e:00:00:01'), endpoint('b', 'fa:16:3e:00:00:02')];
    const body = createBody(engineContainer({ endpoints }), identity, false);
    expect(body).to.include({ MacAddress: 'fa:16:3e:00:00:01' });
    expect(body).to.have.nested.property('HostConfig.NetworkMode', 'a');
    expect(body).to.have.deep.nested.property('NetworkingConfig.EndpointsConfig', {
      a: { IPAMConfig: { IPv4Address: '10.0.0.5' }, MacAddress: 'fa:16:3e:00:00:01', GwPriority: 2 },
    });
  });

  it('has no network without endpoints', () => {
    const body = createBody(engineContainer(), identity, false);
    expect(body).to.have.nested.property('HostConfig.NetworkMode', 'none');
    expect(body).not.to.have.property('MacAddress');
  });

  it('bounds the writable layer only where the engine can', () => {
    const want = engineContainer({ limits: { diskGb: 2 } });
    expect(createBody(want, identity, true)).to.have.nested.property('HostConfig.StorageOpt.size', '2G');
    expect(createBody(want, identity, false)).not.to.have.nested.property('HostConfig.StorageOpt');
    expect(createBody(engineContainer(), identity, true)).not.to.have.nested.property('HostConfig.StorageOpt');
  });

  it('gives times of a health check in nanoseconds', () => {
    const healthcheck = { test: 'true', interval: 1.5, retries: 3 };
    expect(createBody(engineContainer({ healthcheck }), identity, false)).to.have.deep.property('Healthcheck', {
      Test: ['CMD-SHELL', 'true'],
      Interval: 1_500_000_000,
      Retries: 3,
    });
  });

  it('counts retries only for on-failure, since the engine refuses them elsewhere', () => {
    for (const [name, count] of [
      ['always', 0],
      ['on-failure', 5],
    ] as const) {
      const want = engineContainer({ restartPolicy: { name, maximumRetryCount: 5 } });
      expect(createBody(want, identity, false)).to.have.nested.property(
        'HostConfig.RestartPolicy.MaximumRetryCount',
        count,
      );
    }
  });

  it('turns limits into the units of the engine, and 0 into no limit', () => {
    expect(limitMembers({ cpus: 0.5, memoryMb: 64, swapMb: 16 })).to.deep.equal({
      NanoCpus: 500_000_000,
      CpuShares: 512,
      Memory: 64 * MIB,
      MemorySwap: 80 * MIB,
    });
    expect(limitMembers({ cpus: 0, memoryMb: 0, swapMb: 16 })).to.deep.equal({});
    expect(limitMembers({ cpus: 0.001, memoryMb: 0, swapMb: 0 })).to.deep.equal({ NanoCpus: 1_000_000, CpuShares: 2 });
  });
});
