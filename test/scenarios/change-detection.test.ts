// What counts as a change: never the clock of this machine or of another one, always the content.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completes, expectAtRest, settle } from '../support/at-rest.js';
import { bucketCloud } from '../support/bucket-cloud.js';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { freshBucket, useServers } from '../support/s3.js';
import { syncedApart } from '../support/sync-program.js';
import { filesOf } from '../support/trees.js';

interface Story {
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

async function twoDevices(kind: CloudKind, files: Record<string, string>): Promise<Story> {
  const cloud = await freshCloud(kind);
  const a = await opened({ cloud, more: { device: { name: 'a' } } });
  for (const [path, content] of Object.entries(files)) a.write(path, content);
  await completes(a);
  const b = await opened({ cloud, more: { device: { name: 'b' } } });
  await completes(b);
  return { cloud, a, b };
}

/** Other bytes of the same length, under the time that the old ones had. */
function overwriteWithTime({ root }: Opened, path: string, content: string): void {
  const file = join(root, path);
  const { atimeMs, mtimeMs } = statSync(file);
  // As `cp -p` does, into the file that is there.
  execFileSync('sh', ['-c', 'printf %s "$1" > "$2"', 'sh', content, file]);
  utimesSync(file, atimeMs / 1000, mtimeMs / 1000);
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('S076 the same length and the same time, but other bytes: it goes to the other device', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'a.txt': 'first!', 'b.txt': 'first!' });
    utimesSync(join(a.root, 'a.txt'), 1e9, 1e9);
    await settle(a, b);
    overwriteWithTime(a, 'a.txt', 'second');
    // And at once: within the tick of the clock in which the run before had looked.
    a.write('b.txt', 'second');
    await settle(a, b);
    expect(await expectAtRest(cloud, a, b)).toEqual({ 'a.txt': 'second', 'b.txt': 'second' });
  });

  it('S076 so does what another program does to the cloud', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'a.txt': 'first!' });
    await cloud.put('a.txt', 'second');
    await cloud.touch('a.txt', 'its version'); // a directory's file has its old time then
    await settle(a, b);
    expect(await expectAtRest(cloud, a, b)).toEqual({ 'a.txt': 'second' });
  });

  it('S089 an older version that is put back with its old time is a change', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'a.txt': 'as it was', 'b.txt': 'as it was' });
    const backup = join(a.base, 'backup.tar');
    execFileSync('tar', ['-C', a.root, '-cf', backup, 'a.txt']);
    execFileSync('cp', ['-p', join(a.root, 'b.txt'), join(a.base, 'b.txt')]);
    for (const path of ['a.txt', 'b.txt']) a.write(path, 'edited later');
    await settle(a, b);
    const newer = statSync(join(a.root, 'a.txt')).mtimeMs;

    execFileSync('tar', ['-C', a.root, '-xf', backup]);
    execFileSync('cp', ['-p', join(a.base, 'b.txt'), join(a.root, 'b.txt')]);
    expect(statSync(join(a.root, 'a.txt')).mtimeMs).toBeLessThan(newer);
    await settle(a, b);
    expect(await expectAtRest(cloud, a, b)).toEqual({
      'a.txt': 'as it was',
      'b.txt': 'as it was',
    });
  });

  it('S080 the same edit on both devices is no conflict', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'a.txt': 'first' });
    for (const at of [a, b]) at.write('a.txt', 'the same everywhere');
    for (const at of [a, b]) at.write('new.txt', 'new, and the same');
    await completes(a);
    const there = await cloud.stamps();
    const { ino } = statSync(join(b.root, 'a.txt'));
    await completes(b);
    expect(await cloud.stamps()).toEqual(there);
    expect(statSync(join(b.root, 'a.txt')).ino).toBe(ino);
    expect(await expectAtRest(cloud, a, b)).toEqual({
      'a.txt': 'the same everywhere',
      'new.txt': 'new, and the same',
    });
  });
});

describe('over a network', () => {
  useServers('ceph');

  it('S080 no content moves to find that out', async () => {
    const bucket = await freshBucket('ceph');
    const proxy = await httpFaultProxy(bucket.access.endpoint);
    const a = await opened({ cloud: bucketCloud(bucket) });
    const b = await opened({ cloud: bucketCloud(bucket.by(proxy.endpoint)) });
    a.write('a.txt', 'first');
    await completes(a);
    await completes(b);
    for (const at of [a, b]) at.write('a.txt', 'the same everywhere');
    await completes(a);
    const from = proxy.log.length;
    await completes(b);
    const moved = proxy.log
      .slice(from)
      .filter(({ method, path }) => ['GET', 'PUT'].includes(method) && path.endsWith('a.txt'));
    expect(moved).toEqual([]);
    expect(readFileSync(join(b.root, 'a.txt'), 'utf8')).toBe('the same everywhere');
  });

  // Nobody's clock decides: one device is hours ahead or behind, and the server may be elsewhere too.
  it.each(['+2h', '-2h', '+400d'])('S078 a device whose clock is off by %s', async (skew) => {
    const bucket = await freshBucket('ceph');
    const cloud = bucketCloud(bucket);
    const a = await opened({ cloud, more: { device: { name: 'a' } } });
    for (const path of ['by a', 'by b', 'both', 'deleted by a', 'deleted by b']) {
      a.write(path, 'first');
    }
    await completes(a);
    const b = await opened({ cloud });
    await b.device.close();
    const config = {
      stateDir: b.stateDir,
      device: { name: 'b' },
      spaces: { [drive]: { root: b.root, remote: cloud.remote } },
    };
    const syncB = () =>
      syncedApart(config, {
        under: ['faketime', '-f', skew],
        env: { DONT_FAKE_MONOTONIC: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
      });
    expect(await syncB()).toEqual(['state 4 0']);

    a.write('by a', 'edited by a');
    b.write('by b', 'edited by b');
    // The one of the two whose time is the newer is not the one that keeps the name.
    a.write('both', 'edited by a, too');
    b.write('both', 'edited by b, too');
    utimesSync(join(b.root, 'both'), 2e9, 2e9);
    execFileSync('rm', [join(a.root, 'deleted by a'), join(b.root, 'deleted by b')]);
    await completes(a);
    expect((await syncB()).at(-1)).toBe('state 4 0');
    await completes(a);
    expect(await syncB()).toEqual(['state 4 0']);
    const files = await cloud.files();
    expect(filesOf(a.root)).toEqual(files);
    expect(filesOf(b.root)).toEqual(files);
    const copy = Object.keys(files).find((path) => path.startsWith('both (conflict b '));
    expect(files).toEqual({
      'by a': 'edited by a',
      'by b': 'edited by b',
      both: 'edited by a, too',
      [copy ?? 'a conflict copy']: 'edited by b, too',
    });
  });
});
