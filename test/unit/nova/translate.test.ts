import { expect } from 'chai';
import type { Flavor } from '#core/domain/records.js';
import { Refusal } from '#nova/refusal.js';
import { syntheticFlavor, syntheticFlavorById } from '#nova/synthetic-flavor.js';
import { checkBlockDevices } from '#nova/translate/block-devices.js';
import { authorizedKeys, personalityFiles } from '#nova/translate/files.js';
import { flavorSettings } from '#nova/translate/flavor-limits.js';
import { imageDefaults } from '#nova/translate/image.js';
import { wantedNetworks } from '#nova/translate/networks.js';
import { strictBoolean, timeOf } from '#nova/translate/words.js';
import type { BlockDevice } from '#schemas/nova/block-device.js';

const IMAGE = '5e1c7c0d-3f0a-5a55-9d0e-8b8d3f0a1c2b';
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const flavor = (over: Partial<Flavor> = {}): Flavor => ({
  flavorId: '1',
  name: 'm1.tiny',
  vcpus: 1,
  ramMb: 512,
  diskGb: 1,
  ephemeralGb: 0,
  swapMb: 0,
  rxtxFactor: 1,
  isPublic: true,
  disabled: false,
  description: null,
  extraSpecs: {},
  createdAt: new Date(0),
  ...over,
});

describe('flavors', () => {
  it('become limits', () => {
    const { limits, runtime, privileged } = flavorSettings(flavor({ vcpus: 2, ramMb: 1024, swapMb: 256, diskGb: 20 }));
    expect(limits).to.deep.equal({ cpus: 2, memoryMb: 1024, swapMb: 256, diskGb: 20, pids: null, shmMb: null });
    expect({ runtime, privileged }).to.deep.equal({ runtime: null, privileged: false });
  });

  it('have extra specs for containers', () => {
    const extraSpecs = {
      'quota:cpu_quota': '50000',
      'quota:cpu_period': '100000',
      'container:pids_limit': '200',
      'container:shm_size': '64',
      'container:runtime': 'runsc',
      'container:privileged': 'true',
      'container:init': 'false',
      'aggregate_instance_extra_specs:ssd': 'true',
    };
    const settings = flavorSettings(flavor({ extraSpecs }));
    expect(settings.limits).to.deep.include({ cpus: 0.5, pids: 200, shmMb: 64 });
    expect(settings).to.deep.include({ runtime: 'runsc', privileged: true, init: false, tty: null });
  });

  it('with limits that containers cannot be given are refused', () => {
    for (const key of [
      'quota:cpu_shares',
      'quota:disk_read_bytes_sec',
      'container:cap_add',
      'container:ulimit.nofile',
    ]) {
      expect(() => flavorSettings(flavor({ extraSpecs: { [key]: '1' } })), key).to.throw(Refusal, key);
    }
    expect(() => flavorSettings(flavor({ extraSpecs: { 'container:pids_limit': 'many' } }))).to.throw(Refusal);
  });

  it('are made up from sizes, and found again by their id', () => {
    const made = syntheticFlavor({ cpus: 1.5, memoryMb: 512, diskGb: 10 });
    expect(made).to.deep.include({ id: 'c-1500-512-10', name: 'c-1500-512-10', vcpus: 2, ramMb: 512, diskGb: 10 });
    expect(syntheticFlavorById(made.id)).to.deep.include({ flavorId: made.id, vcpus: 2, ramMb: 512, isPublic: false });
    expect(syntheticFlavor({ cpus: 0, memoryMb: 0, diskGb: 0 })).to.deep.include({ id: 'c-0-0-0', vcpus: 1 });
    for (const id of ['c-1', 'c--1-2-3', 'c-01-2-3', 'c1', 'x-1-2-3'])
      expect(syntheticFlavorById(id), id).to.equal(null);
  });
});

describe('image properties', () => {
  it('give defaults', () => {
    const properties = {
      os_command_line: 'httpd -f',
      container_entrypoint: '["/e"]',
      container_workdir: '/w',
      container_user: 'u',
      container_tty: 'false',
      container_env_A: '1',
      'container_env_b-c': 'x',
      hw_disk_bus: 'virtio',
    };
    expect(imageDefaults({ properties })).to.deep.equal({
      command: ['httpd', '-f'],
      entrypoint: ['/e'],
      workdir: '/w',
      user: 'u',
      tty: false,
      init: null,
      environment: { A: '1' },
    });
    expect(() => imageDefaults({ properties: { container_init: 'x' } })).to.throw(Refusal, 'container_init');
  });
});

