// A disk that is full, here or in the cloud: what fits is done, nothing half is seen, room comes back.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { opened, secondDevice } from '../support/devices.js';
import { errorOf } from '../support/thrown.js';
import { freeBytes, mountTmpfs } from '../support/tmpfs.js';
import { place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { filesOf, ownEntries, told } from '../support/trees.js';
import { writeFiles } from '../support/write-files.js';

const megabyte = 1_000_000;
const diskMegabytes = 16;

/** Files that fit, and one that does not. */
function mixedFiles(): Record<string, Buffer> {
  return {
    'a.bin': randomBytes(100_000),
    'big.bin': randomBytes(40 * megabyte),
    'c/d.bin': randomBytes(100_000),
    'z.bin': randomBytes(100_000),
  };
}

/** As `filesOf` tells it, but for one of them. */
function toldOf(files: Record<string, Buffer>, without = ''): Record<string, string> {
  const kept = Object.entries(files).filter(([path]) => path !== without);
  return Object.fromEntries(kept.map(([path, content]) => [path, told(content)]));
}

/** A place whose root, or whose cloud, is a disk of 16 MB. */
function smallDisk(which: 'root' | 'cloud'): Place {
  const at = place();
  mountTmpfs(at[which], diskMegabytes);
  return at;
}

it('S038 a download that does not fit is 13900025, and takes no room', async () => {
  const first = await opened();
  first.write('big.bin', randomBytes(40 * megabyte));
  await first.sync();
  const second = await secondDevice(first, { at: smallDisk('root') });
  const before = freeBytes(second.root);
  const start = new second.cloudSync.Download().start(second.uri('big.bin'));
  expect(await errorOf(() => start)).toMatchObject({ code: 13900025, cause: 'noSpace' });
  expect(freeBytes(second.root)).toBe(before);
});

it('S048 a run whose downloads do not fit: LOCAL_STORAGE_FULL, the small ones are here', async () => {
  const first = await opened();
  const files = mixedFiles();
  writeFiles(first.root, files);
  await first.sync();
  const second = await opened({ at: smallDisk('root'), cloudOf: first });
  const { SyncState, ErrorType } = second.cloudSync;
  expect((await second.sync()).at(-1)).toEqual({
    state: SyncState.DOWNLOAD_FAILED,
    error: ErrorType.LOCAL_STORAGE_FULL,
  });
  expect(filesOf(second.root)).toEqual(toldOf(files, 'big.bin'));
  expect(ownEntries(second.root, 'tmp')).toEqual([]);
  expect(freeBytes(second.root)).toBeGreaterThan(12 * megabyte);
  expect(filesOf(first.cloud)).toEqual(toldOf(files)); // what is not here is not deleted there

  // What does not fit goes; what the user writes meanwhile goes up.
  second.write('new.txt', 'new');
  rmSync(join(first.root, 'big.bin'));
  await first.sync();
  expect((await second.sync()).at(-1)?.state).toBe(SyncState.COMPLETED);
  expect(filesOf(second.root)).toEqual(filesOf(first.cloud));
});

it('a cloud that is full: CLOUD_STORAGE_FULL, the small ones are there, nothing half', async () => {
  const at = await opened({ at: smallDisk('cloud') });
  const files = mixedFiles();
  writeFiles(at.root, files);
  const { SyncState, ErrorType } = at.cloudSync;
  expect((await at.sync()).at(-1)).toEqual({
    state: SyncState.UPLOAD_FAILED,
    error: ErrorType.CLOUD_STORAGE_FULL,
  });
  expect(filesOf(at.root)).toEqual(toldOf(files));
  expect(filesOf(at.cloud)).toEqual(toldOf(files, 'big.bin'));
  expect(ownEntries(at.cloud, 'tmp')).toEqual([]);
  expect(ownEntries(at.cloud, 'uploads')).toEqual([]);
  expect(freeBytes(at.cloud)).toBeGreaterThan(12 * megabyte);

  rmSync(join(at.root, 'big.bin'));
  expect((await at.sync()).at(-1)?.state).toBe(SyncState.COMPLETED);
});

it('a cloud that fills up on the way: each file is there whole or not at all', async () => {
  const at = await opened({ at: smallDisk('cloud') });
  const names = Array.from({ length: 10 }, (_, index) => `${String(index)}.bin`);
  const files = Object.fromEntries(names.map((name) => [name, randomBytes(3 * megabyte)]));
  writeFiles(at.root, files);
  const { FileSyncState, ErrorType } = at.cloudSync;
  expect((await at.sync()).at(-1)?.error).toBe(ErrorType.CLOUD_STORAGE_FULL);
  const there = filesOf(at.cloud);
  expect(Object.keys(there).length).toBeGreaterThan(0);
  expect(Object.keys(there).length).toBeLessThan(names.length);
  expect(toldOf(files)).toMatchObject(there);
  expect(filesOf(at.root)).toEqual(toldOf(files));
  for (const name of names) {
    const isThere = at.cloudSync.getFileSyncState(at.uri(name)) === FileSyncState.UPLOAD_SUCCESS;
    expect(isThere, name).toBe(name in there);
  }
});
