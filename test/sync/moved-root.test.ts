// A root that was moved is known by its marker, and bound again when its user says so.
import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { errorOf } from '../support/thrown.js';
import { filesOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

async function synced(): Promise<Opened> {
  const at = await opened();
  at.write('a/b.txt', 'b');
  at.write('c.txt', 'c');
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  await at.device.close();
  return at;
}

it('a root that was renamed waits for a yes, and goes on where it was', async () => {
  const at = await synced();
  const root = `${at.root}-moved`;
  renameSync(at.root, root);
  rmSync(join(root, 'c.txt'));
  const moved = await opened({ at: { ...at, root } });
  expect((await errorOf(() => moved.sync())).cause).toBe('halted');
  const plan = await moved.device.plan(drive);
  expect(plan.halted).toBe('local-root-moved');
  expect(plan.halts[0]?.message).toContain(`from ${at.root} to ${root}`);
  await moved.device.confirm(plan.id);
  expect((await moved.sync()).at(-1)).toEqual(COMPLETED);
  expect(Object.keys(filesOf(at.cloud))).toEqual(['a/b.txt']); // the deletion is believed
});

it('a copy of a root is brought together with the cloud, and nothing is deleted for it', async () => {
  const at = await synced();
  const root = `${at.root}-copy`;
  cpSync(at.root, root, { recursive: true, preserveTimestamps: true });
  rmSync(join(root, 'c.txt'));
  const copy = await opened({ at: { ...at, root } });
  const plan = await copy.device.plan(drive);
  expect(plan.halted).toBe('local-root-moved');
  await copy.device.confirm(plan.id);
  expect((await copy.sync()).at(-1)).toEqual(COMPLETED);
  expect(Object.keys(filesOf(root))).toEqual(['a/b.txt', 'c.txt']);
});

it('a space that is unlinked can have another root, and deletes nothing there', async () => {
  const at = await synced();
  const again = await opened({ at });
  await again.device.unlink(drive);
  expect(Object.keys(filesOf(at.root))).toEqual(Object.keys(filesOf(at.cloud)));
  await again.device.close();
  const root = `${at.root}-other`;
  cpSync(at.root, root, {
    recursive: true,
    filter: (path) => !path.endsWith('c.txt') && !path.includes('.cloudsync'),
  });
  const other = await opened({ at: { ...at, root } });
  expect((await other.sync()).at(-1)).toEqual(COMPLETED);
  expect(Object.keys(filesOf(root))).toEqual(['a/b.txt', 'c.txt']);
  expect(readdirSync(at.root)).toContain('c.txt');
});
