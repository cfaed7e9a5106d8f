import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudSync, configure, openDevice } from '../../lib/index.js';
import type { EntryInfo, Notice, RunProgress } from '../../lib/index.js';
import { drive, opened, secondDevice } from '../support/devices.js';
import { runProgram } from '../support/spawn.js';
import { configOf, place } from '../support/temp-dir.js';
import { errorOf, thrownBy } from '../support/thrown.js';

async function collected(entries: AsyncIterable<EntryInfo>): Promise<EntryInfo[]> {
  const all: EntryInfo[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

describe('list', () => {
  it('shows what is here and what is in the cloud, in order', async () => {
    const first = await opened();
    first.write('b.txt', 'bb');
    first.write('a/c.txt', 'c');
    await first.sync();
    const second = await secondDevice(first);
    const files = (await collected(second.device.list(drive))).filter((entry) => !entry.directory);
    expect(files.map(({ path, size, location }) => ({ path, size, location }))).toEqual([
      { path: 'a/c.txt', size: 1, location: 'cloud' },
      { path: 'b.txt', size: 2, location: 'cloud' },
    ]);
    const here = (await collected(first.device.list(drive))).find(({ path }) => path === 'b.txt');
    expect(here).toMatchObject({ location: 'both', uri: first.uri('b.txt') });
  });

  it('goes over pages, and below a prefix only', async () => {
    const at = await opened();
    for (let index = 0; index < 1500; index += 1) at.write(`many/${String(index)}.txt`, '');
    at.write('other.txt', '');
    await at.sync();
    const below = await collected(at.device.list(drive, 'many/'));
    expect(below.filter(({ directory }) => !directory)).toHaveLength(1500);
    expect(new Set(below.map(({ path }) => path)).size).toBe(below.length);
  });

  it('shows what no run has seen yet, in its place among the others', async () => {
    const at = await opened();
    at.write('a/synced.txt', 's');
    await at.sync();
    at.write('a/new.txt', 'not synced');
    at.write('new/deep.txt', 'nor this');
    symlinkSync('/etc/passwd', join(at.root, 'link'));
    rmSync(join(at.root, 'a/synced.txt'));
    const entries = await collected(at.device.list(drive));
    expect(entries.map(({ path, location, directory }) => ({ path, location, directory }))).toEqual(
      [
        { path: 'a', location: 'both', directory: true },
        { path: 'a/new.txt', location: 'local', directory: false },
        { path: 'new', location: 'local', directory: true },
        { path: 'new/deep.txt', location: 'local', directory: false },
      ],
    );
    for (const { uri, state } of entries) expect(at.cloudSync.getFileSyncState(uri)).toBe(state);
    for (const path of ['link', 'a/synced.txt']) {
      expect(thrownBy(() => at.cloudSync.getFileSyncState(at.uri(path))).cause).toBe('notFound');
    }
    expect(entries[1]?.sha256).toBeUndefined();
    expect((await collected(at.device.list(drive, 'new/'))).map(({ path }) => path)).toEqual([
      'new',
      'new/deep.txt',
    ]);
  });

  it('can be left in the middle, and many can go on at the same time', async () => {
    const at = await opened();
    for (let index = 0; index < 2500; index += 1) at.write(`many/${String(index)}.txt`, '');
    for await (const { path } of at.device.list(drive)) if (path.endsWith('1.txt')) break;
    const side = Array.from({ length: 8 }, () => collected(at.device.list(drive, 'many/')));
    for (const entries of await Promise.all(side)) {
      const paths = entries.map(({ path }) => path);
      expect(paths).toHaveLength(2501); // with the directory itself
      expect(paths).toEqual([...paths].sort());
    }
  });

  it('of an unknown space rejects with 22400001', async () => {
    const { device } = await opened();
    expect((await errorOf(() => collected(device.list('unknown')))).code).toBe(22400001);
  });
});

it('plan says what a run would do, without doing it', async () => {
  const at = await opened();
  at.write('a.txt', 'a');
  const plan = await at.device.plan(drive);
  expect(plan.ops.map(({ path }) => path)).toContain('a.txt');
  expect(plan.halted).toBeUndefined();
});

it('tells how far runs are', async () => {
  const at = await opened();
  at.write('a.txt', 'abc');
  const progress: RunProgress[] = [];
  at.device.on('progress', (event) => progress.push(event));
  await at.sync();
  expect(progress.at(-1)).toMatchObject({ space: drive, filesDone: 1, bytesDone: 3, failed: 0 });
});

it('tells what was set aside, to listeners and to the log', async () => {
  const logged: string[] = [];
  const notices: Notice[] = [];
  const silent = () => undefined;
  const log = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (_d: object, text: string) => logged.push(text),
  };
  const at = await opened({ more: { log } });
  at.device.on('notice', (notice) => notices.push(notice));
  symlinkSync('/etc/passwd', join(at.root, 'link'));
  await at.sync();
  expect(notices.map(({ path }) => path)).toEqual(['link']);
  expect(logged).toHaveLength(1);
});

it('two devices in one process are apart from each other', async () => {
  const [a, b] = [await opened(), await opened()];
  a.write('a.txt', 'a');
  const heardByB: unknown[] = [];
  new b.cloudSync.FileSync(drive).on('progress', (event) => heardByB.push(event));
  await a.sync();
  expect(heardByB).toHaveLength(1); // only the state before its first run
  expect(new a.cloudSync.FileSync(drive)).toBeInstanceOf(cloudSync.FileSync);
  class Mine extends b.cloudSync.FileSync {}
  expect(await new Mine(drive).getLastSyncTime()).toBe(0);
});

describe('close', () => {
  it('is idempotent, and is what `await using` does', async () => {
    const { device } = await opened();
    await Promise.all([device.close(), device.close()]);
    await device[Symbol.asyncDispose]();
  });

  it('tells the listeners that a running run was stopped', async () => {
    const at = await opened();
    for (let index = 0; index < 200; index += 1)
      at.write(`${String(index)}.bin`, Buffer.alloc(100_000, index));
    const sync = new at.cloudSync.FileSync(drive);
    const states: number[] = [];
    const uploading = new Promise<void>((resolve) => {
      sync.on('progress', ({ state }) => {
        states.push(state);
        if (state === at.cloudSync.SyncState.UPLOADING) resolve();
      });
    });
    await sync.start();
    await uploading;
    await at.device.close();
    expect([at.cloudSync.SyncState.STOPPED, at.cloudSync.SyncState.COMPLETED]).toContain(
      states.at(-1),
    );
  });

  it('lets the same state directory be opened again', async () => {
    const at = place();
    const first = await openDevice(configOf(at));
    await first.close();
    const second = await openDevice(configOf(at));
    await second.close();
  });
});

describe('one device per state directory', () => {
  it('a second one in this process is 13600001 with our pid', async () => {
    const at = place();
    const device = await openDevice(configOf(at));
    const error = await errorOf(() => openDevice(configOf(at)));
    expect(error).toMatchObject({ code: 13600001, cause: 'locked' });
    expect(error.message).toContain(String(process.pid));
    await device.close();
  });

  it('one in another process is 13600001 with the pid of its owner', async () => {
    const at = place();
    const device = await openDevice(configOf(at));
    const program = runProgram(
      `await cloudsync.openDevice(input.config).catch((error) => console.log(error.code, error.message));`,
      { config: configOf(at) },
    );
    const { lines } = await program.ended;
    expect(lines[0]).toMatch(/^13600001 /);
    expect(lines[0]).toContain(String(process.pid));
    await device.close();
  });

  it('the first use of an object of the process is 13600001 when another owns the directory', async () => {
    const at = place();
    const device = await openDevice(configOf(at));
    const program = runProgram(
      `const { writeFileSync } = await import('node:fs');
       writeFileSync(input.file, JSON.stringify(input.config));
       process.env.CLOUDSYNC_CONFIG = input.file;
       const gallery = new cloudsync.cloudSync.GallerySync();
       try { gallery.on('progress', () => {}); } catch (error) { console.log(error.code); }
       await gallery.start().catch((error) => console.log(error.code));`,
      { file: join(at.base, 'config.json'), config: configOf(at) },
    );
    expect((await program.ended).lines).toEqual(['13600001', '13600001']);
    await device.close();
  });
});

it('configure again closes the first device; listeners of the process stay', async () => {
  const [one, two] = [place(), place()];
  const first = await configure(configOf(one));
  const gallery = new cloudSync.GallerySync();
  const states: number[] = [];
  gallery.on('progress', ({ state }) => states.push(state));
  const second = await configure(configOf(two));
  expect((await errorOf(() => first.plan('gallery'))).code).toBe(13600001);
  await gallery.start();
  await second.whenIdle();
  await expect.poll(() => states.at(-1)).toBe(cloudSync.SyncState.COMPLETED);
  expect(states.length).toBeGreaterThan(1);
  expect(second.cloudSync).toBe(cloudSync);
  await second.close();
});

it('a root that does not exist says so at the first run', async () => {
  const at = place();
  const config = configOf({ ...at, root: join(at.base, 'missing') });
  const device = await openDevice(config);
  const error = await errorOf(() => new device.cloudSync.GallerySync().start());
  expect(error).toMatchObject({ code: 22400001, cause: 'notFound' });
  expect(error.message).toContain(join(at.base, 'missing'));
  mkdirSync(join(at.base, 'missing'));
  await new device.cloudSync.GallerySync().start();
  await device.whenIdle();
  await device.close();
});

it('what is planned answers with what to do meanwhile', async () => {
  const { device } = await opened();
  expect(thrownBy(() => device.metrics()).cause).toBe('notYet');
  expect(thrownBy(() => device.conflicts('gallery')).cause).toBe('notYet');
});

it('an unknown event of a device is 401', async () => {
  const { device } = await opened();
  const call = (...args: unknown[]) => thrownBy(() => Reflect.apply(device.on, device, args)).code;
  expect(call('finished', () => undefined)).toBe(401);
  expect(call('progress', 7)).toBe(401);
});
