// Spaces that only upload, or only download: one side is never changed, and nothing is lost on either.
import {
  chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, unlinkSync, utimesSync,
  writeFileSync,
} from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Notice } from '../../lib/index.js';
import { startNginx } from '../../scripts/servers/nginx.mjs';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { giveToNobody, runAsNobody } from '../support/nobody.js';
import { configOf, place, tempDir } from '../support/temp-dir.js';
import { filesOf, foldersOf, stampsOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

function noticesOf(at: Opened): Notice[] {
  const notices: Notice[] = [];
  at.device.on('notice', (notice) => notices.push(notice));
  return notices;
}

/** The one file whose name says that it lost a conflict. */
function conflictCopy(files: Record<string, string>): string | undefined {
  const names = Object.keys(files).filter((name) => name.includes('(conflict'));
  expect(names.length).toBeLessThanOrEqual(1);
  return names[0];
}

describe.each(cloudKinds)('upload to %s', (kind) => {
  useCloud(kind);

  it('what is new, edited and deleted here goes up; the rest of the cloud is left alone', async () => {
    const cloud = await freshCloud(kind);
    const at = await opened({ cloud, space: { direction: 'upload' } });
    await cloud.put('theirs/t.txt', 't');
    for (const path of ['a.txt', 'b.txt', 'd/c.txt']) at.write(path, path);
    await completes(at);
    expect(await cloud.files()).toEqual({
      'a.txt': 'a.txt',
      'b.txt': 'b.txt',
      'd/c.txt': 'd/c.txt',
      'theirs/t.txt': 't',
    });
    at.write('a.txt', 'edited');
    unlinkSync(join(at.root, 'b.txt'));
    rmSync(join(at.root, 'd'), { recursive: true });
    const before = stampsOf(at.root);
    await completes(at);
    expect(await cloud.files()).toEqual({ 'a.txt': 'edited', 'theirs/t.txt': 't' });
    expect(stampsOf(at.root)).toEqual(before);
    expect(foldersOf(at.root)).toEqual([]);
  });

  it('an edit in the cloud stays there and is told; this side stays as it is', async () => {
    const cloud = await freshCloud(kind);
    const at = await opened({ cloud, space: { direction: 'upload' } });
    at.write('a.txt', 'a');
    await completes(at);
    await cloud.put('a.txt', 'edited there');
    const notices = noticesOf(at);
    for (let run = 0; run < 2; run += 1) await completes(at);
    expect(filesOf(at.root)).toEqual({ 'a.txt': 'a' });
    expect(await cloud.files()).toEqual({ 'a.txt': 'edited there' });
    expect(notices.map(({ path, cause }) => [path, cause])).toEqual([
      ['a.txt', 'conflict'],
      ['a.txt', 'conflict'],
    ]);
  });

  it("of two edits this one takes the name, and the cloud's is kept beside it there", async () => {
    const cloud = await freshCloud(kind);
    const at = await opened({ cloud, space: { direction: 'upload' } });
    at.write('d/a.txt', 'a');
    await completes(at);
    await cloud.put('d/a.txt', 'edited there');
    at.write('d/a.txt', 'edited here');
    const before = stampsOf(at.root);
    await completes(at);
    const files = await cloud.files();
    expect(files['d/a.txt']).toBe('edited here');
    expect(files[conflictCopy(files) ?? '']).toBe('edited there');
    expect(stampsOf(at.root)).toEqual(before);
    const stamps = await cloud.stamps();
    await completes(at);
    expect(await cloud.stamps()).toEqual(stamps);
    expect(stampsOf(at.root)).toEqual(before);
  });

  it('what is deleted in the cloud goes up again', async () => {
    const cloud = await freshCloud(kind);
    const at = await opened({ cloud, space: { direction: 'upload' } });
    at.write('d/a.txt', 'a');
    at.write('b.txt', 'b');
    await completes(at);
    await cloud.remove('d');
    const before = stampsOf(at.root);
    await completes(at);
    expect(await cloud.files()).toEqual({ 'b.txt': 'b', 'd/a.txt': 'a' });
    expect(stampsOf(at.root)).toEqual(before);
  });
});

it('upload: a first run into a cloud that has other contents keeps both, and touches none here', async () => {
  const at = await opened({ space: { direction: 'upload' } });
  at.write('a.txt', 'here');
  at.write('same.txt', 'same');
  writeFileSync(join(at.cloud, 'a.txt'), 'there');
  writeFileSync(join(at.cloud, 'same.txt'), 'same');
  const before = stampsOf(at.root);
  await completes(at);
  const files = filesOf(at.cloud);
  expect(files[conflictCopy(files) ?? '']).toBe('there');
  expect(files).toMatchObject({ 'a.txt': 'here', 'same.txt': 'same' });
  expect(stampsOf(at.root)).toEqual(before);
});

it('upload: a file that is only touched here is none that was edited', async () => {
  const at = await opened({ space: { direction: 'upload' } });
  at.write('a.txt', 'a');
  await completes(at);
  writeFileSync(join(at.cloud, 'a.txt'), 'edited there');
  utimesSync(join(at.root, 'a.txt'), 1e9, 1e9);
  const notices = noticesOf(at);
  for (let run = 0; run < 2; run += 1) await completes(at);
  expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'edited there' });
  expect(filesOf(at.root)).toEqual({ 'a.txt': 'a' });
  expect(notices).toHaveLength(2);
});

