// device.plan, confirm, remove, move, trash, restore, versions, restoreVersion and unlink: what they
// are given, and what they answer.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Device, TrashEntry } from '../../lib/index.js';
import { drive, opened, secondDevice } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { errorOf } from '../support/thrown.js';
import { filesOf } from '../support/trees.js';

async function synced(): Promise<Opened> {
  const at = await opened();
  at.write('d/x.txt', 'xx');
  at.write('y.txt', 'yy');
  await at.sync();
  return at;
}

async function trashOf(device: Device): Promise<TrashEntry[]> {
  const all: TrashEntry[] = [];
  for await (const entry of device.trash(drive)) all.push(entry);
  return all;
}

// As a program without types would call it.
const wrongly = (device: Device, method: string, ...args: unknown[]): unknown => {
  const call: unknown = Reflect.get(device, method);
  if (typeof call !== 'function') throw new Error(`no method ${method}`);
  return Reflect.apply(call, device, args);
};

describe('arguments', () => {
  it.each([
    ['plan', [7]],
    ['confirm', [7]],
    ['confirm', ['']],
    ['remove', [7]],
    ['remove', ['file:///x', { recursive: 'yes' }]],
    ['move', ['file:///x', undefined]],
    ['move', [null, 'file:///x']],
    ['restore', [drive, '']],
    ['restore', [7, 'id']],
    ['versions', [{}]],
    ['restoreVersion', ['file:///x', '']],
    ['unlink', [7]],
  ])('%s(%j) is refused with 401', async (method, args) => {
    const { device } = await opened();
    expect((await errorOf(() => wrongly(device, method, ...args))).code).toBe(401);
  });

  it('URIs outside of every space are refused with 14000002', async () => {
    const at = await synced();
    const { device } = at;
    const outside = 'file:///nowhere/a';
    const calls = [
      () => device.remove(outside),
      () => device.move(outside, at.uri('z')),
      () => device.move(at.uri('y.txt'), outside),
      () => device.versions(outside),
      () => device.restoreVersion(outside, '7'),
    ];
    for (const call of calls) expect((await errorOf(call)).code).toBe(14000002);
  });

  it('names of the engine itself are those of no space', async () => {
    const at = await synced();
    const marker = at.uri('.cloudsync/root');
    expect((await errorOf(() => at.device.remove(marker))).code).toBe(14000002);
    expect((await errorOf(() => at.device.move(at.uri('y.txt'), marker))).code).toBe(14000002);
    expect(existsSync(join(at.root, '.cloudsync/root'))).toBe(true);
  });

  it('unknown spaces are refused with 22400001', async () => {
    const { device } = await opened();
    const calls = [() => device.plan('none'), () => device.unlink('none')];
    for (const call of calls) expect((await errorOf(call)).code).toBe(22400001);
    expect((await errorOf(() => device.restore('none', 'local/1/1'))).code).toBe(22400001);
  });
});

describe('confirm', () => {
  it('of an id that nothing waits under says so', async () => {
    const { device } = await synced();
    const error = await errorOf(() => device.confirm('0123456789abcdef'));
    expect(error.code).toBe(13900002);
    expect(error.detail).toMatch(/look at plan\(\) again/);
  });

  it('releases what was shown, and starts no run', async () => {
    const at = await opened({ space: { deletionLimit: { files: 0, share: 0 } } });
    at.write('a', 'a');
    await at.sync();
    rmSync(join(at.root, 'a'));
    await at.sync();
    const plan = await at.device.plan(drive);
    expect(plan).toMatchObject({ halted: 'deletion-limit-remote' });
    await at.device.confirm(plan.id);
    expect(filesOf(at.cloud)).toHaveProperty('a');
    expect((await at.device.plan(drive)).halted).toBeUndefined();
    expect((await at.sync()).at(-1)).toEqual({ state: 4, error: 0 });
    expect(filesOf(at.cloud)).toEqual({});
  });
});

describe('remove', () => {
  it('S040 takes a file away on both sides, also one that is only in the cloud', async () => {
    const at = await synced();
    await at.device.remove(at.uri('y.txt'));
    expect(existsSync(join(at.root, 'y.txt'))).toBe(false);
    expect(Object.keys(filesOf(at.cloud))).toEqual(['d/x.txt']);
    const second = await secondDevice(at);
    await second.device.remove(second.uri('d/x.txt'));
    expect(filesOf(at.cloud)).toEqual({});
    await second.sync();
    expect(filesOf(at.cloud)).toEqual({});
    await at.sync();
    expect(filesOf(at.root)).toEqual({});
  });

  it('of a directory that holds anything needs recursive', async () => {
    const at = await synced();
    expect((await errorOf(() => at.device.remove(at.uri('d')))).code).toBe(13900032);
    await at.device.remove(at.uri('d'), { recursive: true });
    expect(existsSync(join(at.root, 'd'))).toBe(false);
    expect(existsSync(join(at.cloud, 'd'))).toBe(false);
  });

  it('of what nobody knows rejects with 13900002', async () => {
    const at = await synced();
    expect((await errorOf(() => at.device.remove(at.uri('none')))).code).toBe(13900002);
  });
});

