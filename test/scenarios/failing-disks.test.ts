// Disks that are full, refuse, cannot be read or rot: a file is here as it was, or as it is to be, and
// nothing of the disk's trouble reaches the cloud.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Notice } from '../../lib/index.js';
import { completes, COMPLETED, expectAtRest } from '../support/at-rest.js';
import { bucketCloud } from '../support/bucket-cloud.js';
import { directoryCloud } from '../support/directory-cloud.js';
import { downloaded, drive, opened } from '../support/devices.js';
import { Ext4Disk } from '../support/ext4-disk.js';
import { holding } from '../support/http-faults.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { mebibyte } from '../support/large-content.js';
import { freshBucket, useServers } from '../support/s3.js';
import { runProgram } from '../support/spawn.js';
import { syncedApart, syncing } from '../support/sync-program.js';
import { configOf, place, tempDir } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { fillUp, mountTmpfs, placeOnSmallDisk } from '../support/tmpfs.js';
import { filesOf, namesOf, ownEntries, stampsOf, told } from '../support/trees.js';
import { writeFiles } from '../support/write-files.js';

function rootOn(disk: Ext4Disk): Place {
  const at = { ...place(), root: join(disk.directory, 'root') };
  mkdirSync(at.root);
  return at;
}

/** Until nobody can take its last change for one within the tick of the clock that a look falls into. */
async function outOfDoubt(file: string): Promise<void> {
  const { ctimeMs } = statSync(file);
  await expect.poll(() => Date.now() - ctimeMs).toBeGreaterThan(50);
}

describe('a disk that is full', () => {
  it('S048 S051 a new version that does not fit: the old one stays, here and in the cloud', async () => {
    const cloud = directoryCloud();
    const { at, disk } = placeOnSmallDisk('root', 16);
    const device = await opened({ at, cloud });
    const [v1, v2] = [randomBytes(6 * mebibyte), randomBytes(12 * mebibyte)];
    device.write('film.bin', v1);
    device.write('small.txt', 'first');
    await completes(device);
    const before = stampsOf(at.root);
    await cloud.put('film.bin', v2);
    await cloud.put('small.txt', 'second');
    const there = await cloud.stamps();
    const { SyncState, ErrorType } = device.cloudSync;
    for (let run = 1; run <= 2; run += 1) {
      expect((await device.sync()).at(-1)).toEqual({
        state: SyncState.DOWNLOAD_FAILED,
        error: ErrorType.LOCAL_STORAGE_FULL,
      });
      expect(filesOf(at.root)).toEqual({ 'film.bin': told(v1), 'small.txt': 'second' });
      expect(stampsOf(at.root)['film.bin']).toBe(before['film.bin']);
      expect(ownEntries(at.root, 'tmp')).toEqual([]);
      expect(await cloud.stamps()).toEqual(there);
    }
    execFileSync('mount', ['-o', 'remount,size=64m', disk]);
    await completes(device);
    expect(await expectAtRest(cloud, device)).toEqual({
      'film.bin': told(v2),
      'small.txt': 'second',
    });
    expect(await cloud.stamps()).toEqual(there);
  });

  it('S051 a new version takes the place of the old one as a whole, never in its bytes', async () => {
    const cloud = directoryCloud();
    const device = await opened({ cloud });
    const [v1, v2] = [randomBytes(3 * mebibyte), randomBytes(mebibyte)];
    device.write('film.bin', v1);
    await completes(device);
    const other = join(device.base, 'the same file');
    linkSync(join(device.root, 'film.bin'), other);
    const open = openSync(join(device.root, 'film.bin'), 'r');
    onTestFinished(() => closeSync(open));
    await cloud.put('film.bin', v2);
    await completes(device);
    expect(await expectAtRest(cloud, device)).toEqual({ 'film.bin': told(v2) }); // no old tail
    expect(readFileSync(other).equals(v1)).toBe(true);
    expect(readFileSync(open).equals(v1)).toBe(true);
  });

  const files = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [`folder-${index % 3}/file-${index}`, `of ${index}`]),
  );

  // What a commit needs is somewhere among these.
  it.each([0, 4, 8, 16, 24, 32, 48, 64])(
    'S049 the state has %i KiB left: what was done is found again, not done again',
    async (kibibytes) => {
      const cloud = directoryCloud();
      const { at, disk } = placeOnSmallDisk('stateDir', 2);
      const device = await opened({ at, cloud });
      await completes(device);
      writeFiles(at.root, files);
      const free = fillUp(disk, kibibytes * 1024);
      const last = (await device.sync()).at(-1);
      if (kibibytes === 0) expect(last).not.toEqual(COMPLETED);
      expect(filesOf(at.root)).toEqual(files);
      const there = await cloud.stamps();
      free();
      await completes(device);
      expect(await cloud.stamps()).toMatchObject(there);
      expect(await expectAtRest(cloud, device)).toEqual(files);
    },
  );

  it.each([0, 8, 24, 48])(
    'S049 the state has %i KiB left: what came down is not fetched into another file',
    async (kibibytes) => {
      const cloud = directoryCloud();
      const { at, disk } = placeOnSmallDisk('stateDir', 2);
      const device = await opened({ at, cloud });
      await completes(device);
      for (const [path, content] of Object.entries(files)) await cloud.put(path, content);
      const there = await cloud.stamps();
      const free = fillUp(disk, kibibytes * 1024);
      await device.sync();
      expect(files).toMatchObject(filesOf(at.root));
      free();
      await completes(device);
      expect(await expectAtRest(cloud, device)).toEqual(files);
      expect(await cloud.stamps()).toEqual(there);
    },
  );
});

