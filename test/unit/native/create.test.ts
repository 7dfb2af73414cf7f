import { expect } from 'chai';
import { Forbidden, Invalid } from '#core/domain/errors.js';
import { MicroVersion } from '#core/http/version.js';
import { InvalidParamInVersion, InvalidValue } from '#native/errors.js';
import { type WantedContainer, wantedContainer } from '#native/translate/create.js';
import type { CreateContainerBody } from '#schemas/native/create-container.js';
import { bearer } from '#test/lib/images.js';

const member = bearer('p1');
const admin = bearer('p1', true);

const want = (more: Partial<CreateContainerBody>, version = '1.40', context = admin): WantedContainer =>
  wantedContainer({ image: 'busybox', ...more }, context, MicroVersion.of(version), false);

describe('native create in the words of the engine', () => {
  it('has the defaults of Zun', () => {
    const { input, image, placement, host } = want({});
    expect(input.spec.limits).to.deep.equal({ cpus: 1, memoryMb: 512, swapMb: 0, diskGb: 0, pids: null, shmMb: null });
    expect(input.networks).to.equal('default');
    expect(input.spec).to.include({
      start: false,
      privileged: false,
      command: null,
      entrypoint: null,
      restartPolicy: null,
    });
    expect(input.names[0]?.name).to.match(/^[a-z]+-([1-9]|1\d|2[0-4])-container$/);
    expect(input.names[0]?.hostname).to.equal(null);
    expect(image).to.deep.equal({ name: 'busybox', driver: null, policy: null });
    expect(placement).to.deep.equal({ zone: null, labels: {}, sameHost: [], differentHost: [] });
    expect(host).to.equal(null);
  });

  it('starts what is run', () => {
    expect(wantedContainer({ image: 'busybox' }, member, MicroVersion.of('1.1'), true).input.spec.start).to.equal(true);
  });

  it('splits the command of old versions by shell rules', () => {
    expect(want({ command: '"nginx" "-g" "daemon off;"' }, '1.19').input.spec.command).to.deep.equal([
      'nginx',
      '-g',
      'daemon off;',
    ]);
    expect(want({ command: '' }, '1.19').input.spec.command).to.equal(null);
    expect(() => want({ command: '"open' }, '1.19')).to.throw(InvalidValue);
  });

  it('takes empty lists of words as none', () => {
    const { spec } = want({ command: [], entrypoint: [] }).input;
    expect([spec.command, spec.entrypoint]).to.deep.equal([null, null]);
  });

  it('gives a terminal by version', () => {
    const seen = (version: string, body: Partial<CreateContainerBody>) => {
      const { tty, interactive } = want(body, version).input.spec;
      return { tty, interactive };
    };
    expect(seen('1.19', { interactive: true })).to.deep.equal({ tty: false, interactive: true });
    expect(seen('1.20', { interactive: true })).to.deep.equal({ tty: true, interactive: true });
    expect(seen('1.35', { interactive: false, tty: true })).to.deep.equal({ tty: false, interactive: false });
    expect(seen('1.35', { tty: true })).to.deep.equal({ tty: true, interactive: false });
    expect(seen('1.36', { interactive: true })).to.deep.equal({ tty: false, interactive: true });
  });

  describe('refuses parameters before their version', () => {
    const rows: readonly (readonly [keyof CreateContainerBody, number, Partial<CreateContainerBody>])[] = [
      ['auto_remove', 3, { auto_remove: false }],
      ['runtime', 5, { runtime: 'runc' }],
      ['hostname', 9, { hostname: 'web' }],
      ['mounts', 11, { mounts: [{ source: 'v', destination: '/v' }] }],
      ['privileged', 21, { privileged: false }],
      ['healthcheck', 22, { healthcheck: { cmd: 'true' } }],
      ['exposed_ports', 24, { exposed_ports: { '80': {} } }],
      ['registry', 31, { registry: 'r1' }],
    ];
    for (const [name, minor, body] of rows) {
      it(`${name} before 1.${minor}`, () => {
        expect(() => want(body, `1.${minor - 1}`)).to.throw(
          InvalidParamInVersion,
          `Invalid param ${name} because current request version is 1.${minor - 1}. ${name} is only supported from version 1.${minor}`,
        );
        if (name !== 'mounts' && name !== 'registry') want(body, `1.${minor}`);
      });
    }

    it('but not what clients send empty', () => {
      want({ mounts: [], healthcheck: {}, nets: [] }, '1.1');
    });
  });

  describe('refuses by policy', () => {
    const rows: readonly (readonly [string, Partial<CreateContainerBody>])[] = [
      ['container:create:runtime', { runtime: 'runc' }],
      ['container:create:image_pull_policy', { image_pull_policy: 'always' }],
      ['container:create:requested_destination', { host: 'node1' }],
    ];
    for (const [rule, body] of rows) {
      it(`${rule} to members`, () => {
        expect(() => want(body, '1.40', member))
          .to.throw(Forbidden)
          .with.property('rule', rule);
        want(body, '1.40', admin);
      });
    }

    it('privileged to everybody, and only when it is true', () => {
      for (const context of [member, admin]) {
        expect(() => want({ privileged: true }, '1.40', context)).to.throw(Forbidden);
        expect(want({ privileged: false }, '1.40', context).input.spec.privileged).to.equal(false);
      }
    });
  });

  it('refuses in words what is not offered', () => {
    expect(() => want({ mounts: [{ source: 'v', destination: '/v' }] })).to.throw(Invalid, 'Mounts are not supported');
    expect(() => want({ registry: 'r1' })).to.throw(Invalid, 'Registries are not supported');
    expect(() => want({ cpu_policy: 'dedicated' })).to.throw(Invalid, 'dedicated is not supported');
    want({ cpu_policy: 'shared' });
  });

  it('checks restart policies', () => {
    const policy = (restart_policy: NonNullable<CreateContainerBody['restart_policy']>, more = {}) =>
      want({ restart_policy, ...more }).input.spec.restartPolicy;
    expect(policy({ Name: 'on-failure', MaximumRetryCount: 2 })).to.deep.equal({
      name: 'on-failure',
      maximumRetryCount: 2,
    });
    expect(policy({ Name: 'always' })).to.deep.equal({ name: 'always', maximumRetryCount: 0 });
    expect(policy({ Name: 'no', MaximumRetryCount: 5 })).to.deep.equal({ name: 'no', maximumRetryCount: 0 });
    expect(() => policy({ Name: 'always', MaximumRetryCount: 1 })).to.throw(
      InvalidValue,
      'maximum retry count not valid with restart policy of always',
    );
    expect(() => policy({ Name: 'unless-stopped', MaximumRetryCount: 1 })).to.throw(InvalidValue);
    expect(() => policy({ Name: 'always' }, { auto_remove: true })).to.throw(InvalidValue, 'auto_remove');
    expect(policy({ Name: 'no' }, { auto_remove: true })).to.deep.equal({ name: 'no', maximumRetryCount: 0 });
  });

  it('checks exposed ports', () => {
    const ports = (...keys: string[]) =>
      want({ exposed_ports: Object.fromEntries(keys.map((k) => [k, {}])) }).input.spec.exposedPorts;
    expect(ports('80', '53/udp', '443/tcp', '80/tcp')).to.have.members(['80/tcp', '53/udp', '443/tcp']);
    expect(() => ports('80/sctp')).to.throw(InvalidValue, 'value sctp is an invalid protocol');
    for (const bad of ['0', '65536', '-1', 'http', '1.5', '']) {
      expect(() => ports(bad), bad).to.throw(InvalidValue, `value ${bad} is invalid as publish port.`);
    }
  });

  it('hands on networks, groups, hints, zone and host', () => {
    const uuid = 'ab640e60-8dfb-4d0a-b815-9496dd8b1870';
    const { input, placement, host } = want({
      nets: [{ network: 'a', 'v4-fixed-ip': '10.0.0.5' }, { port: 'p' }],
      security_groups: ['x', 'x', 'y'],
      hints: { 'label:disk': 'ssd', same_host: uuid, different_host: [uuid], other: 1 },
      availability_zone: 'az1',
      host: 'node1',
    });
    expect(input.networks).to.deep.equal([{ network: 'a', fixedIp: '10.0.0.5' }, { port: 'p' }]);
    expect(input.securityGroups).to.deep.equal(['x', 'y']);
    expect(placement).to.deep.equal({ zone: 'az1', labels: { disk: 'ssd' }, sameHost: [uuid], differentHost: [uuid] });
    expect(host).to.equal('node1');
    expect(() => want({ hints: { same_host: 'web1' } })).to.throw(InvalidValue);
    expect(() => want({ hints: { 'label:disk': 5 } })).to.throw(InvalidValue);
  });

  it('renames the command of a health check', () => {
    expect(want({ healthcheck: { cmd: 'true', interval: 5 } }).input.spec.healthcheck).to.deep.equal({
      test: 'true',
      interval: 5,
    });
    expect(want({ healthcheck: {} }).input.spec.healthcheck).to.equal(null);
  });
});
