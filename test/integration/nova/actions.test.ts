import { expect } from 'chai';
import { type Deployment, deploy } from '#test/lib/deployment.js';
import { type Compute, compute, messageOf } from './fixture.js';

const OBEDIENT = {
  'container:command':
    'sh -c "trap exit TERM; echo line1; echo line2; echo line3; echo line4; while :; do sleep 0.1; done"',
  'container:tty': 'no',
};

describe('Nova API: actions of servers', function () {
  this.timeout(90_000);
  let zunova: Deployment;
  let nova: Compute;
  let id: string;
  before(async () => {
    zunova = await deploy();
    nova = await compute(zunova.client);
    id = await nova.boot('web1', { metadata: OBEDIENT }, { user: 'demo' });
    await nova.reaches(id, 'ACTIVE');
  });
  after(() => zunova.close());

  /** What a look right after the acceptance shows: the task, or already its end. */
  const accepted = async (action: Record<string, unknown>, tasks: readonly string[], end: string): Promise<void> => {
    const answer = await nova.act(id, action);
    expect([answer.status, answer.text]).to.deep.equal([202, '']);
    expect(answer.headers.get('content-length')).to.equal('0');
    const seen = await nova.show(id);
    const now = seen.str('OS-EXT-STS:task_state');
    expect(now === 'null' ? seen.str('status') === end : tasks.includes(now), now).to.equal(true);
    await nova.reaches(id, end);
  };

  it('stop, start, pause, unpause and reboot', async () => {
    await accepted({ 'os-stop': null }, ['powering-off'], 'SHUTOFF');
    expect((await nova.show(id)).get('OS-EXT-STS:power_state').value).to.equal(4);
    await accepted({ 'os-start': null }, ['powering-on'], 'ACTIVE');
    await accepted({ pause: null }, ['pausing'], 'PAUSED');
    expect((await nova.show(id)).get('OS-EXT-STS:power_state').value).to.equal(3);
    await accepted({ unpause: null }, ['unpausing'], 'ACTIVE');
    const launched = (await nova.show(id)).str('OS-SRV-USG:launched_at');
    await accepted({ reboot: { type: 'SOFT' } }, ['rebooting', 'reboot_started'], 'ACTIVE');
    await accepted({ reboot: { type: 'hard' } }, ['rebooting_hard', 'reboot_started_hard'], 'ACTIVE');
    expect((await nova.show(id)).str('OS-SRV-USG:launched_at')).to.equal(launched);
  });

  it('are recorded under the id of their request', async () => {
    const answer = await nova.act(id, { pause: null });
    const request = answer.headers.get('x-compute-request-id') ?? '';
    await nova.reaches(id, 'PAUSED');
    const shown = await nova.call('GET', `/servers/${id}/os-instance-actions/${request}`, { version: '2.84' });
    expect(shown.json.get('instanceAction').value).to.deep.include({
      action: 'pause',
      request_id: request,
      message: null,
    });
    expect(shown.json.get('instanceAction', 'events', 0).value).to.deep.include({
      event: 'compute_pause_instance',
      result: 'Success',
      host: 'testhost',
    });
    const list = await nova.call('GET', `/servers/${id}/os-instance-actions?limit=1`, { version: '2.58' });
    expect(list.json.list('instanceActions').map((a) => a.str('request_id'))).to.deep.equal([request]);
    expect(list.json.str('links', 0, 'href')).to.match(new RegExp(`limit=1&marker=${request}$`));
    const next = await nova.call('GET', `/servers/${id}/os-instance-actions?marker=${request}`, { version: '2.58' });
    expect(next.json.str('instanceActions', 0, 'action')).to.not.equal('pause');
    const unknown = await nova.call('GET', `/servers/${id}/os-instance-actions/req-x`);
    expect([unknown.status, messageOf(unknown)]).to.deep.equal([404, 'Action req-x not found']);
    await nova.act(id, { unpause: null });
    await nova.reaches(id, 'ACTIVE');
  });

  it('are refused in the wrong state, and while another is under way', async () => {
    const cannot = (action: string): string => `Cannot '${action}' instance ${id} while it is in vm_state active`;
    for (const [action, name] of [
      [{ 'os-start': null }, 'start'],
      [{ unpause: null }, 'unpause'],
      [{ resume: null }, 'resume'],
      [{ unrescue: null }, 'unrescue'],
      [{ restore: null }, 'restore'],
      [{ confirmResize: null }, 'confirmResize'],
      [{ unshelve: null }, 'unshelve'],
    ] as const) {
      const answer = await nova.act(id, action);
      expect([answer.status, messageOf(answer)], name).to.deep.equal([409, cannot(name)]);
    }
    const slow = await nova.boot('slow', { metadata: { 'container:stop_timeout': '2' } });
    await nova.reaches(slow, 'ACTIVE');
    expect((await nova.act(slow, { 'os-stop': null })).status).to.equal(202);
    const busy = await nova.act(slow, { pause: null });
    expect([busy.status, messageOf(busy)]).to.deep.equal([
      409,
      `Cannot 'pause' instance ${slow} while it is in task_state powering-off`,
    ]);
    await nova.reaches(slow, 'SHUTOFF');
    await nova.call('DELETE', `/servers/${slow}`);
  });

  it('that containers do not have are refused at once, and leave no record', async () => {
    const before = (await nova.call('GET', `/servers/${id}/os-instance-actions`)).json.list('instanceActions').length;
    const refusals: readonly (readonly [Record<string, unknown>, number, RegExp])[] = [
      [{ suspend: null }, 400, /^Suspend is not supported for containers\.$/],
      [{ rescue: null }, 501, /^Rescue is not supported for containers\.$/],
      [{ changePassword: { adminPass: 'x' } }, 501, /^Unable to set password on instance$/],
      [{ migrate: null }, 400, /No valid host found for cold migrate$/],
      [{ 'os-migrateLive': {} }, 400, /^Live migration is not supported/],
      [{ evacuate: {} }, 400, /^Compute service of testhost is still in use\.$/],
      [{ trigger_crash_dump: null }, 404, /could not be found/],
      [{ resetNetwork: null }, 410, /no longer available/],
      [{ resize: { flavorRef: '2' } }, 501, /^The action resize is not implemented yet\.$/],
      [{ rebuild: { imageRef: nova.image } }, 501, /rebuild/],
      [{ createImage: { name: 'x' } }, 501, /createImage/],
      [{ shelve: null }, 501, /shelve/],
      [{ 'os-resetState': { state: 'active' } }, 501, /os-resetState/],
      [{ 'os-getSPICEConsole': { type: 'spice-html5' } }, 400, /^Unavailable console type spice-html5\.$/],
      [{ addFixedIp: { networkId: 1 } }, 400, /not supported for containers/],
      [{ bogus: null }, 400, /^There is no such action: bogus$/],
      [{}, 400, /^Malformed request body$/],
      [{ 'os-stop': null, pause: null }, 400, /^Malformed request body$/],
    ];
    for (const [action, status, message] of refusals) {
      const answer = await nova.act(id, action);
      expect(answer.status, JSON.stringify(action)).to.equal(status);
      expect(messageOf(answer)).to.match(message);
    }
    expect((await nova.act(id, { addFixedIp: {} }, { version: '2.44' })).status).to.equal(404);
    expect((await nova.act(id, { trigger_crash_dump: null }, { version: '2.17' })).status).to.equal(400);
    const after = (await nova.call('GET', `/servers/${id}/os-instance-actions`)).json.list('instanceActions').length;
    expect(after).to.equal(before);
    expect((await nova.show(id)).str('status')).to.equal('ACTIVE');
  });

  it('need the roles of their policy', async () => {
    const reader = await nova.act(id, { 'os-stop': null }, { user: 'reader' });
    expect([reader.status, messageOf(reader)]).to.deep.equal([
      403,
      "Policy doesn't allow os_compute_api:servers:stop to be performed.",
    ]);
    const member = await nova.act(id, { 'os-migrateLive': {} }, { user: 'demo' });
    expect([member.status, messageOf(member)]).to.deep.equal([
      403,
      "Policy doesn't allow os_compute_api:os-migrate-server:migrate_live to be performed.",
    ]);
  });

  it('are locked out for all but administrators', async () => {
    const lock = await nova.act(id, { lock: { locked_reason: 'maintenance' } }, { user: 'demo', version: '2.73' });
    expect(lock.status).to.equal(202);
    expect((await nova.show(id, { version: '2.73', user: 'demo' })).value).to.deep.include({
      locked: true,
      locked_reason: 'maintenance',
    });
    const listed = await nova.call('GET', '/servers?locked=true', { version: '2.73', user: 'demo' });
    expect(listed.json.list('servers').map((s) => s.str('id'))).to.deep.equal([id]);
    const attempts = await Promise.all([
      nova.act(id, { 'os-stop': null }, { user: 'demo' }),
      nova.call('DELETE', `/servers/${id}`, { user: 'demo' }),
      nova.call('POST', `/servers/${id}/metadata`, { user: 'demo', body: { metadata: { a: 'b' } } }),
    ]);
    for (const a of attempts) expect([a.status, messageOf(a)]).to.deep.equal([409, `Instance ${id} is locked`]);
    expect((await nova.act(id, { pause: null })).status).to.equal(202);
    await nova.reaches(id, 'PAUSED');
    expect((await nova.act(id, { unpause: null })).status).to.equal(202);
    await nova.reaches(id, 'ACTIVE');
    expect((await nova.act(id, { unlock: null }, { user: 'demo' })).status).to.equal(202);
    expect((await nova.show(id, { version: '2.73' })).value).to.deep.include({ locked: false, locked_reason: null });
  });

  it('of an administrator of another project cannot be unlocked by the owner', async () => {
    const other = await nova.boot('alts', {}, { user: 'alt' });
    await nova.reaches(other, 'ACTIVE');
    expect((await nova.act(other, { lock: null })).status).to.equal(202);
    const refused = await nova.act(other, { unlock: null }, { user: 'alt' });
    expect([refused.status, messageOf(refused)]).to.deep.equal([
      403,
      "Policy doesn't allow os_compute_api:os-lock-server:unlock:unlock_override to be performed.",
    ]);
    expect((await nova.act(other, { unlock: null })).status).to.equal(202);
  });

  it('show the console in pieces', async () => {
    const output = async (argument: unknown): Promise<string> => {
      const answer = await nova.act(id, { 'os-getConsoleOutput': argument }, { user: 'demo' });
      expect(answer.status).to.equal(200);
      return answer.json.str('output');
    };
    const whole = await output({});
    expect(whole).to.match(/^line1\nline2\nline3\nline4\n/);
    expect((await output({ length: '3' })).split('\n')).to.deep.equal(['line3', 'line4', '']);
    expect((await output({ length: 2 })).split('\n')).to.deep.equal(['line4', '']);
    expect(await output({ length: 0 })).to.equal('');
    expect(await output({ length: -1 })).to.equal(whole);
    expect(await output({ length: null })).to.equal(whole);
    const created = await zunova.client.native('POST', '/containers', { body: { image: 'busybox' } });
    const building = await nova.act(created.json.str('uuid'), { 'os-getConsoleOutput': {} });
    expect(building.status).to.be.oneOf([200, 409]);
  });
});
