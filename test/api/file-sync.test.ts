import { describe, expect, it, vi } from 'vitest';
import { drive, opened } from '../support/devices.js';
import { errorOf, thrownBy } from '../support/thrown.js';

it('without a bundle name it is the drive of the caller, or the only one', async () => {
  const at = await opened();
  at.write('a.txt', 'a');
  const own = new at.cloudSync.FileSync();
  await own.start();
  await at.device.whenIdle();
  expect(await own.getLastSyncTime()).toBeGreaterThan(0);
  const named = await opened({ more: { caller: { bundleName: 'com.example.other' } } });
  const error = await errorOf(() => new named.cloudSync.FileSync().start());
  expect(error).toMatchObject({ code: 22400001, path: 'com.example.other' });
});

it('getLastSyncTime is 0 before the first run, then its end in ms; in both forms', async () => {
  const at = await opened();
  const sync = new at.cloudSync.FileSync(drive);
  expect(await sync.getLastSyncTime()).toBe(0);
  const before = Date.now();
  await at.sync();
  const time = await sync.getLastSyncTime();
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(Date.now());
  const called = await new Promise((resolve) => {
    sync.getLastSyncTime((...args: unknown[]) => resolve(args));
  });
  expect(called).toEqual([undefined, time]);
});

it('the last state survives a restart and is told to a new listener', async () => {
  const at = await opened();
  at.write('a.txt', 'a');
  await at.sync();
  await at.device.close();
  const { openDevice } = await import('../../lib/index.js');
  const remote = `file://${at.cloud}`;
  const again = await openDevice({
    stateDir: at.stateDir,
    spaces: { [drive]: { root: at.root, remote } },
  });
  const listener = vi.fn();
  const sync = new again.cloudSync.FileSync(drive);
  sync.on('progress', listener);
  await Promise.resolve();
  expect(listener.mock.calls).toEqual([[{ state: 4, error: 0 }]]);
  expect(await sync.getLastSyncTime()).toBeGreaterThan(0);
  await again.close();
});

it('needs no permission, only to name a bundle does', async () => {
  const at = await opened({ more: { caller: { permissions: [], systemApp: false } } });
  await new at.cloudSync.FileSync().start();
  await at.device.whenIdle();
});

describe('errors', () => {
  it('401: wrong arguments throw at once', async () => {
    const { cloudSync } = await opened();
    const make = (...args: unknown[]) =>
      thrownBy(() => Reflect.construct(cloudSync.FileSync, args)).code;
    expect(make(7)).toBe(401);
    expect(make('')).toBe(401);
    expect(make('gallery')).toBe(401);
    expect(make('a', 'b')).toBe(401);
    const sync = new cloudSync.FileSync(drive);
    const call = (name: 'on' | 'off' | 'start' | 'stop' | 'getLastSyncTime', ...args: unknown[]) =>
      thrownBy(() => Reflect.apply(sync[name], sync, args)).code;
    expect(call('on', 'progress')).toBe(401);
    expect(call('on', 'x', () => undefined)).toBe(401);
    expect(call('off')).toBe(401);
    expect(call('start', 'x')).toBe(401);
    expect(call('stop', 1, 2)).toBe(401);
    expect(call('getLastSyncTime', 7)).toBe(401);
  });

  it('202: naming a bundle without being a system application', async () => {
    const { cloudSync } = await opened({ more: { caller: { systemApp: false } } });
    expect(thrownBy(() => new cloudSync.FileSync(drive)).code).toBe(202);
    expect(() => new cloudSync.FileSync()).not.toThrow();
  });

  it('22400001: no such drive', async () => {
    const { cloudSync } = await opened();
    const sync = new cloudSync.FileSync('com.example.unknown');
    const error = await errorOf(() => sync.start());
    expect(error).toMatchObject({ code: 22400001, path: 'com.example.unknown' });
    await sync.stop();
    expect(await sync.getLastSyncTime()).toBe(0);
  });

  it('22400002 and 22400003: no network, low battery', async () => {
    let available = false;
    const network = () => ({ available });
    const battery = () => ({ level: 5, charging: false });
    const { cloudSync } = await opened({ more: { device: { network, battery } } });
    const sync = new cloudSync.FileSync(drive);
    expect((await errorOf(() => sync.start())).code).toBe(22400002);
    available = true;
    expect((await errorOf(() => sync.start())).code).toBe(22400003);
  });

  it('13600001: the device is closed', async () => {
    const { cloudSync, device } = await opened();
    const sync = new cloudSync.FileSync(drive);
    await device.close();
    expect(thrownBy(() => sync.on('progress', () => undefined)).code).toBe(13600001);
    expect((await errorOf(() => sync.start())).code).toBe(13600001);
    expect((await errorOf(() => sync.stop())).code).toBe(13600001);
    expect((await errorOf(() => sync.getLastSyncTime())).code).toBe(13600001);
  });
});
