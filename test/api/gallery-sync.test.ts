import { rmSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import type { SyncProgress } from '../../lib/index.js';
import { opened, picture } from '../support/devices.js';
import type { Options } from '../support/devices.js';
import { errorOf, thrownBy } from '../support/thrown.js';

const gallery = (options: Options = {}) => opened({ ...options, name: 'gallery' });
const caller = (value: object) => gallery({ more: { caller: value } });

describe('a run', () => {
  it('fetches, uploads, and ends with exactly one COMPLETED', async () => {
    const at = await gallery();
    at.write('a.png', picture);
    const { SyncState } = at.cloudSync;
    const states = (await at.sync()).slice(1).map(({ state }) => state);
    expect(states[0]).toBe(SyncState.DOWNLOADING);
    expect(states).toContain(SyncState.UPLOADING);
    expect(states.at(-1)).toBe(SyncState.COMPLETED);
    expect(states.filter((state) => state === SyncState.COMPLETED)).toHaveLength(1);
  });

  it('is heard by every GallerySync', async () => {
    const at = await gallery();
    const other: SyncProgress[] = [];
    new at.cloudSync.GallerySync().on('progress', (progress) => other.push(progress));
    const states = await at.sync();
    expect(other).toEqual(states);
  });

  it('calls back without an error when it is accepted, and not within the call', async () => {
    const at = await gallery();
    let returned = false;
    const args = await new Promise<unknown[]>((resolve) => {
      new at.cloudSync.GallerySync().start((...given: unknown[]) => {
        resolve([returned, ...given]);
      });
      returned = true;
    });
    expect(args).toEqual([true, undefined, undefined]);
    await at.device.whenIdle();
  });

  it('is joined by a start during it', async () => {
    const at = await gallery();
    at.write('a.png', picture);
    const sync = new at.cloudSync.GallerySync();
    await Promise.all([sync.start(), sync.start(), sync.start()]);
    await at.device.whenIdle();
  });
});

describe('listeners', () => {
  it('are told the state before the first run, in a moment', async () => {
    const at = await gallery();
    const listener = vi.fn();
    new at.cloudSync.GallerySync().on('progress', listener);
    expect(listener).not.toHaveBeenCalled();
    await Promise.resolve();
    expect(listener.mock.calls).toEqual([[{ state: 4, error: 0 }]]);
  });

  it('that are registered twice count once; off removes one or all', async () => {
    const at = await gallery();
    const sync = new at.cloudSync.GallerySync();
    const [a, b] = [vi.fn(), vi.fn()];
    sync.off('progress');
    sync.on('progress', a);
    sync.on('progress', a);
    sync.on('progress', b);
    sync.off('progress', vi.fn());
    sync.off('progress', b);
    await Promise.resolve();
    expect(a).toHaveBeenCalledTimes(1);
    expect(b).not.toHaveBeenCalled();
    sync.off('progress');
    await at.sync();
    expect(a).toHaveBeenCalledTimes(1);
  });
});

describe('stop', () => {
  it('resolves at once when nothing runs, and calls back', async () => {
    const at = await gallery();
    const sync = new at.cloudSync.GallerySync();
    await sync.stop();
    const err = await new Promise((resolve) => sync.stop(resolve));
    expect(err).toBeUndefined();
  });
});

describe('errors', () => {
  it('401: wrong arguments throw at once', async () => {
    const { cloudSync } = await gallery();
    const sync = new cloudSync.GallerySync();
    const call = (name: 'on' | 'off' | 'start' | 'stop', ...args: unknown[]) =>
      thrownBy(() => Reflect.apply(sync[name], sync, args)).code;
    expect(call('on')).toBe(401);
    expect(call('on', 'progress')).toBe(401);
    expect(call('on', 'finished', () => undefined)).toBe(401);
    expect(call('on', 'progress', 'x')).toBe(401);
    expect(call('on', 'progress', () => undefined, 1)).toBe(401);
    expect(call('off')).toBe(401);
    expect(call('off', 'progress', 7)).toBe(401);
    expect(call('start', 7)).toBe(401);
    expect(call('start', () => undefined, 1)).toBe(401);
    expect(call('stop', {})).toBe(401);
    expect(thrownBy(() => Reflect.construct(cloudSync.GallerySync, ['x'])).code).toBe(401);
  });

  it('201: without the permission', async () => {
    const { cloudSync } = await caller({ permissions: [], systemApp: false });
    const sync = new cloudSync.GallerySync();
    expect(thrownBy(() => sync.on('progress', () => undefined)).code).toBe(201);
    expect(thrownBy(() => sync.off('progress')).code).toBe(201);
    expect((await errorOf(() => sync.start())).code).toBe(201);
    expect((await errorOf(() => sync.stop())).code).toBe(201);
    expect(
      await new Promise((resolve) => {
        sync.start(resolve);
      }),
    ).toMatchObject({ code: 201 });
  });

  it('202: not a system application', async () => {
    const { cloudSync } = await caller({ systemApp: false });
    const sync = new cloudSync.GallerySync();
    expect(thrownBy(() => sync.on('progress', () => undefined)).code).toBe(202);
    expect(thrownBy(() => sync.off('progress')).code).toBe(202);
    expect((await errorOf(() => sync.start())).code).toBe(202);
    expect((await errorOf(() => sync.stop())).code).toBe(202);
  });

  it('401 comes before 201', async () => {
    const { cloudSync } = await caller({ permissions: [] });
    const sync = new cloudSync.GallerySync();
    expect(thrownBy(() => Reflect.apply(sync.on, sync, ['progress'])).code).toBe(401);
  });

  it('22400001: the space is not configured', async () => {
    const { cloudSync } = await opened();
    const error = await errorOf(() => new cloudSync.GallerySync().start());
    expect(error).toMatchObject({ code: 22400001, cause: 'remoteNotReady' });
    expect(error.message).toContain('spaces.gallery');
  });

  it('22400001: the directory of the cloud is gone', async () => {
    const at = await gallery();
    rmSync(at.cloud, { recursive: true });
    const error = await errorOf(() => new at.cloudSync.GallerySync().start());
    expect(error).toMatchObject({ code: 22400001 });
    expect(error.message).toContain(at.cloud);
  });

  it('22400002: no network', async () => {
    const network = () => ({ available: false });
    const { cloudSync } = await gallery({ more: { device: { network } } });
    const error = await errorOf(() => new cloudSync.GallerySync().start());
    expect(error).toMatchObject({ code: 22400002, cause: 'network', retryable: true });
  });

  it('22400003: the battery is low and not charging', async () => {
    let level = 9;
    const battery = () => ({ level, charging: false });
    const { cloudSync, device } = await gallery({ more: { device: { battery } } });
    const sync = new cloudSync.GallerySync();
    expect(await errorOf(() => sync.start())).toMatchObject({
      code: 22400003,
      cause: 'lowBattery',
    });
    level = 10;
    await sync.start();
    await device.whenIdle();
  });

  it('22400002 comes before 22400001, and that before 22400003', async () => {
    let available = false;
    const more = {
      device: { network: () => ({ available }), battery: () => ({ level: 1, charging: false }) },
    };
    const at = await gallery({ more });
    rmSync(at.cloud, { recursive: true });
    const sync = new at.cloudSync.GallerySync();
    expect((await errorOf(() => sync.start())).code).toBe(22400002);
    available = true;
    expect((await errorOf(() => sync.start())).code).toBe(22400001);
  });

  it('13600001: the device is closed', async () => {
    const { cloudSync, device } = await gallery();
    const sync = new cloudSync.GallerySync();
    await device.close();
    expect(thrownBy(() => sync.on('progress', () => undefined)).code).toBe(13600001);
    expect((await errorOf(() => sync.start())).code).toBe(13600001);
    expect((await errorOf(() => sync.stop())).code).toBe(13600001);
  });
});
