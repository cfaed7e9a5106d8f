// Everything is gone, changed or older than it was, all at once: the engine stops and asks, says why
// and what it would do, and a person can say yes to exactly that.
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Notice, Plan } from '../../lib/index.js';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import type { Place } from '../support/temp-dir.js';
import { errorOf } from '../support/thrown.js';
import { filesOf } from '../support/trees.js';

const many = 60;
const nameOf = (index: number) => `album/${String(index).padStart(3, '0')}.txt`;
const COMPLETED = { state: 4, error: 0 };

async function synced(files = many): Promise<Opened> {
  const at = await opened();
  for (let index = 0; index < files; index += 1)
    at.write(nameOf(index), `content ${String(index)}`);
  await completes(at);
  return at;
}

/** The same place by another process. */
async function reopened(at: Place): Promise<Opened> {
  return opened({ at });
}

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

async function waits(at: Opened, reason: string): Promise<Plan> {
  const notices: Notice[] = [];
  at.device.on('notice', (notice) => notices.push(notice));
  const starting = await at.sync().then(
    (states) => states.at(-1)?.state,
    () => 'refused',
  );
  expect(starting).not.toBe(COMPLETED.state);
  const plan = await at.device.plan(drive);
  expect(plan.halted).toBe(reason);
  expect(plan.halts.map((halt) => halt.reason)).toEqual([reason]);
  expect((await at.device.plan(drive)).id).toBe(plan.id);
  return plan;
}

it('S012 the cloud is emptied, marker and all: nothing is deleted, and it can be accepted', async () => {
  const at = await synced();
  const before = filesOf(at.root);
  for (const name of readdirSync(at.cloud)) rmSync(join(at.cloud, name), { recursive: true });
  const plan = await waits(at, 'remote-unmarked');
  expect(plan.ops).toEqual([]);
  expect(filesOf(at.root)).toEqual(before);
  await at.device.confirm(plan.id);
  await completes(at);
  expect(filesOf(at.root)).toEqual(before);
  expect(filesOf(at.cloud)).toEqual(before);
});

it('S012 another cloud stands at the place: nothing is deleted, and it can be accepted', async () => {
  const [at, other] = [await synced(), await synced(3)];
  const before = filesOf(at.root);
  await at.device.close();
  rmSync(at.cloud, { recursive: true });
  cpSync(other.cloud, at.cloud, { recursive: true });
  const again = await reopened(at);
  const plan = await waits(again, 'remote-foreign');
  await again.device.confirm(plan.id);
  await completes(again);
  expect(filesOf(at.root)).toEqual(before);
  expect(Object.keys(filesOf(at.cloud))).toHaveLength(many);
});

it('S012 the list of the cloud is empty, but for the marker: the deletion limit holds', async () => {
  const at = await synced();
  rmSync(join(at.cloud, 'album'), { recursive: true });
  const plan = await waits(at, 'deletion-limit-local');
  expect(Object.keys(filesOf(at.root))).toHaveLength(many);
  const held = plan.totals.filter(({ outcome }) => outcome === 'held');
  expect(held.find(({ kind }) => kind === 'removeLocal')?.count).toBe(many);
});

it('S013 the root is an empty directory, as without its disk: nothing is deleted', async () => {
  const at = await synced();
  await at.device.close();
  renameSync(at.root, `${at.root}.away`);
  mkdirSync(at.root);
  const without = await reopened(at);
  expect((await errorOf(() => without.sync())).cause).toBe('halted');
  await waits(without, 'local-root-unmarked');
  expect(Object.keys(filesOf(at.cloud))).toHaveLength(many);
  expect(readdirSync(at.root)).toEqual([]);
  await without.device.close();
  rmSync(at.root, { recursive: true });
  renameSync(`${at.root}.away`, at.root);
  await completes(await reopened(at));
});

it('S013 an empty directory that is meant is filled from the cloud', async () => {
  const at = await synced();
  await at.device.close();
  rmSync(at.root, { recursive: true });
  mkdirSync(at.root);
  const again = await reopened(at);
  const plan = await waits(again, 'local-root-unmarked');
  await again.device.confirm(plan.id);
  await completes(again);
  expect(filesOf(at.root)).toEqual(filesOf(at.cloud));
  expect(Object.keys(filesOf(at.root))).toHaveLength(many);
});