describe('networks and block devices', () => {
  it('translate what is asked for', () => {
    expect(wantedNetworks(undefined)).to.equal('auto');
    expect(wantedNetworks([])).to.equal('auto');
    expect(wantedNetworks('none')).to.equal('none');
    expect(
      wantedNetworks([
        { uuid: IMAGE, fixed_ip: '10.0.0.3' },
        { port: IMAGE, uuid: IMAGE },
      ]),
    ).to.deep.equal([{ network: IMAGE, fixedIp: '10.0.0.3' }, { port: IMAGE }]);
    expect(() => wantedNetworks([{ uuid: 'net' }])).to.throw(Refusal, /not in proper format \(net\)/);
    expect(() => wantedNetworks([{}])).to.throw(Refusal, "missing 'uuid'");
    expect(() => wantedNetworks([{ port: IMAGE, fixed_ip: '10.0.0.3' }])).to.throw(Refusal, /cannot be used with port/);
  });

  const check =
    (devices: readonly BlockDevice[], over: Partial<Flavor> = {}) =>
    () =>
      checkBlockDevices({ name: 'a', flavorRef: '1', imageRef: IMAGE, block_device_mapping_v2: devices }, flavor(over));

  it('accept the root and swap within the flavor', () => {
    expect(check([{ source_type: 'image', destination_type: 'local', boot_index: 0, uuid: IMAGE }])).to.not.throw();
    const swap: BlockDevice = {
      source_type: 'blank',
      destination_type: 'local',
      guest_format: 'swap',
      volume_size: 64,
    };
    expect(check([swap], { swapMb: 64 })).to.not.throw();
    expect(check([swap], { swapMb: 32 })).to.throw(Refusal, 'Swap drive requested is larger');
  });

  const refused: readonly (readonly [BlockDevice, RegExp])[] = [
    [{ source_type: 'volume', uuid: 'v', boot_index: 0 }, /Booting from volume is not supported/],
    [{ source_type: 'image', destination_type: 'volume', uuid: IMAGE, boot_index: 0 }, /Booting from volume/],
    [{ source_type: 'volume', uuid: 'v', boot_index: -1 }, /no volume service/],
    [{ source_type: 'blank', destination_type: 'volume', volume_size: 1 }, /no volume service/],
    [{ source_type: 'blank', destination_type: 'local', volume_size: 1 }, /Ephemeral disks requested are larger/],
    [{ source_type: 'blank', uuid: 'v' }, /Invalid device UUID/],
    [{ source_type: 'volume' }, /Missing device UUID/],
    [{ source_type: 'image', destination_type: 'local', uuid: 'other', boot_index: 0 }, /image to local/],
  ];
  for (const [device, message] of refused) {
    it(`refuse ${JSON.stringify(device)}`, () => expect(check([device])).to.throw(Refusal, message));
  }
});

describe('files', () => {
  it('of the old API are put where they belong, within the limits', () => {
    expect(personalityFiles([{ path: '/etc/motd', contents: base64('hi') }])).to.deep.equal([
      { path: '/etc/motd', contentBase64: base64('hi'), mode: 0o644 },
    ]);
    const file = { path: '/x', contents: '' };
    expect(() => personalityFiles(Array.from({ length: 6 }, () => file))).to.throw(Refusal, 'file limit exceeded');
    expect(() => personalityFiles([{ path: '/x', contents: base64('x'.repeat(10_241)) }])).to.throw(
      Refusal,
      /content exceeds/,
    );
    expect(() => personalityFiles([{ path: `/${'x'.repeat(255)}`, contents: '' }])).to.throw(Refusal, /path exceeds/);
    for (const path of ['etc/x', '/a/../b', '/dir/', '']) {
      expect(() => personalityFiles([{ path, contents: '' }]), path).to.throw(Refusal, /not an absolute path/);
    }
  });

  it('of a key pair go to the home of its user', () => {
    expect(authorizedKeys('ssh-rsa AAA', null)).to.deep.equal({
      path: '/root/.ssh/authorized_keys',
      contentBase64: base64('ssh-rsa AAA\n'),
      mode: 0o600,
    });
    expect(authorizedKeys('k', 'deploy').path).to.equal('/home/deploy/.ssh/authorized_keys');
  });
});

describe('words and times of queries', () => {
  it('are strict', () => {
    for (const yes of ['true', '1', 'YES', 'on', 't']) expect(strictBoolean('x', yes), yes).to.equal(true);
    for (const no of ['False', '0', 'no', 'off']) expect(strictBoolean('x', no), no).to.equal(false);
    expect(() => strictBoolean('locked', 'maybe')).to.throw(Refusal, "Unrecognized value 'maybe' for locked");
  });

  it('are of UTC unless they say otherwise', () => {
    const rows: readonly (readonly [string, string])[] = [
      ['2026-01-10T08:30:15Z', '2026-01-10T08:30:15.000Z'],
      ['2026-01-10T08:30:15', '2026-01-10T08:30:15.000Z'],
      ['2026-01-10 08:30:15.5', '2026-01-10T08:30:15.500Z'],
      ['2026-01-10T08:30:15.123456', '2026-01-10T08:30:15.123Z'],
      ['2026-01-10T08:30:15+02:00', '2026-01-10T06:30:15.000Z'],
      ['2026-01-10T08:30:15 02:00', '2026-01-10T06:30:15.000Z'],
      ['2026-01-10', '2026-01-10T00:00:00.000Z'],
    ];
    for (const [text, iso] of rows) expect(timeOf('t', text).toISOString(), text).to.equal(iso);
    for (const bad of ['', 'yesterday', '2026-13-01', '2026-01-10T25:00:00', '1700000000']) {
      expect(() => timeOf('changes-since', bad), bad).to.throw(Refusal, /^Invalid changes-since value/);
    }
  });
});