describe('a disk that fails', () => {
  const errors = (notices: Notice[], path: string) =>
    notices.filter((notice) => notice.path === path).map(({ message }) => message);

  it('S050 cannot be read from some place on: that file fails by name, nothing half goes up', async () => {
    const disk = new Ext4Disk(48);
    const at = rootOn(disk);
    writeFiles(at.root, { 'a.txt': 'first', 'known.bin': randomBytes(2 * mebibyte) });
    const known = readFileSync(join(at.root, 'known.bin'));
    const made = await opened({ at });
    await completes(made);
    await made.device.close();
    writeFiles(at.root, { 'a.txt': 'second', 'broken.bin': randomBytes(10 * mebibyte) });
    disk.unmount();
    const places = disk.placesOf('root/broken.bin');
    const from = places[places.length / 2]!;
    expect(from).toBeGreaterThan(Math.max(...disk.placesOf('root/known.bin')));
    disk.mount();
    const device = await opened({ at });
    const notices: Notice[] = [];
    device.device.on('notice', (notice) => notices.push(notice));
    disk.breakFrom(from);

    const { SyncState } = device.cloudSync;
    for (let run = 1; run <= 2; run += 1) {
      expect((await device.sync()).at(-1)?.state).toBe(SyncState.UPLOAD_FAILED);
      expect(errors(notices, 'broken.bin').join()).toMatch(/Input\/output error/);
      expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'second', 'known.bin': told(known) });
      expect(ownEntries(at.cloud, 'tmp')).toEqual([]);
      expect(ownEntries(at.cloud, 'uploads')).toEqual([]);
    }
    expect(new Set(notices.map(({ path }) => path))).toEqual(new Set(['broken.bin']));
  });

  describe('over a network', () => {
    useServers('ceph');

    it('S050 S046 takes nothing any more in the middle of a run: nothing is taken for deleted, or empty', async () => {
      const bucket = await freshBucket('ceph');
      const proxy = await httpFaultProxy(bucket.access.endpoint);
      const disk = new Ext4Disk(48);
      const at = rootOn(disk);
      const device = await opened({ at, cloud: bucketCloud(bucket.by(proxy.endpoint), '') });
      writeFiles(at.root, { 'a.txt': 'a', 'b.txt': 'b' });
      await outOfDoubt(join(at.root, 'b.txt'));
      await completes(device);
      const bytes = randomBytes(9 * mebibyte);
      await bucket.put('film.bin', bytes);
      await bucket.put('a.txt', 'edited there');
      const held = holding(({ method, path }) => method === 'GET' && path.endsWith('film.bin'));
      proxy.script = held.script;
      const running = device.sync();
      await held.reached;
      disk.abort();
      held.release();
      const { SyncState } = device.cloudSync;
      expect((await running).at(-1)?.state).toBe(SyncState.DOWNLOAD_FAILED);
      expect((await device.sync()).at(-1)?.state).not.toBe(SyncState.COMPLETED);
      await device.device.close();
      expect(namesOf(at.root)).toEqual(['a.txt', 'b.txt']);
      const keys = (await bucket.keys()).filter((key) => !key.startsWith('.cloudsync/'));
      expect(keys).toEqual(['a.txt', 'b.txt', 'film.bin']);

      // What the kernel had not written is lost: files are empty that nobody has emptied (S046).
      disk.unmount();
      disk.mount();
      expect(filesOf(at.root)['b.txt']).toBe('');
      const later = await opened({ at, cloud: bucketCloud(bucket, '') });
      await completes(later);
      expect(await expectAtRest(bucketCloud(bucket, ''), later)).toEqual({
        'a.txt': 'edited there',
        'b.txt': 'b',
        'film.bin': told(bytes),
      });
    });
  });

  it('S056 turns a bit over where no time tells: the cloud keeps what is right', async () => {
    const cloud = directoryCloud();
    const disk = new Ext4Disk(32);
    const at = rootOn(disk);
    const content = randomBytes(64 * 1024);
    const first = await opened({ at, cloud });
    first.write('rotten.bin', content);
    utimesSync(join(at.root, 'rotten.bin'), 1e9, 1e9);
    await completes(first);
    await first.device.close();
    const before = [stampsOf(at.root), await cloud.stamps()];
    disk.unmount();
    const image = readFileSync(disk.image);
    const spot = image.indexOf(content.subarray(4096, 8192)) + 17;
    expect(spot).toBeGreaterThan(17);
    const file = openSync(disk.image, 'r+');
    writeSync(file, Buffer.of(image.readUInt8(spot) ^ 4), 0, 1, spot);
    closeSync(file);
    disk.mount();
    expect(readFileSync(join(at.root, 'rotten.bin')).equals(content)).toBe(false);
    expect([stampsOf(at.root), await cloud.stamps()]).toEqual(before);

    const later = await opened({ at, cloud });
    await completes(later);
    expect(await cloud.files()).toEqual({ 'rotten.bin': told(content) });
    expect(await cloud.stamps()).toEqual(before[1]);
    // Until a scrub finds it: freed and fetched again it is right.
    const uri = later.uri('rotten.bin');
    new later.cloudSync.CloudFileCache().cleanCache(uri);
    await downloaded(later, uri);
    expect(await expectAtRest(cloud, later)).toEqual({ 'rotten.bin': told(content) });
  });
});

