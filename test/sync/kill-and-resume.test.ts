// kill -9 in the middle of a large transfer: the next process moves the rest, and only the rest.
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drive } from '../support/devices.js';
import { patience } from '../support/patience.js';
import { runProgram } from '../support/spawn.js';
import { configOf, place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { ownEntries, sameBytes } from '../support/trees.js';

const mebibyte = 1 << 20;
const size = 500 * mebibyte;
const killAt = 150 * mebibyte;
/** What may be under way, not yet kept, when a download is killed: four ranges of 8 MiB. */
const inFlight = 4 * 8 * mebibyte;
/** Rows, journals and fsynced beginnings, beside the content. */
const besides = 16 * mebibyte;

const deadlineMilliseconds = 120_000;
const testTimeout = 300_000 * patience;

/** No two of its blocks are equal, so that no part can stand for another. */
function writeLargeFile(path: string): void {
  const block = randomBytes(mebibyte);
  const file = openSync(path, 'w');
  for (let index = 0; index < size / mebibyte; index += 1) {
    block.writeUInt32LE(index);
    writeSync(file, block);
  }
  closeSync(file);
}

/** Opens the device; `written()` is what this process has handed to the kernel since. */
const open = `
  const { readFileSync } = await import('node:fs');
  const count = () => Number(/^wchar: (\\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
  const device = await cloudsync.openDevice(input.config);
  const { FileSync, Download, State, SyncState } = device.cloudSync;
  const before = count();
  const written = () => count() - before;
  const dieAt = (bytes) => {
    if (bytes < input.killAt) return;
    console.log('had', bytes);
    process.kill(process.pid, 'SIGKILL');
  };`;

const upload = `${open}
  device.on('progress', ({ bytesDone }) => dieAt(bytesDone));
  const sync = new FileSync('${drive}');
  let replayed = false; // the state before this run comes first
  const ended = new Promise((resolve) => sync.on('progress', ({ state, error }) => {
    const over = replayed && state !== SyncState.UPLOADING && state !== SyncState.DOWNLOADING;
    replayed = true;
    if (!over) return;
    console.log('state', state, error);
    resolve();
  }));
  await sync.start();
  await ended;
  console.log('written', written());`;

const download = `${open}
  const download = new Download();
  const ended = new Promise((resolve) => download.on('progress', ({ state, error, processed }) => {
    dieAt(processed);
    if (state === State.RUNNING) return;
    console.log('state', state, error);
    resolve();
  }));
  await download.start(input.uri);
  await ended;
  console.log('written', written());`;

/** What the device says of the file, and what it would do now. */
const look = `${open}
  for await (const { path, size, location, state } of device.list('${drive}')) {
    console.log(path, size, location, state);
  }
  console.log('to do', (await device.plan('${drive}')).ops.length);`;

/** Kills a process of this program in its middle; resolves with the bytes it had then. */
async function killed(program: string, input: object): Promise<number> {
  const { exit, lines } = await runProgram(program, { ...input, killAt }, { deadlineMilliseconds })
    .ended;
  expect(exit).toBe('SIGKILL');
  const had = Number(lines.at(-1)?.replace('had ', ''));
  expect(had).toBeGreaterThanOrEqual(killAt);
  expect(had).toBeLessThan(size);
  return had;
}

/** Lets a process of this program come to its end; resolves with the bytes it wrote. */
async function finished(program: string, input: object, lastState: string): Promise<number> {
  const { exit, lines, errors } = await runProgram(program, input, { deadlineMilliseconds }).ended;
  expect({ exit, errors }).toEqual({ exit: 0, errors: '' });
  expect(lines.at(-2)).toBe(lastState);
  return Number(lines.at(-1)?.replace('written ', ''));
}

async function expectNothingLeft(at: Place): Promise<void> {
  expect(ownEntries(at.root, 'tmp')).toEqual([]);
  expect(ownEntries(at.cloud, 'tmp')).toEqual([]);
  expect(ownEntries(at.cloud, 'uploads')).toEqual([]);
}

it(
  'of an upload: the next process sends the rest only',
  async () => {
    const at = place();
    writeLargeFile(join(at.root, 'big.bin'));
    const config = configOf(at, drive);
    const had = await killed(upload, { config });
    expect(ownEntries(at.cloud, 'uploads')).toHaveLength(1);

    const written = await finished(upload, { config, killAt: Number.MAX_VALUE }, 'state 4 0');
    expect(written).toBeLessThan(size - had + besides);
    expect(written).toBeGreaterThan(mebibyte); // the measure measures
    expect(sameBytes(join(at.root, 'big.bin'), join(at.cloud, 'big.bin'))).toBe(true);
    await expectNothingLeft(at);
    const { lines } = await runProgram(look, { config }).ended;
    expect(lines).toEqual([`big.bin ${String(size)} both 5`, 'to do 0']);
  },
  testTimeout,
);

it(
  'S038 of a download: nothing shows before, the next process fetches the rest only',
  async () => {
    const first = place();
    writeLargeFile(join(first.cloud, 'big.bin'));
    const at = { ...place(), cloud: first.cloud };
    const config = configOf(at, drive, { content: 'on-demand' });
    const uri = `file://${join(at.root, 'big.bin')}`;
    await finished(upload, { config, killAt: Number.MAX_VALUE }, 'state 4 0'); // learns of the file
    const had = await killed(download, { config, uri });
    expect(ownEntries(at.root, 'tmp')).toHaveLength(1);
    expect(existsSync(join(at.root, 'big.bin'))).toBe(false);

    const written = await finished(
      download,
      { config, uri, killAt: Number.MAX_VALUE },
      'state 1 0',
    );
    expect(written).toBeLessThan(size - had + inFlight + besides);
    expect(written).toBeGreaterThan(mebibyte); // the measure measures
    expect(sameBytes(join(at.root, 'big.bin'), join(at.cloud, 'big.bin'))).toBe(true);
    await expectNothingLeft(at);
    const { lines } = await runProgram(look, { config }).ended;
    expect(lines).toEqual([`big.bin ${String(size)} both 2`, 'to do 0']);
  },
  testTimeout,
);
