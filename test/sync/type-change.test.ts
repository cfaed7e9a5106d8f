// A folder takes a file's name, and the other way round: both devices come to the same tree.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf, foldersOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

interface Story {
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

async function twoDevices(kind: CloudKind, files: Record<string, string>): Promise<Story> {
  const cloud = await freshCloud(kind);
  const a = await opened({ cloud });
  for (const [path, content] of Object.entries(files)) a.write(path, content);
  await completes(a);
  const b = await opened({ cloud });
  await completes(b);
  expect(filesOf(b.root)).toEqual(files);
  return { cloud, a, b };
}

/** What A has made goes to B by the cloud. */
async function expectCarried({ cloud, a, b }: Story): Promise<void> {
  const [files, folders] = [filesOf(a.root), foldersOf(a.root)];
  await completes(a);
  expect(await cloud.files()).toEqual(files);
  expect(await cloud.folders()).toEqual(folders);
  await completes(b);
  for (const { root } of [a, b]) {
    expect(filesOf(root)).toEqual(files);
    expect(foldersOf(root)).toEqual(folders);
  }
}

async function expectTaken({ cloud, a, b }: Story, files: Record<string, string>): Promise<void> {
  for (const at of [a, b]) {
    await completes(at);
    expect(filesOf(at.root)).toEqual(files);
  }
  expect(await cloud.files()).toEqual(files);
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('a file becomes a folder', async () => {
    const story = await twoDevices(kind, { x: 'file', other: 'o' });
    rmSync(join(story.a.root, 'x'));
    story.a.write('x/inside', 'inside');
    await expectCarried(story);
  });

  it('a file becomes an empty folder', async () => {
    const story = await twoDevices(kind, { x: 'file', other: 'o' });
    rmSync(join(story.a.root, 'x'));
    mkdirSync(join(story.a.root, 'x'));
    await expectCarried(story);
  });

  it('a folder becomes a file', async () => {
    const story = await twoDevices(kind, { 'x/inside': 'inside', other: 'o' });
    rmSync(join(story.a.root, 'x'), { recursive: true });
    story.a.write('x', 'file');
    await expectCarried(story);
  });

  it('a folder of the cloud becomes a file', async () => {
    const story = await twoDevices(kind, { 'x/inside': 'inside', other: 'o' });
    await story.cloud.remove('x');
    await story.cloud.put('x', 'file');
    await expectTaken(story, { x: 'file', other: 'o' });
  });

  it('a file of the cloud becomes a folder', async () => {
    const story = await twoDevices(kind, { x: 'file', other: 'o' });
    await story.cloud.remove('x');
    await story.cloud.put('x/inside', 'inside');
    await expectTaken(story, { 'x/inside': 'inside', other: 'o' });
  });
});
