// Files without a byte, and files that are nearly all holes: they are contents like any other.
import { closeSync, mkdirSync, openSync, statSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { downloaded, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { mebibyte, sha256OfFile } from '../support/large-content.js';
import { patience } from '../support/patience.js';
import { filesOf, foldersOf, ownEntries } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

async function completes(...all: Opened[]): Promise<void> {
  for (const at of all) expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

interface Story {
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

async function twoDevices(kind: CloudKind, content: 'all' | 'on-demand' = 'all'): Promise<Story> {
  const cloud = await freshCloud(kind);
  return { cloud, a: await opened({ cloud }), b: await opened({ cloud, space: { content } }) };
}

/** All three have this and nothing else, and are at rest. */
async function expectAll({ cloud, a, b }: Story, files: Record<string, string>): Promise<void> {
  for (const { root } of [a, b]) expect(filesOf(root)).toEqual(files);
  expect(await cloud.files()).toEqual(files);
  const before = await cloud.stamps();
  await completes(a, b);
  expect(await cloud.stamps()).toEqual(before);
  expect(await cloud.leftovers()).toEqual([]);
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('S069: an empty file goes up, and comes down', async () => {
    const story = await twoDevices(kind);
    const { cloud, a, b } = story;
    a.write('made here', '');
    a.write('d/made here', '');
    await cloud.put('made there', '');
    await completes(a, b);
    await expectAll(story, { 'made here': '', 'd/made here': '', 'made there': '' });
    const { FileSyncState, getFileSyncState } = a.cloudSync;
    expect(getFileSyncState(a.uri('made here'))).toBe(FileSyncState.UPLOAD_SUCCESS);
  });

  it('S069: a file becomes empty, and gets content again', async () => {
    const story = await twoDevices(kind);
    const { a, b } = story;
    a.write('one', 'content');
    b.write('other', 'content');
    await completes(a, b, a);
    a.write('one', '');
    b.write('other', '');
    await completes(a, b, a);
    await expectAll(story, { one: '', other: '' });
    b.write('one', 'content again');
    a.write('other', 'content again');
    await completes(a, b, a);
    await expectAll(story, { one: 'content again', other: 'content again' });
  });

  it('S069: two who make the same empty file have no conflict', async () => {
    const story = await twoDevices(kind);
    const { a, b } = story;
    for (const at of [a, b]) at.write('of both', '');
    await completes(a, b, a);
    await expectAll(story, { 'of both': '' });
  });

  it('S069: an empty original that is known by name is brought when it is asked for', async () => {
    const { cloud, b } = await twoDevices(kind, 'on-demand');
    await cloud.put('empty', '');
    await completes(b);
    expect(filesOf(b.root)).toEqual({});
    const events = await downloaded(b, b.uri('empty'));
    expect(events.at(-1)).toMatchObject({ state: b.cloudSync.State.COMPLETED, processed: 0 });
    expect(filesOf(b.root)).toEqual({ empty: '' });
    expect(ownEntries(b.root, 'tmp')).toEqual([]);
  });

  it('S069: an empty folder goes up, and comes down', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    mkdirSync(join(a.root, 'made here/inside'), { recursive: true });
    await cloud.makeFolder('made there');
    await completes(a, b);
    const folders = ['made here', 'made here/inside', 'made there'];
    for (const { root } of [a, b]) expect(foldersOf(root)).toEqual(folders);
    expect(await cloud.folders()).toEqual(folders);
    await completes(b, a);
    expect(await cloud.folders()).toEqual(folders);
  });
});

/** A file of this size of which only a few bytes have ever been written. */
function writeSparse(path: string, size: number): void {
  closeSync(openSync(path, 'w'));
  truncateSync(path, size);
  const file = openSync(path, 'r+');
  const at = [0, 7 + size / 2, size - 5];
  for (const [index, offset] of at.entries()) writeSync(file, `data${index}`, offset);
  closeSync(file);
}

const kept = (path: string) => statSync(path).blocks * 512;

describe.each<[CloudKind, number]>([
  ['directory', 1024],
  ['ceph', 256],
])('%s', (kind, mebibytes) => {
  useCloud(kind);

  it(
    'S070: a file that is nearly all holes goes up and comes down with every byte in its place',
    async () => {
      const { cloud, a, b } = await twoDevices(kind);
      const size = mebibytes * mebibyte;
      const file = join(a.root, 'sparse.bin');
      writeSparse(file, size);
      expect(kept(file)).toBeLessThan(mebibyte); // it is what the test is about
      await completes(a, b);
      const there = join(b.root, 'sparse.bin');
      expect(statSync(there).size).toBe(size);
      expect(await sha256OfFile(there)).toBe(await sha256OfFile(file));
      expect(kept(file)).toBeLessThan(mebibyte); // reading it has filled nothing
      expect(await cloud.leftovers()).toEqual([]);
      expect(ownEntries(b.root, 'tmp')).toEqual([]);
    },
    120_000 * patience,
  );
});
