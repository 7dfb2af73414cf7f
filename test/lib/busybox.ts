import type { Readable } from 'node:stream';
import type { EngineImage, RuntimeDriver } from '#core/runtime/driver.js';
import { busyboxRootfs, findStaticBusybox } from '#core/standalone/busybox-rootfs.js';

export const BUSYBOX = 'busybox:latest';

/** Makes the image that all tests run, from Debian's busybox-static, unless the engine has it. No registry is needed. */
export async function ensureBusybox(driver: RuntimeDriver): Promise<EngineImage> {
  const changes = ['CMD ["/bin/sh"]', 'ENV PATH=/bin'];
  return (await driver.inspectImage(BUSYBOX)) ?? driver.importImage(await busyboxRoot(), BUSYBOX, changes);
}

/** A root file system as a tar archive: busybox under all its names, and the accounts that it looks up. */
export async function busyboxRoot(): Promise<Readable> {
  const busybox = await findStaticBusybox();
  if (busybox === null) throw new Error('the tests need a static busybox (Debian: apt-get install busybox-static)');
  return busyboxRootfs(busybox);
}
