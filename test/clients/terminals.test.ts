import { expect } from 'chai';
import { type Cli, cliOf } from '#test/lib/cli.js';
import { type Containers, containersOf } from '#test/lib/containers.js';
import { type Deployment, deploy } from '#test/lib/deployment.js';

/** The interactive commands of the stock client, in a terminal as a person has it. */
describe('terminals with the stock client', function () {
  this.timeout(120_000);
  let zunova: Deployment;
  let containers: Containers;
  let cli: Cli;
  let uuid: string;

  before(async () => {
    zunova = await deploy();
    containers = containersOf(zunova);
    cli = cliOf(zunova);
    uuid = await containers.running({ name: 'term', command: ['sh'], interactive: true, tty: true });
  });
  after(() => zunova.close());

  it('exec --interactive gives a shell, and the container goes on without it', async () => {
    const shown = await cli.interactive(
      '/ #',
      'echo sum-$((40+2))\\nexit\\n',
      'appcontainer',
      'exec',
      '--interactive',
      'term',
      'sh',
    );
    expect(shown.stdout).to.include('sum-42');
    expect(shown.code).to.equal(0);
    await containers.reaches(uuid, 'Running');
  });

  it('attach is the main process: leaving its shell ends the container', async () => {
    const shown = await cli.interactive('/ #', 'echo sum-$((40+3))\\nexit\\n', 'appcontainer', 'attach', 'term');
    expect(shown.stdout).to.include('sum-43');
    await containers.reaches(uuid, 'Stopped');
  });
});