describe('S054 the state lies on', () => {
  const disks: Record<string, () => string> = {
    tmpfs: () => {
      const directory = tempDir();
      mountTmpfs(directory, 8);
      return directory;
    },
    overlay: () => {
      const [over, directory] = [tempDir(), tempDir()];
      mountTmpfs(over, 8);
      const parts = ['lower', 'upper', 'work'].map((name) => join(over, name));
      for (const part of parts) mkdirSync(part);
      const [lower = '', upper = '', work = ''] = parts;
      const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
      execFileSync('mount', ['-t', 'overlay', '-o', options, 'overlay', directory]);
      onTestFinished(() => void execFileSync('umount', ['--lazy', directory]));
      return directory;
    },
    ext4: () => new Ext4Disk(16).directory,
  };

  it.each(Object.keys(disks))(
    '%s: a process that is killed leaves what the next one needs',
    async (kind) => {
      const at = { ...place(), stateDir: join(disks[kind]!(), 'state') };
      const config = configOf(at, drive);
      writeFiles(at.root, { 'a.txt': 'a', 'b/c.txt': 'c' });
      const killed = runProgram(`${syncing} await run(); process.kill(process.pid, 'SIGKILL');`, {
        config,
      });
      expect(await killed.ended).toMatchObject({ exit: 'SIGKILL', lines: ['state 4 0'] });
      const before = [stampsOf(at.root), stampsOf(at.cloud)];
      expect(await syncedApart(config)).toEqual(['state 4 0']);
      expect([stampsOf(at.root), stampsOf(at.cloud)]).toEqual(before);
      writeFiles(at.root, { 'a.txt': 'edited' });
      expect(await syncedApart(config)).toEqual(['state 4 0']);
      expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'edited', 'b/c.txt': 'c' });
    },
  );
});
