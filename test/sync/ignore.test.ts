// What is out of a space's scope: neither side's files are touched for it, whenever that changes.
import { existsSync, mkdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import { configOf, place } from '../support/temp-dir.js';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { openDevice } from '../../lib/index.js';
import type { Notice, RunProgress } from '../../lib/index.js';
import { errorOf, thrownBy } from '../support/thrown.js';
import { filesOf, foldersOf, namesOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

/** The same place with another configuration: the device is closed and opened again. */
async function reopened(at: Opened, ignore: string[]): Promise<Opened> {
  await at.device.close();
  return opened({ at, space: { ignore } });
}

function inCloud(at: Opened, path: string, content: string): void {
  const file = join(at.cloud, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('ignored files stay on their side, whichever that is, and nobody asks for them again', async () => {
    const cloud = await freshCloud(kind);
    const at = await opened({ cloud, space: { ignore: ['*.log', 'node_modules/'] } });
    at.write('a.txt', 'a');
    at.write('debug.log', 'here');
    at.write('app/node_modules/deep/x.js', 'here');
    await cloud.put('app/other.log', 'there');
    await cloud.put('node_modules/y.js', 'there');
    await completes(at);
    await completes(at);
    expect(namesOf(at.root)).toEqual(['a.txt', 'app/node_modules/deep/x.js', 'debug.log']);
    const there = await cloud.files();
    expect(Object.keys(there).sort()).toEqual(['a.txt', 'app/other.log', 'node_modules/y.js']);
    expect(foldersOf(at.root)).not.toContain('node_modules');
  });

  it('.cloudsyncignore travels, and holds on the other device from its next run on', async () => {
    const cloud = await freshCloud(kind);
    const a = await opened({ cloud, more: { device: { name: 'a' } } });
    const b = await opened({ cloud, more: { device: { name: 'b' } } });
    a.write('.cloudsyncignore', 'build/\n');
    a.write('sub/.cloudsyncignore', '*.tmp\n!keep.tmp\n');
    for (const path of ['build/out', 'sub/x.tmp', 'sub/keep.tmp', 'x.tmp']) a.write(path, 'a');
    await completes(a);
    await completes(b);
    const shared = ['.cloudsyncignore', 'sub/.cloudsyncignore', 'sub/keep.tmp', 'x.tmp'];
    expect(namesOf(b.root)).toEqual(shared);
    b.write('build/other', 'b');
    b.write('sub/y.tmp', 'b');
    await completes(b);
    await completes(a);
    expect(Object.keys(await cloud.files()).sort()).toEqual(shared);
  });
});

describe('a change of what is ignored', () => {
  const files = { 'a.txt': 'a', 'd/b.log': 'b', 'e/c.log': 'c' };

  async function synced(): Promise<Opened> {
    const at = await opened();
    for (const [path, content] of Object.entries(files)) at.write(path, content);
    await completes(at);
    return at;
  }

  it('deletes on no side what was synced before', async () => {
    const first = await synced();
    const at = await reopened(first, ['*.log', '/e/']);
    await completes(at);
    await completes(at);
    expect(filesOf(at.root)).toEqual(files);
    expect(filesOf(at.cloud)).toEqual(files);
  });

  it('does not make deletions of what was removed meanwhile: it is a union', async () => {
    const first = await synced();
    const ignoring = await reopened(first, ['*.log']);
    await completes(ignoring);
    unlinkSync(join(first.root, 'd/b.log'));
    unlinkSync(join(first.cloud, 'e/c.log'));
    await completes(ignoring);
    expect(filesOf(first.root)).toEqual({ 'a.txt': 'a', 'e/c.log': 'c' });
    expect(filesOf(first.cloud)).toEqual({ 'a.txt': 'a', 'd/b.log': 'b' });
    const at = await reopened(ignoring, []);
    await completes(at);
    expect(filesOf(at.root)).toEqual(files);
    expect(filesOf(at.cloud)).toEqual(files);
  });

  it('keeps both of two contents that came apart meanwhile', async () => {
    const first = await synced();
    const ignoring = await reopened(first, ['*.log']);
    await completes(ignoring);
    ignoring.write('d/b.log', 'edited here');
    inCloud(ignoring, 'd/b.log', 'edited there');
    await completes(ignoring);
    expect(filesOf(first.root)['d/b.log']).toBe('edited here');
    expect(filesOf(first.cloud)['d/b.log']).toBe('edited there');
    const at = await reopened(ignoring, []);
    await completes(at);
    expect(Object.values(filesOf(at.root)).sort()).toEqual([
      'a',
      'c',
      'edited here',
      'edited there',
    ]);
    expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
  });

  it('by a .cloudsyncignore that comes and goes deletes nothing either', async () => {
    const at = await synced();
    at.write('.cloudsyncignore', '*\n!.cloudsyncignore\n');
    await completes(at);
    await completes(at);
    expect(filesOf(at.root)).toMatchObject(files);
    expect(filesOf(at.cloud)).toMatchObject(files);
    unlinkSync(join(at.root, '.cloudsyncignore'));
    await completes(at);
    expect(filesOf(at.root)).toEqual(files);
    expect(filesOf(at.cloud)).toEqual(files);
  });
});

describe('a folder with ignored files in it', () => {
  it('that is deleted in the cloud stays here with them, and does not go up again', async () => {
    const at = await opened({ space: { ignore: ['*.log'] } });
    at.write('d/a.txt', 'a');
    at.write('d/x.log', 'x');
    await completes(at);
    rmSync(join(at.cloud, 'd'), { recursive: true });
    await completes(at);
    await completes(at);
    expect(filesOf(at.root)).toEqual({ 'd/x.log': 'x' });
    expect(foldersOf(at.cloud)).toEqual([]);
    at.write('d/b.txt', 'b');
    await completes(at);
    expect(filesOf(at.cloud)).toEqual({ 'd/b.txt': 'b' });
  });

  it('that is deleted here stays in the cloud with them, and does not come again', async () => {
    const at = await opened({ space: { ignore: ['*.log'] } });
    at.write('d/a.txt', 'a');
    await completes(at);
    inCloud(at, 'd/x.log', 'x');
    rmSync(join(at.root, 'd'), { recursive: true });
    await completes(at);
    await completes(at);
    expect(filesOf(at.cloud)).toEqual({ 'd/x.log': 'x' });
    expect(existsSync(join(at.root, 'd'))).toBe(false);
  });
});

it('a file that is renamed into and out of scope is kept on both sides', async () => {
  const at = await opened({ space: { ignore: ['*.log'] } });
  at.write('a.txt', 'a');
  await completes(at);
  renameSync(join(at.root, 'a.txt'), join(at.root, 'a.log'));
  await completes(at);
  expect(filesOf(at.root)).toEqual({ 'a.log': 'a' });
  renameSync(join(at.root, 'a.log'), join(at.root, 'b.txt'));
  await completes(at);
  expect(filesOf(at.cloud)).toEqual({ 'b.txt': 'a' });
});

it('what editors leave lying about is left alone without being told to, and may be asked for', async () => {
  const at = await opened({ space: { ignore: ['!*~'] } });
  for (const name of ['a.txt', 'a.txt~', '.a.txt.swp', '.~lock.a.odt#', '.DS_Store']) {
    at.write(name, name);
  }
  await completes(at);
  expect(namesOf(at.cloud)).toEqual(['a.txt', 'a.txt~']);
});

it('ignored entries are counted, not told one by one', async () => {
  const at = await opened({ space: { ignore: ['*.log', 'cache/'] } });
  for (let index = 0; index < 5; index += 1) at.write(`${String(index)}.log`, 'x');
  at.write('cache/deep/file', 'x');
  at.write('a.txt', 'a');
  const notices: Notice[] = [];
  const progress: RunProgress[] = [];
  at.device.on('notice', (notice) => notices.push(notice));
  at.device.on('progress', (event) => progress.push(event));
  await completes(at);
  expect(notices).toEqual([]);
  expect(Math.max(...progress.map(({ skipped }) => skipped))).toBe(6);
});

it('ignored files have no state and are in no listing', async () => {
  const at = await opened({ space: { ignore: ['*.log'] } });
  at.write('a.txt', 'a');
  at.write('d/x.log', 'x');
  await completes(at);
  const listed: string[] = [];
  for await (const entry of at.device.list(drive)) listed.push(entry.path);
  expect(listed.sort()).toEqual(['a.txt', 'd']);
  const { getFileSyncState } = at.cloudSync;
  expect(thrownBy(() => getFileSyncState(at.uri('d/x.log'))).code).toBe(13900002);
  expect(getFileSyncState(at.uri('a.txt'))).toBe(at.cloudSync.FileSyncState.UPLOAD_SUCCESS);
});

it.each([
  ['[a-', 'can match nothing'],
  ['dir\\', 'can match nothing'],
  ['# notes', "write '\\# notes'"],
  ['  ', 'is empty'],
  ['a\nb', 'line break'],
])('the pattern %j is refused with what is wrong with it', async (pattern, problem) => {
  const at = place();
  const config = configOf(at, drive, { ignore: ['*.log', pattern] });
  const error = await errorOf(() => openDevice(config));
  expect(error.message).toContain(`spaces.${drive}.ignore[1]`);
  expect(error.message).toContain(problem);
});