it('S013 the root is gone: there is nothing to say yes to', async () => {
  const at = await synced();
  await at.device.close();
  renameSync(at.root, `${at.root}.away`);
  const without = await reopened(at);
  const plan = await waits(without, 'local-root-missing');
  expect((await errorOf(() => without.device.confirm(plan.id))).cause).toBe('halted');
  expect(Object.keys(filesOf(at.cloud))).toHaveLength(many);
});

it('S017 more than half of the files are deleted: they go after a yes, into the trash', async () => {
  const at = await synced();
  for (let index = 0; index < 36; index += 1) rmSync(join(at.root, nameOf(index)));
  at.write('new.txt', 'goes up all the same');
  const plan = await waits(at, 'deletion-limit-remote');
  expect(Object.keys(filesOf(at.cloud))).toHaveLength(many + 1);
  expect(plan.ops.filter(({ outcome }) => outcome === 'held')).toHaveLength(36);
  // One of them comes back before the yes, another one goes after it.
  at.write(nameOf(0), 'there again');
  await at.device.confirm(plan.id);
  rmSync(join(at.root, nameOf(50)));
  const again = await reopenedAfterClose(at);
  await again.sync();
  const left = filesOf(at.cloud);
  expect(left[nameOf(1)]).toBeUndefined();
  expect(left[nameOf(0)]).toBeDefined();
  expect(left[nameOf(50)]).toBeDefined(); // new, and more than the limit with the others
  await completes(again);
  expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
  const trashed = [];
  for await (const entry of again.device.trash(drive)) trashed.push(entry.path);
  expect(trashed).toContain(nameOf(1));
});

async function reopenedAfterClose(at: Opened): Promise<Opened> {
  await at.device.close();
  return reopened(at);
}

it('S018 every local time is another one: nothing moves', async () => {
  const at = await synced();
  const before = filesOf(at.cloud);
  for (let index = 0; index < many; index += 1) utimesSync(join(at.root, nameOf(index)), 0, 0);
  let bytes = 0;
  at.device.on('progress', ({ bytesDone }) => (bytes = bytesDone));
  await completes(at);
  expect(filesOf(at.cloud)).toEqual(before);
  expect(bytes).toBeLessThanOrEqual(many * 'content 00'.length); // looked at, at most
});

it('S018 every file of the cloud is another one, and no hash is known: that waits', async () => {
  const at = await synced();
  for (let index = 0; index < many; index += 1) {
    utimesSync(join(at.cloud, nameOf(index)), 1_700_000_000, 1_700_000_000);
  }
  const plan = await waits(at, 'all-changed-remote');
  await at.device.confirm(plan.id);
  await completes(at);
  expect(filesOf(at.root)).toEqual(filesOf(at.cloud));
});

it('S018 every file is encrypted here: the cloud keeps its own until somebody says yes', async () => {
  const at = await synced();
  const before = filesOf(at.cloud);
  for (let index = 0; index < many; index += 1) at.write(nameOf(index), `locked ${String(index)}`);
  await waits(at, 'all-changed-local');
  expect(filesOf(at.cloud)).toEqual(before);
});

it('S019 the cloud is restored from an older backup: what it lacks goes up again', async () => {
  const at = await synced(10);
  const backup = `${at.cloud}.backup`;
  cpSync(at.cloud, backup, { recursive: true, preserveTimestamps: true });
  for (let index = 10; index < 30; index += 1) at.write(nameOf(index), `later ${String(index)}`);
  at.write('later.txt', 'later, too');
  await completes(at);
  const before = filesOf(at.root);
  await at.device.close();
  rmSync(at.cloud, { recursive: true });
  renameSync(backup, at.cloud);
  const again = await reopened(at);
  const notices: Notice[] = [];
  again.device.on('notice', (notice) => notices.push(notice));
  await completes(again);
  expect(filesOf(at.root)).toEqual(before);
  expect(filesOf(at.cloud)).toEqual(before);
  expect(notices.some(({ message }) => message.includes('older state'))).toBe(true);
  // From here on a deletion is one again.
  rmSync(join(at.root, nameOf(0)));
  await completes(again);
  expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
});
