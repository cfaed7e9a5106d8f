// Each way in which the TCP proxy makes a network bad, seen by the AWS SDK and a real server.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket, S3Kind } from '../support/s3.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import type { TcpFaultProxy } from '../support/tcp-fault-proxy.js';

useServers('ceph', 'swift');

const content = randomBytes(1 << 20);

/** A bucket with one object, directly and by way of a proxy. */
async function behindProxy(
  kind: S3Kind = 'ceph',
): Promise<{ bucket: Bucket; far: Bucket; proxy: TcpFaultProxy }> {
  const bucket = await freshBucket(kind);
  await bucket.put('old', content);
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  return { bucket, far: bucket.by(proxy.endpoint), proxy };
}

describe.each(['ceph', 'swift'] as const)('before %s', (kind) => {
  it('passes everything on and counts it', async () => {
    const { far, proxy } = await behindProxy(kind);
    await far.put('new', content);
    expect((await far.get('new')).equals(content)).toBe(true);
    expect(proxy.counts.connections).toBeGreaterThan(0);
    expect(proxy.counts.up).toBeGreaterThan(content.length);
    expect(proxy.counts.down).toBeGreaterThan(content.length);
  });
});

it('cuts an answer after an exact number of bytes', async () => {
  const { far, proxy } = await behindProxy();
  proxy.next({ cut: { way: 'down', after: 300_001 } });
  await expect(far.get('old')).rejects.toThrow();
  expect(proxy.counts.down).toBe(300_001);
  expect((await far.get('old')).equals(content)).toBe(true); // only that connection
});

it('cuts a request after an exact number of bytes: the server takes nothing of it', async () => {
  const { bucket, far, proxy } = await behindProxy();
  proxy.next({ cut: { way: 'up', after: 300_001, how: 'reset' } });
  await expect(far.put('new', content)).rejects.toThrow();
  expect(proxy.counts.up).toBe(300_001);
  expect(await bucket.keys()).toEqual(['old']);
});

it('ends one way of a connection after an exact number of bytes; the other way goes on', async () => {
  const { bucket, proxy } = await behindProxy();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('end', () => socket.end(`had ${socket.bytesRead} bytes`)).resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const answering = await tcpFaultProxy(`http://127.0.0.1:${port}`);
  answering.next({ halfClose: { way: 'up', after: 300_001 } });
  const client = connect(Number(new URL(answering.endpoint).port), '127.0.0.1');
  client.write(content);
  expect((await buffer(client)).toString()).toBe('had 300001 bytes');

  proxy.next({ halfClose: { way: 'down', after: 300_001 } });
  await expect(bucket.by(proxy.endpoint).get('old')).rejects.toThrow();
  expect(proxy.counts.down).toBe(300_001);
});

it('changes one byte of an answer', async () => {
  const { far, proxy } = await behindProxy();
  proxy.next({ corrupt: { way: 'down', at: 500_000 } });
  const got = await far.get('old');
  const changed = [...content.keys()].filter((at) => got[at] !== content[at]);
  expect(changed).toHaveLength(1);
  expect(got).toHaveLength(content.length);
});

it('changes one byte of a request: the server sees it by the signed hash', async () => {
  const { bucket, far, proxy } = await behindProxy();
  proxy.next({ corrupt: { way: 'up', at: 500_000 } });
  await expect(far.put('new', content)).rejects.toMatchObject({
    name: 'XAmzContentSHA256Mismatch',
  });
  expect(proxy.counts.up).toBeGreaterThan(content.length);
  expect(await bucket.keys()).toEqual(['old']);
});

it('refuses connections, and accepts them again at the same place', async () => {
  const { far, proxy } = await behindProxy();
  proxy.refuse();
  await expect(far.get('old')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await proxy.accept();
  expect((await far.get('old')).equals(content)).toBe(true);
});

it('resets what is open', async () => {
  const { far, proxy } = await behindProxy();
  proxy.next({ stall: { way: 'down', after: 100_000 } });
  const getting = expect(far.get('old')).rejects.toMatchObject({ code: 'ECONNRESET' });
  await expect.poll(() => proxy.counts.down).toBe(100_000);
  expect(proxy.open).toBe(1); // stalled, not closed
  proxy.cut('reset');
  await getting;
  await expect.poll(() => proxy.open).toBe(0);
});

it('holds everything until it is let go', async () => {
  const { far, proxy } = await behindProxy();
  proxy.stall();
  const getting = far.get('old');
  await expect.poll(() => proxy.counts.connections).toBe(1);
  expect(proxy.counts).toMatchObject({ up: 0, down: 0 });
  proxy.resume();
  expect((await getting).equals(content)).toBe(true);
});

it('makes every byte late', async () => {
  const { far, proxy } = await behindProxy();
  proxy.link = { latency: 150 };
  const began = performance.now();
  expect(await far.keys()).toEqual(['old']);
  expect(performance.now() - began).toBeGreaterThan(290); // there and back
});

it('lets only so many bytes a second pass', async () => {
  const { far, proxy } = await behindProxy();
  proxy.link = { bandwidth: 4 << 20 };
  const began = performance.now();
  expect((await far.get('old')).equals(content)).toBe(true);
  expect(performance.now() - began).toBeGreaterThan(200); // of 250: the end does not wait
});