it('upload: large contents of the cloud are kept beside, too', async () => {
  const at = await opened({ space: { direction: 'upload' } });
  at.write('a.bin', 'a');
  await completes(at);
  const theirs = Buffer.alloc(33 * 1024 * 1024, 'theirs ');
  writeFileSync(join(at.cloud, 'a.bin'), theirs);
  at.write('a.bin', 'edited here');
  await completes(at);
  const copy = conflictCopy(filesOf(at.cloud));
  expect(statSync(join(at.cloud, copy ?? '')).size).toBe(theirs.length);
  expect(filesOf(at.root)).toEqual({ 'a.bin': 'edited here' });
});

describe.each(cloudKinds)('download from %s', (kind) => {
  useCloud(kind);

  it('what is new, edited and deleted there comes down; nothing is written there', async () => {
    const cloud = await freshCloud(kind);
    const at = await opened({ cloud, space: { direction: 'download' } });
    for (const path of ['a.txt', 'b.txt', 'd/c.txt']) await cloud.put(path, path);
    at.write('mine/m.txt', 'mine');
    const stamps = async () => [await cloud.stamps(), await cloud.leftovers()];
    let before = await stamps();
    await completes(at);
    expect(await stamps()).toEqual(before);
    expect(filesOf(at.root)).toEqual({
      'a.txt': 'a.txt',
      'b.txt': 'b.txt',
      'd/c.txt': 'd/c.txt',
      'mine/m.txt': 'mine',
    });
    await cloud.put('a.txt', 'edited');
    await cloud.remove('b.txt');
    await cloud.remove('d');
    before = await stamps();
    await completes(at);
    expect(await stamps()).toEqual(before);
    expect(filesOf(at.root)).toEqual({ 'a.txt': 'edited', 'mine/m.txt': 'mine' });
  });
});

