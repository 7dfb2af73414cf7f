import { execFile } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { PassThrough, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { type Header, pack } from 'tar-stream';

/** Where Debian's busybox-static and other distributions put it. */
const CANDIDATES = ['/bin/busybox', '/usr/bin/busybox', '/bin/busybox.static'];
const DIRECTORIES = [
  'bin',
  'dev',
  'etc',
  'home',
  'proc',
  'root',
  'run',
  'sys',
  'usr',
  'usr/bin',
  'usr/sbin',
  'var',
  'var/log',
  'var/www',
];
/** Sticky: every user may write, and remove only what is his own. */
const SHARED_DIRECTORIES = ['tmp', 'var/tmp'];
const LINKS: Readonly<Record<string, string>> = { 'var/run': '/run', 'usr/bin/env': '/bin/busybox' };
const FILES: Readonly<Record<string, string>> = {
  'etc/passwd': [
    'root:x:0:0:root:/root:/bin/sh',
    'daemon:x:1:1:daemon:/usr/sbin:/bin/false',
    'www-data:x:33:33:www-data:/var/www:/bin/false',
    'nobody:x:65534:65534:nobody:/home:/bin/false',
    '',
  ].join('\n'),
  'etc/group': ['root:x:0:', 'daemon:x:1:', 'tty:x:5:', 'www-data:x:33:', 'nogroup:x:65534:', ''].join('\n'),
  'etc/nsswitch.conf': 'hosts: files dns\n',
};
/** The same content gives the same archive, wherever and whenever it is made. */
const MTIME = new Date(0);
const LIST_TIMEOUT_MS = 5_000;

/** @returns path of a busybox that runs without any library, or null */
export async function findStaticBusybox(candidates: readonly string[] = CANDIDATES): Promise<string | null> {
  for (const path of candidates) if (await isStatic(path)) return path;
  return null;
}

/** A root file system made of one busybox, a link for each of its commands, and what these need, as a tar archive. */
export async function busyboxRootfs(busybox: string): Promise<Readable> {
  const { stdout } = await promisify(execFile)(busybox, ['--list'], { timeout: LIST_TIMEOUT_MS });
  const commands = stdout.split('\n').filter((name) => name !== '' && name !== 'busybox');
  const program = await readFile(busybox);
  const archive = pack();
  const add = (header: Partial<Header> & { name: string }, content: Buffer | string = ''): void => {
    archive.entry({ uid: 0, gid: 0, mtime: MTIME, ...header }, content);
  };
  for (const name of DIRECTORIES) add({ name, type: 'directory', mode: name === 'root' ? 0o700 : 0o755 });
  for (const name of SHARED_DIRECTORIES) add({ name, type: 'directory', mode: 0o1777 });
  add({ name: 'bin/busybox', mode: 0o755 }, program);
  for (const command of commands) add({ name: `bin/${command}`, type: 'symlink', linkname: 'busybox' });
  for (const [name, linkname] of Object.entries(LINKS)) add({ name, type: 'symlink', linkname });
  for (const [name, content] of Object.entries(FILES)) add({ name, mode: 0o644 }, content);
  archive.finalize();
  return archive.pipe(new PassThrough());
}

/** ELF: a program that needs a loader and libraries names its loader in a segment of this type. */
const PT_INTERP = 3;
const HEADER_BYTES = 4096;

/** Debian's `busybox` is linked to libc and would not run alone, `busybox-static` is not. 64-bit little-endian ELF only. */
async function isStatic(path: string): Promise<boolean> {
  let header: Buffer;
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      header = buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
  if (header.length < 64 || header.toString('latin1', 0, 6) !== '\x7fELF\x02\x01') return false;
  const offset = Number(header.readBigUInt64LE(32));
  const size = header.readUInt16LE(54);
  const count = header.readUInt16LE(56);
  if (offset + size * count > header.length) return false;
  return Array.from({ length: count }, (_, i) => header.readUInt32LE(offset + i * size)).every(
    (type) => type !== PT_INTERP,
  );
}