describe('move', () => {
  it('S039 gives a file that is only in the cloud another name without fetching it', async () => {
    const at = await synced();
    const second = await secondDevice(at);
    await second.device.move(second.uri('d/x.txt'), second.uri('e/z.txt'));
    expect(Object.keys(filesOf(at.cloud))).toEqual(['e/z.txt', 'y.txt']);
    expect(filesOf(second.root)).toEqual({});
    await at.sync();
    expect(Object.keys(filesOf(at.root))).toEqual(['e/z.txt', 'y.txt']);
  });

  it('gives files and directories another name on both sides', async () => {
    const at = await synced();
    await at.device.move(at.uri('d'), at.uri('e'));
    await at.device.move(at.uri('y.txt'), at.uri('e/y.txt'));
    expect(Object.keys(filesOf(at.root))).toEqual(['e/x.txt', 'e/y.txt']);
    await at.sync();
    expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
  });

  it('never puts anything over another file', async () => {
    const at = await synced();
    const error = await errorOf(() => at.device.move(at.uri('y.txt'), at.uri('d/x.txt')));
    expect(error.code).toBe(13900015);
    expect(readFileSync(join(at.root, 'd/x.txt'), 'utf8')).toBe('xx');
  });
});

describe('trash and versions', () => {
  it('a removed file comes back, once', async () => {
    const at = await synced();
    await at.device.remove(at.uri('y.txt'));
    const entries = await trashOf(at.device);
    expect(entries.map(({ path, location }) => [path, location])).toEqual([
      ['y.txt', 'local'],
      ['y.txt', 'cloud'],
    ]);
    const [here] = entries;
    expect(await at.device.restore(drive, here?.id ?? '')).toBe('y.txt');
    expect(readFileSync(join(at.root, 'y.txt'), 'utf8')).toBe('yy');
    expect((await errorOf(() => at.device.restore(drive, here?.id ?? ''))).code).toBe(13900002);
    await at.sync();
    expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
  });

  it('never comes back over what stands there by now', async () => {
    const at = await synced();
    await at.device.remove(at.uri('y.txt'));
    at.write('y.txt', 'newer');
    await at.sync();
    const entries = await trashOf(at.device);
    const idOf = (location: string) =>
      entries.find((entry) => entry.location === location)?.id ?? '';
    const beside = await at.device.restore(drive, idOf('local'));
    expect(beside).toMatch(/^y \(conflict .*\.txt$/);
    const error = await errorOf(() => at.device.restore(drive, idOf('cloud')));
    expect(error.code).toBe(13900010);
    expect(readFileSync(join(at.root, 'y.txt'), 'utf8')).toBe('newer');
  });

  it('an older content becomes the current one, and the newer one a version', async () => {
    const at = await synced();
    expect(await at.device.versions(at.uri('y.txt'))).toEqual([]);
    at.write('y.txt', 'newer');
    await at.sync();
    const [older] = await at.device.versions(at.uri('y.txt'));
    expect(older).toMatchObject({ size: 2, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await at.device.restoreVersion(at.uri('y.txt'), older?.id ?? '');
    await at.sync();
    expect(readFileSync(join(at.root, 'y.txt'), 'utf8')).toBe('yy');
    expect((await at.device.versions(at.uri('y.txt'))).map(({ size }) => size)).toContain(5);
    const unknown = await errorOf(() => at.device.restoreVersion(at.uri('y.txt'), '123'));
    expect(unknown.code).toBe(13900002);
  });
});

it('unlink forgets the space and leaves both sides', async () => {
  const at = await synced();
  const second = await secondDevice(at);
  await second.device.unlink(drive);
  expect(Object.keys(filesOf(at.cloud))).toEqual(['d/x.txt', 'y.txt']);
  expect(await new second.cloudSync.FileSync(drive).getLastSyncTime()).toBe(0);
  expect((await errorOf(() => second.device.remove(second.uri('y.txt')))).cause).toBe('notFound');
});
