import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { downloaded, opened, secondDevice } from '../support/devices.js';
import { errorOf, thrownBy } from '../support/thrown.js';

describe('a download', () => {
  it('brings the content, byte for byte, with progress that never goes back', async () => {
    const first = await opened();
    const content = randomBytes(3_000_000);
    first.write('dir/a b.bin', content);
    await first.sync();
    const second = await secondDevice(first);
    const uri = second.uri('dir/a b.bin');
    const events = await downloaded(second, uri);
    const { State, DownloadErrorType } = second.cloudSync;
    expect(readFileSync(join(second.root, 'dir/a b.bin')).equals(content)).toBe(true);
    expect(events[0]?.state).toBe(State.RUNNING);
    expect(events.at(-1)).toEqual({
      state: State.COMPLETED,
      processed: content.length,
      size: content.length,
      uri,
      error: DownloadErrorType.NO_ERROR,
    });
    const processed = events.map((event) => event.processed);
    expect(processed).toEqual([...processed].sort((a, b) => a - b));
    expect(events.filter(({ state }) => state !== State.RUNNING)).toHaveLength(1);
  });

  it('of a file that is here is COMPLETED at once', async () => {
    const at = await opened();
    at.write('a.txt', 'hello');
    await at.sync();
    const last = (await downloaded(at, at.uri('a.txt'))).at(-1);
    expect(last).toMatchObject({ state: 1, processed: 5, size: 5 });
  });

  it('is told to the object that started it, and calls back', async () => {
    const first = await opened();
    first.write('a.txt', 'hello');
    await first.sync();
    const second = await secondDevice(first);
    const stranger = vi.fn();
    new second.cloudSync.Download().on('progress', stranger);
    const download = new second.cloudSync.Download();
    const args = await new Promise<unknown[]>((resolve) => {
      download.start(second.uri('a.txt'), (...given: unknown[]) => resolve(given));
    });
    expect(args[0]).toBeUndefined();
    await second.device.whenIdle();
    expect(stranger).not.toHaveBeenCalled();
    expect(readFileSync(join(second.root, 'a.txt'), 'utf8')).toBe('hello');
  });

  it('stop of a file that is not on its way resolves, in both forms', async () => {
    const at = await opened();
    at.write('a.txt', 'hello');
    await at.sync();
    const download = new at.cloudSync.Download();
    await download.stop(at.uri('a.txt'));
    expect(await new Promise((resolve) => download.stop(at.uri('a.txt'), resolve))).toBeUndefined();
  });
});

describe('errors', () => {
  it('401: wrong arguments throw at once', async () => {
    const { cloudSync } = await opened();
    const download = new cloudSync.Download();
    const call = (name: 'on' | 'off' | 'start' | 'stop', ...args: unknown[]) =>
      thrownBy(() => Reflect.apply(download[name], download, args)).code;
    expect(call('on', 'progress')).toBe(401);
    expect(call('on', 'x', () => undefined)).toBe(401);
    expect(call('off', 'progress', 'x')).toBe(401);
    expect(call('start')).toBe(401);
    expect(call('start', '')).toBe(401);
    expect(call('start', 7)).toBe(401);
    expect(call('start', 'file:///a', 7)).toBe(401);
    expect(call('stop', null)).toBe(401);
    expect(thrownBy(() => Reflect.construct(cloudSync.Download, [1])).code).toBe(401);
  });

  it('401: a URI in no space is found later', async () => {
    const { cloudSync } = await opened();
    const download = new cloudSync.Download();
    const elsewhere = 'file:///nowhere/a.txt';
    expect(await errorOf(() => download.start(elsewhere))).toMatchObject({
      code: 401,
      cause: 'invalidUri',
    });
    expect((await errorOf(() => download.stop(elsewhere))).code).toBe(401);
    expect(await new Promise((resolve) => download.start(elsewhere, resolve))).toMatchObject({
      code: 401,
    });
  });

  it('201 and 202: without the permission, not a system application', async () => {
    for (const [caller, code] of [
      [{ permissions: [] }, 201],
      [{ systemApp: false }, 202],
    ] as const) {
      const at = await opened({ more: { caller } });
      const download = new at.cloudSync.Download();
      expect(thrownBy(() => download.on('progress', () => undefined)).code).toBe(code);
      expect(thrownBy(() => download.off('progress')).code).toBe(code);
      expect((await errorOf(() => download.start(at.uri('a')))).code).toBe(code);
      expect((await errorOf(() => download.stop(at.uri('a')))).code).toBe(code);
    }
  });

  it('of on and off, the number of arguments comes before 201, the event after it', async () => {
    const { cloudSync } = await opened({ more: { caller: { permissions: [] } } });
    const download = new cloudSync.Download();
    const on = (...args: unknown[]) =>
      thrownBy(() => Reflect.apply(download.on, download, args)).code;
    expect(on('progress')).toBe(401);
    expect(on('x', () => undefined)).toBe(201);
  });

  it('13900002: a file that the cloud does not know', async () => {
    const at = await opened();
    const error = await errorOf(() => new at.cloudSync.Download().start(at.uri('unknown.txt')));
    expect(error).toMatchObject({ code: 13900002, cause: 'notFound' });
  });

  it('13900025: the disk has no room for the file', async () => {
    const first = await opened();
    // Eight terabytes of nothing, as another program would put it into the cloud.
    const huge = openSync(join(first.cloud, 'huge.bin'), 'w');
    ftruncateSync(huge, 8e12);
    closeSync(huge);
    const second = await secondDevice(first);
    const error = await errorOf(() =>
      new second.cloudSync.Download().start(second.uri('huge.bin')),
    );
    expect(error).toMatchObject({ code: 13900025, cause: 'noSpace' });
  });

  it('13600001: the device is closed', async () => {
    const at = await opened();
    await at.device.close();
    const download = new at.cloudSync.Download();
    expect((await errorOf(() => download.start(at.uri('a')))).code).toBe(13600001);
    expect((await errorOf(() => download.stop(at.uri('a')))).code).toBe(13600001);
  });
});
