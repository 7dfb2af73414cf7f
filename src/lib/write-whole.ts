import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';

/**
 * Writes a file so that a reader, or a crash, finds the old text or the new one and never a part. Leaves a file alone that has this
 * text and mode already. @returns whether it wrote
 */
export function writeWhole(file: string, text: string, mode: number): boolean {
  if (isSame(file, text, mode)) return false;
  const part = `${file}.${process.pid}`;
  const descriptor = openSync(part, 'w', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(part, file);
  return true;
}

function isSame(file: string, text: string, mode: number): boolean {
  try {
    return (statSync(file).mode & 0o777) === mode && readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}
