import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { downloaded, drive, opened } from '../support/devices.js';
import { errorOf, thrownBy } from '../support/thrown.js';

describe('cleanCache', () => {
  it('frees the local content; the file stays known and comes back', async () => {
    const at = await opened({ space: { content: 'on-demand' } });
    at.write('a.txt', 'hello');
    await at.sync();
    new at.cloudSync.CloudFileCache().cleanCache(at.uri('a.txt'));
    expect(existsSync(join(at.root, 'a.txt'))).toBe(false);
    const { COMPLETED } = at.cloudSync.FileSyncState;
    expect(at.cloudSync.getFileSyncState(at.uri('a.txt'))).toBe(COMPLETED);
    await downloaded(at, at.uri('a.txt'));
    expect(readFileSync(join(at.root, 'a.txt'), 'utf8')).toBe('hello');
  });

  it('of a file that is freed already does nothing', async () => {
    const at = await opened();
    at.write('a.txt', 'hello');
    await at.sync();
    const cache = new at.cloudSync.CloudFileCache();
    cache.cleanCache(at.uri('a.txt'));
    expect(() => cache.cleanCache(at.uri('a.txt'))).not.toThrow();
  });
});

describe('errors', () => {
  it('401: wrong arguments', async () => {
    const { cloudSync } = await opened();
    const cache = new cloudSync.CloudFileCache();
    const clean = (...args: unknown[]) =>
      thrownBy(() => Reflect.apply(cache.cleanCache, cache, args)).code;
    expect(clean()).toBe(401);
    expect(clean(7)).toBe(401);
    expect(clean('a', 'b')).toBe(401);
    expect(thrownBy(() => Reflect.construct(cloudSync.CloudFileCache, [7])).code).toBe(401);
    expect(thrownBy(() => Reflect.construct(cloudSync.CloudFileCache, [''])).code).toBe(401);
  });

  it('201: without the permission, or for another bundle', async () => {
    const poor = await opened({ more: { caller: { permissions: [] } } });
    expect(thrownBy(() => new poor.cloudSync.CloudFileCache().cleanCache('file:///a')).code).toBe(
      201,
    );
    const other = await opened({ more: { caller: { bundleName: drive } } });
    const cache = new other.cloudSync.CloudFileCache('com.example.other');
    expect(thrownBy(() => cache.cleanCache('file:///a')).code).toBe(201);
  });

  it('202: not a system application', async () => {
    const { cloudSync } = await opened({ more: { caller: { systemApp: false } } });
    expect(thrownBy(() => new cloudSync.CloudFileCache(drive)).code).toBe(202);
    expect(thrownBy(() => new cloudSync.CloudFileCache().cleanCache('file:///a')).code).toBe(202);
  });

  it('14000002: a URI in no space', async () => {
    const { cloudSync } = await opened();
    const cache = new cloudSync.CloudFileCache();
    expect(thrownBy(() => cache.cleanCache('file:///nowhere/a')).code).toBe(14000002);
    expect(thrownBy(() => cache.cleanCache('')).code).toBe(14000002);
  });

  it('13900002: a file that is not known', async () => {
    const at = await opened();
    const cache = new at.cloudSync.CloudFileCache();
    expect(thrownBy(() => cache.cleanCache(at.uri('unknown.txt'))).code).toBe(13900002);
  });

  it('13900001: not uploaded yet, or changed since; nothing is lost', async () => {
    const at = await opened();
    const cache = new at.cloudSync.CloudFileCache();
    at.write('a.txt', 'new');
    expect(thrownBy(() => cache.cleanCache(at.uri('a.txt')))).toMatchObject({
      code: 13900001,
      cause: 'notPermitted',
    });
    await at.sync();
    at.write('a.txt', 'changed since');
    await errorOf(() => cache.cleanCache(at.uri('a.txt')));
    expect(readFileSync(join(at.root, 'a.txt'), 'utf8')).toBe('changed since');
  });

  it('13900014: open for writing', async () => {
    const at = await opened();
    at.write('a.txt', 'hello');
    await at.sync();
    const open = openSync(join(at.root, 'a.txt'), 'r+');
    const error = thrownBy(() => new at.cloudSync.CloudFileCache().cleanCache(at.uri('a.txt')));
    closeSync(open);
    expect(error).toMatchObject({ code: 13900014, cause: 'busy', retryable: true });
    expect(readFileSync(join(at.root, 'a.txt'), 'utf8')).toBe('hello');
  });

  it('13600001: the device is closed', async () => {
    const at = await opened();
    await at.device.close();
    const cache = new at.cloudSync.CloudFileCache();
    expect(thrownBy(() => cache.cleanCache(at.uri('a.txt'))).code).toBe(13600001);
  });
});
