import type { RuntimeDriver } from '#core/runtime/driver.js';
import { busyboxRootfs, findStaticBusybox } from './busybox-rootfs.js';

export const SEED_IMAGE = 'busybox:latest';
const REGISTRY_IMAGE = 'docker.io/library/busybox:latest';
const PULL_TIMEOUT_MS = 15_000;
const CHANGES = ['CMD ["/bin/sh"]', 'ENV PATH=/bin'];

/**
 * Gives a newcomer a small image to run: pulls busybox, or makes it of the machine's static busybox where no registry can be
 * reached. An engine that has the image is left as it is. `say` is told what happens, a line at a time.
 * @returns what was done; `none` when there is no way to get it, which is no reason not to start
 * @throws Unavailable('engine')
 */
export async function seedImage(
  driver: RuntimeDriver,
  say: (line: string) => void,
): Promise<'present' | 'pulled' | 'made' | 'none'> {
  if ((await driver.inspectImage(SEED_IMAGE)) !== null) return 'present';
  say(`The engine has no image ${SEED_IMAGE}: pulling it`);
  try {
    await driver.pullImage(REGISTRY_IMAGE, null, { timeoutMs: PULL_TIMEOUT_MS });
    return 'pulled';
  } catch (error) {
    say(`It cannot be pulled (${error instanceof Error ? error.message : String(error)})`);
  }
  const busybox = await findStaticBusybox();
  if (busybox === null) {
    say('There is no static busybox to make it of (Debian: apt-get install busybox-static): starting without an image');
    return 'none';
  }
  say(`Making it of ${busybox}`);
  await driver.importImage(await busyboxRootfs(busybox), SEED_IMAGE, CHANGES);
  return 'made';
}
