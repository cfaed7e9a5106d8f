import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileUri } from '../../lib/index.js';
import { opened, secondDevice } from '../support/devices.js';
import { errorOf, thrownBy } from '../support/thrown.js';

it('tells what is true: to be uploaded, uploaded, changed since, known in the cloud', async () => {
  const at = await opened();
  const { getFileSyncState, FileSyncState } = at.cloudSync;
  at.write('a.txt', 'hello');
  expect(getFileSyncState(at.uri('a.txt'))).toBe(FileSyncState.TO_BE_UPLOADED);
  await at.sync();
  expect(getFileSyncState(at.uri('a.txt'))).toBe(FileSyncState.UPLOAD_SUCCESS);
  writeFileSync(join(at.root, 'a.txt'), 'changed');
  expect(getFileSyncState(at.uri('a.txt'))).toBe(FileSyncState.TO_BE_UPLOADED);
  await at.sync();
  const second = await secondDevice(at);
  expect(second.cloudSync.getFileSyncState(second.uri('a.txt'))).toBe(FileSyncState.COMPLETED);
});

it('of an array keeps the order, as a promise and by callback', async () => {
  const at = await opened();
  const { getFileSyncState, FileSyncState } = at.cloudSync;
  at.write('a.txt', 'a');
  await at.sync();
  at.write('b.txt', 'b');
  const uris = [at.uri('b.txt'), at.uri('a.txt'), at.uri('b.txt')];
  const { TO_BE_UPLOADED, UPLOAD_SUCCESS } = FileSyncState;
  const wanted = [TO_BE_UPLOADED, UPLOAD_SUCCESS, TO_BE_UPLOADED];
  expect(await getFileSyncState(uris)).toEqual(wanted);
  const called = await new Promise((resolve) => {
    getFileSyncState(uris, (...args: unknown[]) => resolve(args));
  });
  expect(called).toEqual([undefined, wanted]);
  expect(await getFileSyncState([])).toEqual([]);
});

it('takes a URI of getUriFromPath, encoded, and one that was written by hand', async () => {
  const at = await opened();
  at.write('ä b#c%20.txt', 'a');
  await at.sync();
  const { getFileSyncState, FileSyncState } = at.cloudSync;
  const encoded = fileUri.getUriFromPath(join(at.root, 'ä b#c%20.txt'));
  expect(getFileSyncState(encoded)).toBe(FileSyncState.UPLOAD_SUCCESS);
  at.write('ä b.txt', 'a');
  await at.sync();
  expect(getFileSyncState(at.uri('ä b.txt'))).toBe(FileSyncState.UPLOAD_SUCCESS);
});

it('list gives the same URIs as getUriFromPath', async () => {
  const at = await opened();
  at.write('ä b/c%.txt', 'a');
  await at.sync();
  const uris: string[] = [];
  for await (const entry of at.device.list('com.example.notes')) {
    if (!entry.directory) uris.push(entry.uri);
  }
  expect(uris).toEqual([fileUri.getUriFromPath(join(at.root, 'ä b/c%.txt'))]);
});

describe('errors', () => {
  it('201 and 202 come before 401', async () => {
    for (const [caller, code] of [
      [{ permissions: [] }, 201],
      [{ systemApp: false }, 202],
    ] as const) {
      const { cloudSync } = await opened({ more: { caller } });
      const call = (...args: unknown[]) =>
        thrownBy(() => Reflect.apply(cloudSync.getFileSyncState, undefined, args)).code;
      expect(call()).toBe(code);
      expect(call('file:///a')).toBe(code);
      expect(call(['file:///a'])).toBe(code);
    }
  });

  it('401: wrong arguments throw at once', async () => {
    const { cloudSync } = await opened();
    const call = (...args: unknown[]) =>
      thrownBy(() => Reflect.apply(cloudSync.getFileSyncState, undefined, args)).code;
    expect(call()).toBe(401);
    expect(call(7)).toBe(401);
    expect(call('file:///a', () => undefined)).toBe(401);
    expect(call(['file:///a', 7])).toBe(401);
    expect(call([], 'x')).toBe(401);
    expect(call([], () => undefined, 1)).toBe(401);
    expect(call(Array.from({ length: 101 }, () => 'file:///a'))).toBe(401);
  });

  it('14000002: a URI in no space; of an array later, and as a whole', async () => {
    const at = await opened();
    const { getFileSyncState } = at.cloudSync;
    at.write('a.txt', 'a');
    expect(thrownBy(() => getFileSyncState('file:///nowhere/a')).code).toBe(14000002);
    const uris = [at.uri('a.txt'), 'file:///nowhere/a'];
    expect(await errorOf(() => getFileSyncState(uris))).toMatchObject({ code: 14000002 });
    expect(await new Promise((resolve) => getFileSyncState(uris, resolve))).toMatchObject({
      code: 14000002,
    });
  });

  it('13900002: a file that is neither here nor known', async () => {
    const at = await opened();
    expect(thrownBy(() => at.cloudSync.getFileSyncState(at.uri('none'))).code).toBe(13900002);
    expect((await errorOf(() => at.cloudSync.getFileSyncState([at.uri('none')]))).code).toBe(
      13900002,
    );
  });

  it('13600001: the device is closed', async () => {
    const at = await opened();
    await at.device.close();
    expect(thrownBy(() => at.cloudSync.getFileSyncState(at.uri('a'))).code).toBe(13600001);
    expect((await errorOf(() => at.cloudSync.getFileSyncState([at.uri('a')]))).code).toBe(13600001);
  });
});
