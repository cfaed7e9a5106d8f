// What goes wrong between a device and its bucket: the call says what to do, or the run says what
// happened and the next one goes on. Nothing is lost over it, and no secret is told.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BusinessError } from '../../lib/errors.js';
import { Bucket, freshBucket, useServers } from '../support/s3.js';
import type { S3Kind } from '../support/s3.js';
import { expectNoSecret, openedOn } from '../support/s3-devices.js';
import type { OnOptions } from '../support/s3-devices.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import type { TcpFaultProxy } from '../support/tcp-fault-proxy.js';
import { errorOf } from '../support/thrown.js';
import { namesOf } from '../support/trees.js';

useServers('ceph', 'swift');

const COMPLETED = { state: 4, error: 0 };
const UPLOAD_FAILED = { state: 1, error: 1 };
const DOWNLOAD_FAILED = { state: 3, error: 1 };

/** start() fails; nothing moves, and the secret is told nowhere. */
async function refusedStart(bucket: Bucket, options: OnOptions = {}): Promise<BusinessError> {
  const at = await openedOn(bucket, options);
  at.write('a.txt', 'content');
  const error = await errorOf(() => at.sync());
  expect(namesOf(at.root)).toEqual(['a.txt']);
  const secret = options.access?.secretAccessKey ?? bucket.access.secretAccessKey;
  expectNoSecret(at, secret, error);
  return error;
}

const mebibyte = 1 << 20;
const names = Array.from({ length: 16 }, (_, index) => `file-${String(index).padStart(2, '0')}`);
const contents = new Map(names.map((name) => [name, randomBytes(mebibyte)]));
/** Half of them, roughly: the rest is still to come when so much has passed. */
const half = 8 * mebibyte;
/** All that is no content: heads, answers, lists. */
const besides = mebibyte;

/** A way to the bucket that is narrow enough to have a middle; four transfers at a time. */
async function narrow(bucket: Bucket): Promise<{ proxy: TcpFaultProxy; options: OnOptions }> {
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  proxy.link = { bandwidth: 8 * mebibyte };
  const { endpoint } = proxy;
  return { proxy, options: { access: { endpoint }, more: { limits: { transfers: 4 } } } };
}

/** A run that waits for a server which stays away takes a while, on a busy machine a long one. */
const patiently = { timeout: 180_000 };

/** Takes the server away when so many bytes have passed. */
async function vanish(proxy: TcpFaultProxy, way: 'up' | 'down', bytes: number): Promise<void> {
  await proxy.passed(way, bytes);
  proxy.refuse();
  proxy.cut();
}

