// Trees as they should not be, here and in the cloud: the rest is synced, nothing outside is touched.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice, SyncProgress } from '../../lib/index.js';
import { drive, opened, secondDevice } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

function noticesOf(at: Opened): Notice[] {
  const notices: Notice[] = [];
  at.device.on('notice', (notice) => notices.push(notice));
  return notices;
}

/** A folder beside the root, with a file that is nobody's business. */
function outside(at: Opened): string {
  const folder = join(at.base, 'outside');
  mkdirSync(folder);
  writeFileSync(join(folder, 'a.txt'), 'outside');
  return folder;
}

/** Starts a run; resolves with its last state, or with the code of the error that refused it. */
async function outcome(at: Opened): Promise<SyncProgress | number> {
  try {
    return (await at.sync()).at(-1) ?? 0;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

function expectFailed(result: SyncProgress | number): void {
  const clear = typeof result === 'number' ? result : result.state;
  expect([22400001, 1, 3]).toContain(clear);
}

describe('symbolic links', () => {
  it('out of the root are named and skipped; what they lead to is neither read nor written', async () => {
    const at = await opened();
    const folder = outside(at);
    symlinkSync(folder, join(at.root, 'folder'));
    symlinkSync(join(folder, 'a.txt'), join(at.root, 'file'));
    at.write('real.txt', 'real');
    const notices = noticesOf(at);
    expect(await outcome(at)).toEqual(COMPLETED);
    expect(notices.map(({ path }) => path).sort()).toEqual(['file', 'folder']);
    expect(filesOf(at.cloud)).toEqual({ 'real.txt': 'real' });
    expect(filesOf(folder)).toEqual({ 'a.txt': 'outside' });
  });

  it('planted in the cloud bring nothing in', async () => {
    const at = await opened();
    const folder = outside(at);
    symlinkSync(folder, join(at.cloud, 'folder'));
    symlinkSync(join(folder, 'a.txt'), join(at.cloud, 'file'));
    writeFileSync(join(at.cloud, 'real.txt'), 'real');
    const notices = noticesOf(at);
    expect(await outcome(at)).toEqual(COMPLETED);
    expect(notices.map(({ path }) => path).sort()).toEqual(['file', 'folder']);
    expect(filesOf(at.root)).toEqual({ 'real.txt': 'real' });
  });

  it.each(['cloud', 'root'] as const)(
    'planted in the %s where a folder was: nothing goes through them',
    async (side) => {
      const at = await opened();
      at.write('d/a.txt', 'a');
      at.write('d/b.txt', 'b');
      expect(await outcome(at)).toEqual(COMPLETED);
      const folder = outside(at);
      rmSync(join(at[side], 'd'), { recursive: true });
      symlinkSync(folder, join(at[side], 'd'));
      const other = side === 'cloud' ? at.root : at.cloud;
      writeFileSync(join(other, 'd/a.txt'), 'edited');
      rmSync(join(other, 'd/b.txt'));
      writeFileSync(join(other, 'd/new.txt'), 'new');
      const notices = noticesOf(at);
      await outcome(at);
      await outcome(at);
      expect(filesOf(folder)).toEqual({ 'a.txt': 'outside' });
      expect(filesOf(other)).toEqual({ 'd/a.txt': 'edited', 'd/new.txt': 'new' });
      expect(notices.map(({ path }) => path)).toContain('d');
    },
  );
});

it('a FIFO on either side holds up nothing', async () => {
  const at = await opened();
  execFileSync('mkfifo', [join(at.root, 'here'), join(at.cloud, 'there')]);
  at.write('a.txt', 'a');
  writeFileSync(join(at.cloud, 'b.txt'), 'b');
  const notices = noticesOf(at);
  expect(await outcome(at)).toEqual(COMPLETED);
  expect(notices.map(({ path }) => path).sort()).toEqual(['here', 'there']);
  expect(filesOf(at.root)).toEqual({ 'a.txt': 'a', 'b.txt': 'b' });
  expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
});

it('a FIFO in the place of a file that is to be downloaded holds up nothing', async () => {
  const first = await opened();
  first.write('a.txt', 'a');
  await first.sync();
  const second = await secondDevice(first);
  rmSync(join(first.cloud, 'a.txt'));
  execFileSync('mkfifo', [join(first.cloud, 'a.txt')]);
  const download = new second.cloudSync.Download();
  const ended = new Promise<number>((resolve) => {
    download.on('progress', ({ state }) => {
      if (state !== second.cloudSync.State.RUNNING) resolve(state);
    });
  });
  await download.start(second.uri('a.txt'));
  expect(await ended).toBe(second.cloudSync.State.FAILED);
  expect(filesOf(second.root)).toEqual({});
});

it('S010 a file that grows: the cloud only ever has a state that it had; at rest it is equal', async () => {
  const at = await opened();
  const file = join(at.root, 'log.bin');
  const line = (index: number) => Buffer.alloc(20_000, `${String(index)} `);
  writeFileSync(file, Buffer.concat(Array.from({ length: 200 }, (_, index) => line(index))));
  at.write('still.txt', 'still');
  let count = 200;
  const writer = setInterval(() => {
    appendFileSync(file, line(count));
    count += 1;
  }, 1);
  try {
    for (let round = 0; round < 2; round += 1) {
      await outcome(at);
      expect(readFileSync(join(at.cloud, 'still.txt'), 'utf8')).toBe('still');
      const there = join(at.cloud, 'log.bin');
      if (!existsSync(there)) continue;
      const content = readFileSync(there);
      expect(readFileSync(file).subarray(0, content.length).equals(content)).toBe(true);
    }
  } finally {
    clearInterval(writer);
  }
  expect(count).toBeGreaterThan(200);
  expect(await outcome(at)).toEqual(COMPLETED);
  expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
  expect(Object.keys(filesOf(at.cloud)).sort()).toEqual(['log.bin', 'still.txt']);
});

describe.each(['root', 'cloud'] as const)('the %s between two runs', (side) => {
  const other = side === 'root' ? 'cloud' : 'root';
  const files = { 'a.txt': 'a', 'd/b.txt': 'b' };

  async function synced(): Promise<Opened> {
    const at = await opened();
    for (const [path, content] of Object.entries(files)) at.write(path, content);
    expect(await outcome(at)).toEqual(COMPLETED);
    return at;
  }

  it('vanished: an error, and nothing is deleted on the other side', async () => {
    const at = await synced();
    renameSync(at[side], `${at[side]}-away`);
    expectFailed(await outcome(at));
    expect(filesOf(at[other])).toEqual(files);
    renameSync(`${at[side]}-away`, at[side]);
    expect(await outcome(at)).toEqual(COMPLETED);
    expect(filesOf(at.root)).toEqual(filesOf(at.cloud));
  });

  it('became an empty directory: an error, nothing deleted, nothing copied into it', async () => {
    const at = await synced();
    renameSync(at[side], `${at[side]}-away`);
    mkdirSync(at[side]);
    expectFailed(await outcome(at));
    expect(filesOf(at[other])).toEqual(files);
    expect(filesOf(at[side])).toEqual({});
    rmSync(at[side], { recursive: true });
    renameSync(`${at[side]}-away`, at[side]);
    expect(await outcome(at)).toEqual(COMPLETED);
    expect(filesOf(at.root)).toEqual(filesOf(at.cloud));
  });

  it('became that of another space: an error, and nothing is mixed', async () => {
    const at = await synced();
    const stranger = await opened();
    stranger.write('s.txt', 's');
    expect(await outcome(stranger)).toEqual(COMPLETED);
    renameSync(at[side], `${at[side]}-away`);
    renameSync(stranger[side], at[side]);
    expectFailed(await outcome(at));
    expect(filesOf(at[other])).toEqual(files);
    expect(filesOf(at[side])).toEqual({ 's.txt': 's' });
  });
});

it('what halts a run is said to those who listen for notices', async () => {
  const at = await opened();
  at.write('a.txt', 'a');
  expect(await outcome(at)).toEqual(COMPLETED);
  rmSync(join(at.root, '.cloudsync'), { recursive: true });
  const notices = noticesOf(at);
  const result = await outcome(at);
  expectFailed(result);
  if (typeof result !== 'number') {
    expect(notices.map(({ space, message }) => `${space}: ${message}`).join()).toContain(
      `${drive}: the root has lost its marker`,
    );
  }
});
