// Limits of bandwidth: what passes the line in a second, seen from outside; changed while in use.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { thrownBy } from '../support/thrown.js';
import { freshBucket, useServers } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';

useServers('ceph');

const mebibyte = 1 << 20;
const COMPLETED = { state: 4, error: 0 };

it('an upload crawls while it is limited, and goes on when it is not', async () => {
  const bucket = await freshBucket('ceph');
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  const limits = { uploadBytesPerSecond: 64 << 10 };
  const on = await openedOn(bucket, { access: { endpoint: proxy.endpoint }, more: { limits } });
  on.write('large.bin', randomBytes(24 * mebibyte));
  const run = on.sync();
  await proxy.passed('up', 64 << 10);
  // While another device sends twice as much, what passes here is what fits into buffers.
  const free = await openedOn(bucket, { prefix: 'free/' });
  free.write('large.bin', randomBytes(48 * mebibyte));
  expect((await free.sync()).at(-1)).toEqual(COMPLETED);
  expect(proxy.counts.up).toBeLessThan(12 * mebibyte);
  on.device.limitBandwidth({});
  expect((await run).at(-1)).toEqual(COMPLETED);
  expect(proxy.counts.up).toBeGreaterThan(24 * mebibyte);
});

it('a download is stopped at once though its next byte is days away', async () => {
  const bucket = await freshBucket('ceph');
  await bucket.put('large.bin', randomBytes(24 * mebibyte));
  const on = await openedOn(bucket, { space: { content: 'on-demand' } });
  await on.sync();
  on.device.limitBandwidth({ downloadBytesPerSecond: 1 });
  const download = new on.cloudSync.Download();
  const states: number[] = [];
  const moving = new Promise<void>((resolve) => {
    download.on('progress', ({ state, processed }) => {
      states.push(state);
      if (processed > 0) resolve();
    });
  });
  await download.start(on.uri('large.bin'));
  await moving;
  await download.stop(on.uri('large.bin'));
  await expect.poll(() => states.at(-1)).toBe(on.cloudSync.State.STOPPED);
  await on.device.whenIdle();
});

it('limits that are no whole numbers are refused', async () => {
  const on = await openedOn(await freshBucket('ceph'));
  for (const value of [-1, 0.5, NaN, 2 ** 60, '1']) {
    const limits: object = { downloadBytesPerSecond: value };
    expect(thrownBy(() => on.device.limitBandwidth(limits))).toMatchObject({
      code: 401,
      message: expect.stringContaining('downloadBytesPerSecond must be a whole number'),
    });
  }
});
