import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PassThrough, type Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { EngineImage, RuntimeDriver } from '#core/runtime/driver.js';

export const BUSYBOX = 'busybox:latest';

const PROGRAM = '/bin/busybox';

/** Makes the image that all tests run, from Debian's busybox-static, unless the engine has it. No registry is needed. */
export async function ensureBusybox(driver: RuntimeDriver): Promise<EngineImage> {
  const changes = ['CMD ["/bin/sh"]', 'ENV PATH=/bin'];
  return (await driver.inspectImage(BUSYBOX)) ?? driver.importImage(busyboxRoot(), BUSYBOX, changes);
}

/** A root file system as a tar archive: busybox under all its names, and the accounts that it looks up. */
export function busyboxRoot(): Readable {
  const root = pack();
  for (const name of ['bin', 'etc', 'proc', 'sys', 'dev', 'root', 'var']) {
    root.entry({ name: `${name}/`, type: 'directory', mode: name === 'root' ? 0o700 : 0o755 });
  }
  root.entry({ name: 'tmp/', type: 'directory', mode: 0o1777 });
  root.entry({ name: 'etc/passwd' }, 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  root.entry({ name: 'etc/group' }, 'root:x:0:\nnogroup:x:65534:\n');
  root.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync(PROGRAM));
  const applets = execFileSync(PROGRAM, ['--list'], { encoding: 'utf8' }).split('\n');
  for (const applet of applets.filter((name) => name !== '' && name !== 'busybox')) {
    root.entry({ name: `bin/${applet}`, type: 'symlink', linkname: 'busybox', mode: 0o777 });
  }
  root.finalize();
  return root.pipe(new PassThrough());
}