describe.each<S3Kind>(['ceph', 'swift'])('%s', (kind) => {
  it('does not know the key: start() says which one to check', async () => {
    const bucket = await freshBucket(kind);
    const error = await refusedStart(bucket, { access: { accessKeyId: 'nobody:nobody' } });
    expect(error).toMatchObject({ code: 22400001, cause: 'remoteNotReady', retryable: false });
    expect(error.detail).toMatch(/InvalidAccessKeyId|SignatureDoesNotMatch/);
    expect(error.detail).toMatch(/check accessKeyId and secretAccessKey \(AWS_ACCESS_KEY_ID/);
    expect(await bucket.keys()).toEqual([]);
  });

  it('does not agree with the secret: start() says what to check', async () => {
    const bucket = await freshBucket(kind);
    const secretAccessKey = 'a-secret-that-is-wrong-and-told-nowhere';
    const error = await refusedStart(bucket, { access: { secretAccessKey } });
    expect(error).toMatchObject({ code: 22400001, cause: 'remoteNotReady', retryable: false });
    expect(error.detail).toMatch(/403 SignatureDoesNotMatch/);
    expect(error.detail).toMatch(/check accessKeyId and secretAccessKey \(AWS_ACCESS_KEY_ID/);
    expect(await bucket.keys()).toEqual([]);
  });

  it('has no such bucket: start() says which, and to make it', async () => {
    const { access, client } = await freshBucket(kind);
    const error = await refusedStart(new Bucket('there-is-no-such-bucket', access, client));
    expect(error).toMatchObject({ code: 22400001, cause: 'remoteNotReady' });
    expect(error.path).toBe('there-is-no-such-bucket');
    expect(error.detail).toMatch(/NoSuchBucket.*make it, or correct the URL/);
  });

  it('is down: start() says that, and later it is up and everything goes', async () => {
    const bucket = await freshBucket(kind);
    const { proxy, options } = await narrow(bucket);
    proxy.refuse();
    const at = await openedOn(bucket, options);
    at.write('a.txt', 'content');
    const error = await errorOf(() => at.sync());
    expect(error).toMatchObject({ code: 22400002, cause: 'network', retryable: true });
    expect(error.detail).toContain('the server cannot be reached');
    await proxy.accept();
    expect((await at.sync()).at(-1)).toEqual(COMPLETED);
    expect((await bucket.get('a.txt')).toString()).toBe('content');
    expectNoSecret(at, bucket.access.secretAccessKey, error);
  });

  it(
    'goes away in the middle of uploads: the next run sends what is missing',
    patiently,
    async () => {
      const bucket = await freshBucket(kind);
      const { proxy, options } = await narrow(bucket);
      const at = await openedOn(bucket, options);
      for (const [name, content] of contents) at.write(name, content);
      const vanishing = vanish(proxy, 'up', half);
      expect((await at.sync()).at(-1)).toEqual(UPLOAD_FAILED);
      await vanishing;
      expect(at.notices.map(({ cause }) => cause)).toContain('network');

      const acknowledged = (await bucket.keys('file-')).length;
      expect(acknowledged).toBeGreaterThan(0);
      expect(acknowledged).toBeLessThan(names.length);
      expect(namesOf(at.root)).toEqual(names);
      await proxy.accept();
      const before = proxy.counts.up;
      expect((await at.sync()).at(-1)).toEqual(COMPLETED);
      const sent = proxy.counts.up - before;
      expect(sent).toBeLessThan((names.length - acknowledged) * mebibyte + besides);
      expect(await bucket.keys('file-')).toEqual(names);
      for (const [name, content] of contents) {
        expect((await bucket.get(name)).equals(content), name).toBe(true);
      }
      expectNoSecret(at, bucket.access.secretAccessKey);
    },
  );

  it(
    'goes away in the middle of downloads: the next run fetches what is missing',
    patiently,
    async () => {
      const bucket = await freshBucket(kind);
      for (const [name, content] of contents) await bucket.put(name, content);
      const { proxy, options } = await narrow(bucket);
      const at = await openedOn(bucket, options);
      at.write('new/mine', 'mine');
      const vanishing = vanish(proxy, 'down', half);
      expect((await at.sync()).at(-1)).toEqual(DOWNLOAD_FAILED);
      await vanishing;
      expect(at.notices.map(({ cause }) => cause)).toContain('network');

      const here = namesOf(at.root).filter((name) => contents.has(name));
      expect(here.length).toBeGreaterThan(0);
      expect(here.length).toBeLessThan(names.length);
      for (const name of here) {
        expect(readFileSync(join(at.root, name)).equals(contents.get(name)!), name).toBe(true);
      }
      await proxy.accept();
      const before = proxy.counts.down;
      expect((await at.sync()).at(-1)).toEqual(COMPLETED);
      const fetched = proxy.counts.down - before;
      expect(fetched).toBeLessThan((names.length - here.length) * mebibyte + besides);
      expect(namesOf(at.root)).toEqual([...names, 'new/mine']);
      for (const [name, content] of contents) {
        expect(readFileSync(join(at.root, name)).equals(content), name).toBe(true);
      }
      expect((await bucket.get('new/mine')).toString()).toBe('mine');
      expectNoSecret(at, bucket.access.secretAccessKey);
    },
  );
});