describe('download', () => {
  async function downloaded(): Promise<Opened> {
    const at = await opened({ space: { direction: 'download' } });
    for (const path of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(at.cloud, path), path);
    await completes(at);
    return at;
  }

  it('writes nothing into the directory of the cloud, not even what marks it', async () => {
    const at = await downloaded();
    expect(readdirSync(at.cloud).sort()).toEqual(['a.txt', 'b.txt', 'c.txt']);
  });

  it('an edit here stays here and is told; when the cloud changes, too, both are kept here', async () => {
    const at = await downloaded();
    at.write('a.txt', 'edited here');
    const notices = noticesOf(at);
    for (let run = 0; run < 2; run += 1) await completes(at);
    expect(filesOf(at.root)['a.txt']).toBe('edited here');
    expect(filesOf(at.cloud)['a.txt']).toBe('a.txt');
    expect(notices.map(({ path, cause }) => [path, cause])).toEqual([
      ['a.txt', 'conflict'],
      ['a.txt', 'conflict'],
    ]);
    writeFileSync(join(at.cloud, 'a.txt'), 'edited there');
    for (let run = 0; run < 2; run += 1) await completes(at);
    const files = filesOf(at.root);
    expect(files['a.txt']).toBe('edited there');
    expect(files[conflictCopy(files) ?? '']).toBe('edited here');
    expect(Object.keys(filesOf(at.cloud))).toHaveLength(3);
  });

  it('a file that is only touched here follows the cloud', async () => {
    const at = await downloaded();
    utimesSync(join(at.root, 'a.txt'), 1e9, 1e9);
    const notices = noticesOf(at);
    await completes(at);
    writeFileSync(join(at.cloud, 'a.txt'), 'edited there');
    await completes(at);
    expect(filesOf(at.root)['a.txt']).toBe('edited there');
    expect(notices).toEqual([]);
  });

  it('an edit here survives the deletion there', async () => {
    const at = await downloaded();
    at.write('a.txt', 'edited here');
    unlinkSync(join(at.cloud, 'a.txt'));
    for (let run = 0; run < 2; run += 1) await completes(at);
    expect(filesOf(at.root)['a.txt']).toBe('edited here');
    expect(existsSync(join(at.cloud, 'a.txt'))).toBe(false);
  });

  it('what is deleted here is in the cloud only, and comes again when it changes there', async () => {
    const at = await downloaded();
    unlinkSync(join(at.root, 'a.txt'));
    for (let run = 0; run < 2; run += 1) await completes(at);
    expect(Object.keys(filesOf(at.root))).toEqual(['b.txt', 'c.txt']);
    const places = new Map<string, string>();
    for await (const { path, location } of at.device.list(drive)) places.set(path, location);
    expect(places.get('a.txt')).toBe('cloud');
    writeFileSync(join(at.cloud, 'a.txt'), 'edited there');
    await completes(at);
    expect(filesOf(at.root)['a.txt']).toBe('edited there');
  });

  it('folders deleted here stay away, empty ones of the cloud come', async () => {
    const at = await downloaded();
    mkdirSync(join(at.cloud, 'empty'));
    mkdirSync(join(at.cloud, 'gone'));
    await completes(at);
    expect(foldersOf(at.root)).toEqual(['empty', 'gone']);
    rmSync(join(at.root, 'gone'), { recursive: true });
    for (let run = 0; run < 2; run += 1) await completes(at);
    expect(foldersOf(at.root)).toEqual(['empty']);
    expect(foldersOf(at.cloud)).toEqual(['empty', 'gone']);
  });

  it('a cloud that shows nothing at all is not believed to be empty', async () => {
    const at = await downloaded();
    const before = filesOf(at.root);
    for (const name of readdirSync(at.cloud)) rmSync(join(at.cloud, name));
    const notices = noticesOf(at);
    expect((await at.sync()).at(-1)).not.toEqual(COMPLETED);
    expect(filesOf(at.root)).toEqual(before);
    expect(notices.map(({ message }) => message).join()).toContain('no file at all');
  });

  it('files of this device alone have no state', async () => {
    const at = await downloaded();
    at.write('mine.txt', 'mine');
    await completes(at);
    const listed: string[] = [];
    for await (const { path } of at.device.list(drive)) listed.push(path);
    expect(listed.sort()).toEqual(['a.txt', 'b.txt', 'c.txt']);
  });
});

it('download: a directory that this user may not write is as good as any', async () => {
  const at = place();
  mkdirSync(join(at.cloud, 'd'));
  writeFileSync(join(at.cloud, 'a.txt'), 'a');
  writeFileSync(join(at.cloud, 'd/b.txt'), 'b');
  giveToNobody(at);
  for (const path of [join(at.cloud, 'd'), at.cloud]) chmodSync(path, 0o555);
  onTestFinished(() => chmodSync(at.cloud, 0o755));
  const source = `
    const device = await cloudsync.openDevice(input.config);
    const sync = new device.cloudSync.FileSync('${drive}');
    let replayed = false;
    const ended = new Promise((resolve) => sync.on('progress', ({ state }) => {
      if (replayed && ![0, 2].includes(state)) resolve(state);
      replayed = true;
    }));
    await sync.start();
    console.log('ended', await ended);
    await device.close();`;
  const config = configOf(at, drive, { direction: 'download' });
  const { lines, errors } = await runAsNobody(source, { config }).ended;
  expect({ lines, errors }).toEqual({ lines: ['ended 4'], errors: '' });
  expect(filesOf(at.root)).toEqual({ 'a.txt': 'a', 'd/b.txt': 'b' });
});

it('download: a bucket that everybody may read and nobody write, without credentials', async () => {
  const directory = tempDir();
  mkdirSync(join(directory, 'd'));
  writeFileSync(join(directory, 'a.txt'), 'a');
  writeFileSync(join(directory, 'd/b.txt'), 'b');
  const server = await startNginx({ bucket: 'public', directory });
  onTestFinished(() => server.stop());
  const url = `s3://public?endpoint=${server.endpoint}&pathStyle=true&anonymous=true`;
  const at = await opened({ space: { direction: 'download', remote: url } });
  for (let run = 0; run < 2; run += 1) await completes(at);
  expect(filesOf(at.root)).toEqual({ 'a.txt': 'a', 'd/b.txt': 'b' });
});
