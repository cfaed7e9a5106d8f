// The gallery's story from end to end, with real pictures: two devices, one cloud of any kind.
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { EntryInfo, SyncProgress } from '../../lib/index.js';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { downloaded, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf, namesOf, ownEntries, stampsOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

/** A picture that no other seed gives. */
async function picture(seed: number, format: 'jpeg' | 'png'): Promise<Buffer> {
  const width = 64 + seed;
  const pixels = Buffer.alloc(width * width * 3);
  for (let index = 0; index < pixels.length; index += 1) pixels[index] = (index * seed) % 251;
  return await sharp(pixels, { raw: { width, height: width, channels: 3 } })
    [format]()
    .toBuffer();
}

/** Two albums and what lies beside them. */
async function album(at: Opened): Promise<void> {
  at.write('beach.jpg', await picture(1, 'jpeg'));
  at.write('beach copy.jpg', await picture(1, 'jpeg'));
  at.write('2026/mountain.jpg', await picture(2, 'jpeg'));
  at.write('2026/été/lake.png', await picture(3, 'png'));
  at.write('2026/été/wood.png', await picture(4, 'png'));
}

interface Story {
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

/** Device A with an album that is in the cloud, and device B, which knows it and has nothing. */
async function twoDevices(kind: CloudKind): Promise<Story> {
  const cloud = await freshCloud(kind);
  const a = await opened({ name: 'gallery', more: { device: { name: 'a' } }, cloud });
  await album(a);
  await completes(a);
  const b = await opened({ name: 'gallery', more: { device: { name: 'b' } }, cloud });
  await completes(b);
  return { cloud, a, b };
}

async function completes(at: Opened): Promise<SyncProgress[]> {
  const states = await at.sync();
  expect(states.at(-1)).toEqual(COMPLETED);
  return states;
}

async function listed(at: Opened): Promise<Record<string, EntryInfo>> {
  const entries: Record<string, EntryInfo> = {};
  for await (const entry of at.device.list('gallery')) {
    if (!entry.directory) entries[entry.path] = entry;
  }
  return entries;
}

async function downloadAll(at: Opened): Promise<void> {
  for (const { uri } of Object.values(await listed(at))) {
    expect((await downloaded(at, uri)).at(-1)?.state).toBe(at.cloudSync.State.COMPLETED);
  }
}

/** Both have all of it, and so has the cloud; one more run of each moves nothing. */
async function expectAtRest({ cloud, a, b }: Story): Promise<void> {
  expect(filesOf(b.root)).toEqual(filesOf(a.root));
  expect(await cloud.files()).toEqual(filesOf(a.root));
  const stamps = async () => [stampsOf(a.root), stampsOf(b.root), await cloud.stamps()];
  const before = await stamps();
  await completes(a);
  await completes(b);
  expect(await stamps()).toEqual(before);
  for (const at of [a, b]) expect(ownEntries(at.root, 'tmp')).toEqual([]);
  expect(await cloud.leftovers()).toEqual([]);
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('what one device uploads is known to the other, and comes when it is asked for', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    const { FileSyncState, State } = b.cloudSync;
    expect(await cloud.files()).toEqual(filesOf(a.root));
    expect(namesOf(b.root)).toEqual([]);
    const known = await listed(b);
    const sizes = Object.entries(await listed(a)).map(([path, { size }]) => [path, size]);
    expect(Object.entries(known).map(([path, { size }]) => [path, size])).toEqual(sizes);
    for (const { location, state } of Object.values(known)) {
      expect({ location, state }).toEqual({ location: 'cloud', state: FileSyncState.COMPLETED });
    }
    expect(a.cloudSync.getFileSyncState(a.uri('beach.jpg'))).toBe(FileSyncState.UPLOAD_SUCCESS);

    const events = await downloaded(b, b.uri('2026/été/lake.png'));
    const { size } = statSync(join(a.root, '2026/été/lake.png'));
    expect(events.at(-1)).toMatchObject({ state: State.COMPLETED, processed: size, size });
    const lake = Buffer.from('2026/été/lake.png').toString('latin1');
    expect(filesOf(b.root)).toEqual({ [lake]: filesOf(a.root)[lake] });
    const here = (await listed(b))['2026/été/lake.png'];
    expect(here).toMatchObject({ location: 'both', state: FileSyncState.COMPLETED });
    await downloadAll(b);
    await expectAtRest({ cloud, a, b });
  });

  it('freed originals are gone here, stay in the cloud and come back the same', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    await downloadAll(b);
    const all = filesOf(b.root);
    const cache = new b.cloudSync.CloudFileCache();
    const freed = ['beach.jpg', '2026/mountain.jpg'];
    for (const path of freed) cache.cleanCache(b.uri(path));
    const { COMPLETED: known } = b.cloudSync.FileSyncState;
    const states = await b.cloudSync.getFileSyncState(freed.map((path) => b.uri(path)));
    expect(states).toEqual([known, known]);
    const entries = await listed(b);
    for (const path of freed) {
      expect(existsSync(join(b.root, path))).toBe(false);
      expect(entries[path]?.location).toBe('cloud');
    }
    // A freed file is no deleted one.
    await completes(b);
    await completes(a);
    expect(await cloud.files()).toEqual(all);
    expect(filesOf(a.root)).toEqual(all);
    await downloadAll(b);
    expect(filesOf(b.root)).toEqual(all);
  });

  it('edits, new files and deletions of either device reach the other', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    await downloadAll(b);
    a.write('beach.jpg', await picture(11, 'jpeg'));
    rmSync(join(a.root, '2026/mountain.jpg'));
    b.write('2026/été/lake.png', await picture(12, 'png'));
    b.write('new/sun.jpg', await picture(13, 'jpeg'));
    rmSync(join(b.root, 'beach copy.jpg'));
    await completes(a);
    await completes(b);
    await completes(a);
    await downloadAll(a);
    await downloadAll(b);
    expect(Object.keys(await listed(a))).toEqual([
      '2026/été/lake.png',
      '2026/été/wood.png',
      'beach.jpg',
      'new/sun.jpg',
    ]);
    expect(readFileSync(join(b.root, 'beach.jpg')).equals(await picture(11, 'jpeg'))).toBe(true);
    expect(readFileSync(join(a.root, '2026/été/lake.png')).equals(await picture(12, 'png'))).toBe(
      true,
    );
    await expectAtRest({ cloud, a, b });
  });

  it('S079 edited on both: both are kept under the same names on both devices', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    await downloadAll(b);
    a.write('beach.jpg', await picture(21, 'jpeg'));
    b.write('beach.jpg', await picture(22, 'jpeg'));
    a.write('both.png', await picture(23, 'png'));
    b.write('both.png', await picture(24, 'png'));
    a.write('same.png', await picture(25, 'png'));
    b.write('same.png', await picture(25, 'png'));
    await completes(a);
    await completes(b);
    await completes(a);
    await downloadAll(a);
    await downloadAll(b);
    const names = namesOf(a.root);
    const copies = names.filter((name) => name.includes('(conflict b '));
    expect(
      copies.map((name) => name.replace(/ \(conflict b \d{4}-\d\d-\d\d [0-9a-f]{6}\)/, '')),
    ).toEqual(['beach.jpg', 'both.png']);
    expect(names).toHaveLength(5 + 2 + 2); // the album, the two new names, the two copies
    const read = (name: string) => readFileSync(join(a.root, name));
    expect(read('beach.jpg').equals(await picture(21, 'jpeg'))).toBe(true);
    expect(read(copies[0] ?? '').equals(await picture(22, 'jpeg'))).toBe(true);
    expect(read('both.png').equals(await picture(23, 'png'))).toBe(true);
    expect(read(copies[1] ?? '').equals(await picture(24, 'png'))).toBe(true);
    await expectAtRest({ cloud, a, b });
  });

  it('S020 deleted on one, edited on the other: the edit survives', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    await downloadAll(b);
    rmSync(join(a.root, 'beach.jpg'));
    b.write('beach.jpg', await picture(31, 'jpeg'));
    a.write('2026/mountain.jpg', await picture(32, 'jpeg'));
    rmSync(join(b.root, '2026/mountain.jpg'));
    await completes(a);
    await completes(b);
    await completes(a);
    await downloadAll(a);
    await downloadAll(b);
    expect(readFileSync(join(a.root, 'beach.jpg')).equals(await picture(31, 'jpeg'))).toBe(true);
    expect(readFileSync(join(b.root, '2026/mountain.jpg')).equals(await picture(32, 'jpeg'))).toBe(
      true,
    );
    await expectAtRest({ cloud, a, b });
  });
});
