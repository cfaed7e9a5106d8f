// Small disks of a test's own. They need root.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { place } from './temp-dir.js';
import type { Place } from './temp-dir.js';

/**
 * A file system of `megabytes` on this directory, until the test has finished or the answer is
 * called.
 */
export function mountTmpfs(
  directory: string,
  megabytes: number,
  ...options: string[]
): () => void {
  try {
    const all = [`size=${String(megabytes)}m`, ...options].join(',');
    execFileSync('mount', ['-t', 'tmpfs', '-o', all, 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    throw new Error('the tests of small disks mount a tmpfs: run them as root', { cause: error });
  }
  let mounted = true;
  const unmount = () => {
    if (mounted) execFileSync('umount', ['--lazy', directory]);
    mounted = false;
  };
  onTestFinished(unmount);
  return unmount;
}

/** A place of which one directory lies on a small disk, `disk`, with other things that are not in it. */
export function placeOnSmallDisk(
  which: 'root' | 'cloud' | 'stateDir',
  megabytes: number,
): { at: Place; disk: string } {
  const made = place();
  const disk = join(made.base, 'disk');
  mkdirSync(disk);
  mountTmpfs(disk, megabytes);
  const directory = join(disk, which);
  mkdirSync(directory);
  return { at: { ...made, [which]: directory }, disk };
}

export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

const block = Buffer.alloc(4096, 'ballast');

/** Leaves `room` bytes, or nothing, on the disk of this directory; gives what makes room again. */
export function fillUp(directory: string, room = 0): () => void {
  const path = join(directory, 'ballast');
  const ballast = openSync(path, 'w');
  try {
    while (freeBytes(directory) > room) writeSync(ballast, block);
  } finally {
    closeSync(ballast);
  }
  return () => rmSync(path);
}
