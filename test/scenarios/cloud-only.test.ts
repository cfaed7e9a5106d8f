// Files that only the cloud has are rows of the state, and nothing on the disk. What cannot be written
// down, or made here, is not there yet: it is never taken for something that was deleted.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completes, COMPLETED, expectAtRest } from '../support/at-rest.js';
import { bucketCloud } from '../support/bucket-cloud.js';
import type { Cloud } from '../support/clouds.js';
import { directoryCloud } from '../support/directory-cloud.js';
import { downloaded, drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { giveToNobody, runAsNobody } from '../support/nobody.js';
import { freshBucket, useServers } from '../support/s3.js';
import { syncing } from '../support/sync-program.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import { configOf, place } from '../support/temp-dir.js';
import { fillUp, placeOnSmallDisk } from '../support/tmpfs.js';
import { filesOf, namesOf, ownEntries } from '../support/trees.js';
import { writeFiles } from '../support/write-files.js';

const many = Object.fromEntries(
  Array.from({ length: 100 }, (_, index) => [
    `folder-${index % 5}/file-${index}`,
    `${index} `.repeat(2_000),
  ]),
);

async function cloudWith(files: Record<string, string>): Promise<Cloud> {
  const cloud = directoryCloud();
  for (const [path, content] of Object.entries(files)) await cloud.put(path, content);
  return cloud;
}

async function knownBy(at: Opened): Promise<string[]> {
  const known: string[] = [];
  for await (const { path, directory, location } of at.device.list(drive)) {
    if (!directory) known.push(`${location} ${path}`);
  }
  return known;
}

const allIn = (location: string) =>
  Object.keys(many)
    .sort()
    .map((path) => `${location} ${path}`);

describe('S023 what is in the cloud cannot be made here', () => {
  it('as a row, since the disk of the state is full: nothing is deleted, then all is known', async () => {
    const cloud = await cloudWith(many);
    const there = [await cloud.files(), await cloud.stamps()];
    const { at, disk } = placeOnSmallDisk('stateDir', 2);
    const device = await opened({ at, cloud, space: { content: 'on-demand' } });
    const free = fillUp(disk);
    const { SyncState, ErrorType } = device.cloudSync;
    for (let run = 1; run <= 2; run += 1) {
      const last = (await device.sync()).at(-1);
      expect(last).toEqual({
        state: SyncState.DOWNLOAD_FAILED,
        error: ErrorType.LOCAL_STORAGE_FULL,
      });
      expect(filesOf(at.root)).toEqual({});
      expect([await cloud.files(), await cloud.stamps()]).toEqual(there);
    }
    free();
    await completes(device);
    expect(await knownBy(device)).toEqual(allIn('cloud'));
    expect([await cloud.files(), await cloud.stamps()]).toEqual(there);
  });

  it('as a file, since the disk is full: nothing is deleted, then all are here', async () => {
    const cloud = await cloudWith(many);
    const there = [await cloud.files(), await cloud.stamps()];
    const { at, disk } = placeOnSmallDisk('root', 4);
    const device = await opened({ at, cloud });
    const free = fillUp(disk, 400_000);
    const { SyncState, ErrorType } = device.cloudSync;
    for (let run = 1; run <= 2; run += 1) {
      expect((await device.sync()).at(-1)).toEqual({
        state: SyncState.DOWNLOAD_FAILED,
        error: ErrorType.LOCAL_STORAGE_FULL,
      });
      expect(namesOf(at.root).length).toBeLessThan(100);
      expect(ownEntries(at.root, 'tmp')).toEqual([]);
      expect([await cloud.files(), await cloud.stamps()]).toEqual(there);
    }
    free();
    await completes(device);
    expect(Object.keys(await expectAtRest(cloud, device))).toHaveLength(100);
  });

  it('as a file, since a folder may not be written: nothing is deleted, then all are here', async () => {
    const at = place();
    writeFiles(at.cloud, many);
    mkdirSync(join(at.root, 'folder-1'));
    giveToNobody(at);
    const config = configOf(at, drive);
    const program = `${syncing}
      const { chmodSync } = await import('node:fs');
      chmodSync(input.locked, 0o555);
      await run();
      await run();
      chmodSync(input.locked, 0o755);
      console.log('unlocked');
      await run();`;
    const { exit, lines, errors } = await runAsNobody(program, {
      config,
      locked: join(at.root, 'folder-1'),
    }).ended;
    expect({ exit, errors }).toEqual({ exit: 0, errors: '' });
    const states = lines.filter((line) => /^(state|unlocked)/.test(line));
    expect(states).toHaveLength(4);
    expect(states.slice(0, 2)).not.toContain('state 4 0');
    expect(lines.some((line) => line.startsWith('notice permission'))).toBe(true);
    expect(states.slice(2)).toEqual(['unlocked', 'state 4 0']);
    expect(filesOf(at.root)).toEqual(filesOf(at.cloud));
    expect(namesOf(at.cloud)).toEqual(Object.keys(many).sort());
  });
});

describe('S023 over a network', () => {
  useServers('ceph');

  it('a name that no disk takes is told, is not made, and stays in the cloud', async () => {
    const bucket = await freshBucket('ceph');
    const long = `folder/${'n'.repeat(300)}`;
    await bucket.put(long, 'long');
    await bucket.put('folder/short', 'short');
    const at = await opened({ cloud: bucketCloud(bucket, '') });
    const notices: string[] = [];
    at.device.on('notice', ({ path }) => notices.push(path));
    for (let run = 1; run <= 2; run += 1) {
      expect((await at.sync()).at(-1)).toEqual(COMPLETED);
      expect(notices).toHaveLength(run);
      expect(filesOf(at.root)).toEqual({ 'folder/short': 'short' });
      expect((await bucket.get(long)).toString()).toBe('long');
    }
  });
});

describe('S024 the policy of a space is another one by now', () => {
  useServers('ceph');

  it('to keep all: a network that breaks in its middle deletes nothing, and the rest comes', async () => {
    const bucket = await freshBucket('ceph');
    const proxy = await tcpFaultProxy(bucket.access.endpoint);
    const cloud = bucketCloud(bucket);
    const way = bucketCloud(bucket.by(proxy.endpoint));
    const writer = await opened({ cloud });
    writeFiles(writer.root, many);
    await completes(writer);
    const there = [await cloud.files(), await cloud.stamps()];

    const first = await opened({ cloud, space: { content: 'on-demand' } });
    await completes(first);
    const fetched = Object.keys(many).slice(0, 20);
    for (const path of fetched) await downloaded(first, first.uri(path));
    const freed = fetched.slice(0, 5);
    const cache = new first.cloudSync.CloudFileCache();
    for (const path of freed) cache.cleanCache(first.uri(path));
    await first.device.close();

    const all = await opened({ at: first, cloud: way, space: { content: 'all' } });
    const broken = proxy.passed('down', proxy.counts.down + 200_000).then(() => {
      proxy.refuse();
      proxy.cut();
    });
    const last = (await all.sync()).at(-1);
    await broken;
    expect(last).not.toEqual(COMPLETED);
    expect(namesOf(all.root).length).toBeGreaterThan(15);
    expect(namesOf(all.root).length).toBeLessThan(95);
    expect([await cloud.files(), await cloud.stamps()]).toEqual(there);

    await proxy.accept();
    await completes(all);
    expect([await cloud.files(), await cloud.stamps()]).toEqual(there);
    // What somebody freed stays freed: the policy is about what nobody has decided.
    const here = Object.keys(many).filter((path) => !freed.includes(path));
    expect(namesOf(all.root)).toEqual(here.sort());
    expect((await knownBy(all)).filter((line) => line.startsWith('cloud ')).sort()).toEqual(
      freed.map((path) => `cloud ${path}`).sort(),
    );
  });

  it('on demand: nothing is freed, and nothing deleted', async () => {
    const cloud = await cloudWith(many);
    const there = [await cloud.files(), await cloud.stamps()];
    const first = await opened({ cloud });
    await completes(first);
    await first.device.close();
    const at = await opened({ at: first, cloud, space: { content: 'on-demand' } });
    await completes(at);
    expect(await knownBy(at)).toEqual(allIn('both'));
    await expectAtRest(cloud, at);
    expect([await cloud.files(), await cloud.stamps()]).toEqual(there);
  });
});
