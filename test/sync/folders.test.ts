// Folders are kept in sync for themselves: empty ones too, and where a cloud knows files only.
import { mkdirSync, renameSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf, foldersOf, stampsOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

interface Story {
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

/** Two devices with the same files and empty folders. */
async function twoDevices(
  kind: CloudKind,
  files: readonly string[],
  folders: readonly string[] = [],
): Promise<Story> {
  const cloud = await freshCloud(kind);
  const a = await opened({ cloud });
  const b = await opened({ cloud });
  for (const path of files) a.write(path, `content of ${path}`);
  for (const path of folders) mkdirSync(join(a.root, path), { recursive: true });
  await completes(a);
  await completes(b);
  return { cloud, a, b };
}

/** Everybody has these folders, and the same files; one more run of each writes nothing. */
async function expectFolders({ cloud, a, b }: Story, folders: string[]): Promise<void> {
  for (const { root } of [a, b]) expect(foldersOf(root)).toEqual(folders);
  expect(await cloud.folders()).toEqual(folders);
  expect(filesOf(b.root)).toEqual(filesOf(a.root));
  const stamps = async () => [stampsOf(a.root), stampsOf(b.root), await cloud.stamps()];
  const before = await stamps();
  await completes(a);
  await completes(b);
  expect(await stamps()).toEqual(before);
  for (const { root } of [a, b]) expect(foldersOf(root)).toEqual(folders);
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('empty folders go to the other device, and stay', async () => {
    const story = await twoDevices(kind, ['a.txt'], ['empty', 'deep/er/est']);
    await expectFolders(story, ['deep', 'deep/er', 'deep/er/est', 'empty']);
  });

  it('a folder that loses its last file or its last folder on one device stays everywhere', async () => {
    const story = await twoDevices(kind, ['d/a.txt', 'd/b.txt', 'e/f/c.txt', 'g/h/d.txt'], ['g/i']);
    const { a, b } = story;
    rmSync(join(a.root, 'd'), { recursive: true });
    mkdirSync(join(a.root, 'd'));
    rmSync(join(a.root, 'e/f/c.txt'));
    for (const name of ['h', 'i']) rmSync(join(a.root, 'g', name), { recursive: true });
    await completes(a);
    await completes(b);
    expect(filesOf(b.root)).toEqual({});
    await expectFolders(story, ['d', 'e', 'e/f', 'g']);
  });

  it('folders that are deleted or renamed on one device are gone on the other', async () => {
    const files = ['kept.txt', 'd/e/a.txt', 'd/b.txt', 'old/a.txt', 'old/deep/b.txt'];
    const story = await twoDevices(kind, files, ['empty/er', 'd/f', 'old/empty']);
    const { a, b } = story;
    rmSync(join(a.root, 'd'), { recursive: true });
    rmSync(join(a.root, 'empty'), { recursive: true });
    renameSync(join(a.root, 'old'), join(a.root, 'new'));
    await completes(a);
    await completes(b);
    await expectFolders(story, ['new', 'new/deep', 'new/empty']);
  });

  it('a folder that is deleted on one device and filled on the other keeps what is new', async () => {
    const story = await twoDevices(kind, ['d/old.txt', 'kept.txt'], ['empty']);
    const { a, b } = story;
    rmSync(join(a.root, 'd'), { recursive: true });
    rmdirSync(join(a.root, 'empty'));
    b.write('d/new.txt', 'new');
    b.write('empty/new.txt', 'new');
    await completes(a);
    await completes(b);
    await completes(a);
    expect(Object.keys(filesOf(a.root))).toEqual(['d/new.txt', 'empty/new.txt', 'kept.txt']);
    await expectFolders(story, ['d', 'empty']);
  });

  it('a folder that gets its first file and loses it again stays', async () => {
    const story = await twoDevices(kind, ['kept.txt'], ['d']);
    const { a, b } = story;
    a.write('d/a.txt', 'a');
    await completes(a);
    await completes(b);
    expect(filesOf(b.root)).toEqual(filesOf(a.root));
    rmSync(join(b.root, 'd/a.txt'));
    await completes(b);
    await completes(a);
    await expectFolders(story, ['d']);
  });

  it('a folder that another program makes in the cloud comes, and goes when it takes it', async () => {
    const story = await twoDevices(kind, ['kept.txt']);
    const { cloud, a, b } = story;
    await cloud.makeFolder('made');
    await cloud.put('filled/a.txt', 'a');
    await completes(a);
    await completes(b);
    await expectFolders(story, ['filled', 'made']);
    await cloud.remove('made');
    await cloud.remove('filled');
    await completes(a);
    await completes(b);
    await expectFolders(story, []);
  });
});
