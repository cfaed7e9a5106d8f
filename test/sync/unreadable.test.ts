// What this user may not read: the rest is done, nothing is taken for deleted, and the run says so.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { drive } from '../support/devices.js';
import { giveToNobody, runAsNobody } from '../support/nobody.js';
import { configOf, place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { filesOf, namesOf } from '../support/trees.js';

const run = `
  const device = await cloudsync.openDevice(input.config);
  const { FileSync, SyncState } = device.cloudSync;
  device.on('notice', ({ path, cause }) => console.log('notice', path, cause));
  const sync = new FileSync('${drive}');
  let replayed = false; // the state before this run comes first
  const ended = new Promise((resolve) => sync.on('progress', ({ state }) => {
    const over = replayed && state !== SyncState.UPLOADING && state !== SyncState.DOWNLOADING;
    replayed = true;
    if (over) resolve(state);
  }));
  await sync.start().catch(({ code, message }) => {
    console.log('refused', code, message);
    process.exit();
  });
  console.log('ended', await ended);`;

async function linesOf(at: Place): Promise<string[]> {
  const { exit, lines, errors } = await runAsNobody(run, { config: configOf(at, drive) }).ended;
  expect({ exit, errors }).toEqual({ exit: 0, errors: '' });
  return lines;
}

/** Two readable files and two that are about to be locked away, one by its folder. */
function gallery(): Place {
  const at = place();
  mkdirSync(join(at.root, 'locked'));
  mkdirSync(join(at.root, 'open'));
  for (const name of ['a.txt', 'open/b.txt', 'secret.txt', 'locked/c.txt']) {
    writeFileSync(join(at.root, name), name);
  }
  giveToNobody(at);
  return at;
}

function lock(at: Place): void {
  const paths = [join(at.root, 'secret.txt'), join(at.root, 'locked')];
  for (const path of paths) chmodSync(path, 0o000);
  onTestFinished(() => {
    for (const path of paths) chmodSync(path, 0o700);
  });
}

it('in a first run: the others go up, and the two are named', async () => {
  const at = gallery();
  lock(at);
  const lines = await linesOf(at);
  expect(lines.at(-1)).toMatch(/^ended [13]$/);
  expect(lines).toContain('notice secret.txt permission');
  expect(lines.some((line) => /^notice locked\/? permission$/.test(line))).toBe(true);
  expect(namesOf(at.cloud)).toEqual(['a.txt', 'open/b.txt']);
});

it('in a later run: nothing is deleted on either side, and the other changes are carried', async () => {
  const at = gallery();
  expect((await linesOf(at)).at(-1)).toBe('ended 4');
  const before = filesOf(at.cloud);
  lock(at);
  writeFileSync(join(at.root, 'a.txt'), 'edited');
  const lines = await linesOf(at);
  expect(lines.at(-1)).toMatch(/^ended [13]$/);
  expect(filesOf(at.cloud)).toEqual({ ...before, 'a.txt': 'edited' });
  for (const [path, mode] of [
    ['secret.txt', 0o600],
    ['locked', 0o700],
  ] as const) {
    chmodSync(join(at.root, path), mode);
  }
  expect((await linesOf(at)).at(-1)).toBe('ended 4');
  expect(filesOf(at.root)).toEqual(filesOf(at.cloud));
});

it('S014 a folder of the cloud: what is known below it stays here', async () => {
  const at = gallery();
  expect((await linesOf(at)).at(-1)).toBe('ended 4');
  const before = filesOf(at.root);
  chmodSync(join(at.cloud, 'locked'), 0o000);
  onTestFinished(() => chmodSync(join(at.cloud, 'locked'), 0o700));
  writeFileSync(join(at.cloud, 'a.txt'), 'edited');
  const lines = await linesOf(at);
  expect(lines.at(-1)).toMatch(/^ended [13]$/);
  expect(filesOf(at.root)).toEqual({ ...before, 'a.txt': 'edited' });
});

it('a cloud that may not be written refuses the run with 22400001', async () => {
  const at = gallery();
  chmodSync(at.cloud, 0o555);
  onTestFinished(() => chmodSync(at.cloud, 0o755));
  const lines = await linesOf(at);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^refused 22400001 /);
  expect(lines[0]).toContain(at.cloud);
  expect(namesOf(at.cloud)).toEqual([]);
});
