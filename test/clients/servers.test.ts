import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Json } from '#test/lib/api-client.js';
import { type Cli, cliOf, propertiesOf, tableOf } from '#test/lib/cli.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { failure, until } from '#test/lib/until.js';

/** The servers commands of the README, by `openstack` and by `nova`, with their effect in the engine. */
describe('servers with the stock clients', function () {
  this.timeout(180_000);
  let zunova: Deployment;
  let cli: Cli;
  let directory: string;

  before(async () => {
    zunova = await deploy();
    cli = cliOf(zunova);
    directory = mkdtempSync(join(tmpdir(), 'zc-'));
  });
  after(async () => {
    await zunova.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const inEngine = async (uuid: string) => (await zunova.docker.getContainer(`zunova-${uuid}`).inspect()).State;
  const statusIs = (name: string, status: string): Promise<unknown> =>
    until(
      `${name} is ${status}`,
      async () => (await cli.openstackJson('server', 'show', name)).str('status') === status,
      40_000,
    );

  describe('openstack server', () => {
    let uuid: string;

    it('create --wait gives an ACTIVE server and a running container', async () => {
      const made = await cli.openstackJson(
        'server',
        'create',
        '--flavor',
        'm1.tiny',
        '--image',
        'busybox',
        '--property',
        'container:stop_timeout=1',
        '--wait',
        'web1',
      );
      uuid = made.str('id');
      expect(made.str('status')).to.equal('ACTIVE');
      expect(made.get('OS-EXT-STS:power_state').value).to.be.oneOf([1, 'Running']);
      expect(made.str('image')).to.include('busybox');
      expect(made.str('flavor')).to.include('m1.tiny');
      expect((await inEngine(uuid)).Running).to.equal(true);
      const { HostConfig } = await zunova.docker.getContainer(`zunova-${uuid}`).inspect();
      expect(HostConfig).to.include({ Memory: 512 * 1024 * 1024, NanoCpus: 1e9 });
    });

    it('list and show tell its address in the network', async () => {
      const [row] = (await cli.openstackJson('server', 'list')).list();
      expect(row?.str('Name')).to.equal('web1');
      expect(row?.str('Status')).to.equal('ACTIVE');
      expect(row?.str('Image')).to.equal('busybox');
      expect(row?.str('Flavor')).to.equal('m1.tiny');
      const { NetworkSettings } = await zunova.docker.getContainer(`zunova-${uuid}`).inspect();
      const address = Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? 'none';
      expect(JSON.stringify(row?.get('Networks').value)).to.include(address);
      expect((await cli.openstackJson('server', 'show', 'web1')).str('addresses')).to.not.equal('');
    });

    it('stop, start, pause, unpause and both reboots do that to the container', async () => {
      await cli.openstack('server', 'stop', 'web1');
      await statusIs('web1', 'SHUTOFF');
      expect((await inEngine(uuid)).Running).to.equal(false);
      await cli.openstack('server', 'start', 'web1');
      await statusIs('web1', 'ACTIVE');
      expect((await inEngine(uuid)).Running).to.equal(true);
      await cli.openstack('server', 'pause', 'web1');
      await statusIs('web1', 'PAUSED');
      expect((await inEngine(uuid)).Paused).to.equal(true);
      await cli.openstack('server', 'unpause', 'web1');
      await statusIs('web1', 'ACTIVE');
      expect((await inEngine(uuid)).Paused).to.equal(false);
      for (const kind of ['--hard', '--soft']) {
        const before = (await inEngine(uuid)).StartedAt;
        await cli.openstack('server', 'reboot', kind, '--wait', 'web1');
        expect((await inEngine(uuid)).StartedAt, kind).to.not.equal(before);
        await statusIs('web1', 'ACTIVE');
      }
    });

    it('console log show prints what the container printed', async () => {
      expect(await cli.openstack('console', 'log', 'show', 'web1')).to.include('built-in shell');
    });

    it('set --name renames it', async () => {
      await cli.openstack('server', 'set', '--name', 'web2', 'web1');
      expect((await cli.openstackJson('server', 'show', 'web2')).str('id')).to.equal(uuid);
      await cli.openstack('server', 'set', '--name', 'web1', 'web2');
    });

    it('delete --wait leaves nothing', async () => {
      await cli.openstack('server', 'delete', '--wait', 'web1');
      const missing = await failure(zunova.docker.getContainer(`zunova-${uuid}`).inspect());
      expect(new Json(missing).get('statusCode').value).to.equal(404);
      expect((await cli.openstackJson('server', 'list')).list()).to.have.length(0);
    });
  });

  describe('nova', () => {
    it('boot with everything gives the container its key, metadata and user data', async () => {
      writeFileSync(join(directory, 'user-data'), '#!/bin/sh\necho "user data ran as $(id -u)" > /tmp/ran\n');
      await cli.nova('keypair-add', 'k1');
      await cli.nova(
        'boot',
        '--flavor',
        'm1.tiny',
        '--image',
        'busybox',
        '--nic',
        'net-name=private',
        '--key-name',
        'k1',
        '--meta',
        'APP_MODE=demo',
        '--user-data',
        join(directory, 'user-data'),
        '--poll',
        'full',
      );
      const shown = propertiesOf(await cli.nova('show', 'full'));
      expect(shown['status']).to.equal('ACTIVE');
      expect(shown['key_name']).to.equal('k1');
      expect(shown['metadata']).to.include('demo');
      expect(shown['private network']).to.match(/^10\./);
      const exec = async (...command: string[]): Promise<string> =>
        (await cli.openstack('appcontainer', 'exec', 'full', ...command)).trim();
      expect(await exec('cat', '/tmp/ran')).to.equal('user data ran as 0');
      expect(await exec('cat', '/root/.ssh/authorized_keys')).to.match(/^ssh-rsa /);
      expect(await exec('sh', '-c', 'echo $APP_MODE')).to.equal('demo');
      expect(await exec('hostname')).to.equal('full');
    });

    it('boot without a nic takes the only network', async () => {
      await cli.nova(
        'boot',
        '--flavor',
        'c1.nano',
        '--image',
        'busybox',
        '--meta',
        'container:stop_timeout=1',
        '--poll',
        'plain',
      );
      expect(propertiesOf(await cli.nova('show', 'plain'))['private network']).to.match(/^10\./);
    });

    it('list shows both', async () => {
      const rows = tableOf(await cli.nova('list'));
      expect(rows.map((r) => `${r['Name']} ${r['Status']} ${r['Power State']}`).sort()).to.deep.equal([
        'full ACTIVE Running',
        'plain ACTIVE Running',
      ]);
    });

    it('stop, start, pause, unpause, reboot, update, console-log and delete work as by openstack', async () => {
      const status = (name: string): Promise<unknown> =>
        until(name, async () => propertiesOf(await cli.nova('show', 'plain'))['status'] === name, 40_000);
      await cli.nova('stop', 'plain');
      await status('SHUTOFF');
      await cli.nova('start', 'plain');
      await status('ACTIVE');
      await cli.nova('pause', 'plain');
      await status('PAUSED');
      await cli.nova('unpause', 'plain');
      await status('ACTIVE');
      await cli.nova('reboot', '--poll', 'plain');
      await cli.nova('reboot', '--hard', '--poll', 'plain');
      await status('ACTIVE');
      expect(await cli.nova('console-log', '--length', '40', 'plain')).to.include('built-in shell');
      await cli.nova('update', '--name', 'renamed', 'plain');
      await cli.nova('delete', 'renamed');
      await until('it is gone', async () => (await cli.attempt('nova', 'show', 'renamed')).code !== 0, 40_000);
    });

    it('actions of a server are listed with the request that made them', async () => {
      const rows = tableOf(await cli.nova('instance-action-list', 'full'));
      expect(rows.map((r) => r['Action'])).to.include('create');
      const request = rows[0]?.['Request_ID'] ?? '';
      expect(propertiesOf(await cli.nova('instance-action', 'full', request))['action']).to.equal('create');
    });
  });
});
