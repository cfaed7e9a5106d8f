// Each thing that the HTTP proxy can do to a request, seen by the AWS SDK and a real server.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import type { HttpFaultProxy } from '../support/http-fault-proxy.js';
import { every, first, holding, slowDown } from '../support/http-faults.js';
import type { SeenRequest } from '../support/http-faults.js';
import { Bucket, freshBucket, s3Client, useServers } from '../support/s3.js';
import type { S3Kind } from '../support/s3.js';

useServers('ceph', 'swift');

const isPut = ({ method }: SeenRequest) => method === 'PUT';

async function behindProxy(
  kind: S3Kind = 'ceph',
): Promise<{ bucket: Bucket; far: Bucket; proxy: HttpFaultProxy }> {
  const bucket = await freshBucket(kind);
  await bucket.put('old', 'what was there');
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  return { bucket, far: bucket.by(proxy.endpoint), proxy };
}

describe.each(['ceph', 'swift'] as const)('before %s', (kind) => {
  it('passes signed requests on as they are, whatever is in their names', async () => {
    const { far, proxy } = await behindProxy(kind);
    const key = `d//%41 +#?&"<>'()*!/ünï 文.txt`;
    await far.put(key, 'content', { mtime: '1' });
    expect((await far.get(key)).toString()).toBe('content');
    expect(await far.keys('d//')).toEqual([key]);
    const path = `/${far.name}/d//%2541%20%2B%23%3F%26%22%3C%3E%27%28%29%2A%21/%C3%BCn%C3%AF%20%E6%96%87.txt`;
    expect(proxy.log).toMatchObject([
      { number: 1, method: 'PUT', path, status: 200, headers: { 'x-amz-meta-mtime': '1' } },
      { number: 2, method: 'GET', path, status: 200, forwarded: true, dropped: false },
      { number: 3, method: 'GET', path: `/${far.name}/`, status: 200 },
    ]);
    expect(proxy.log[2]?.query).toContain('prefix=d%2F%2F');
  });

  it('lets the server say whether it wants a large body', async () => {
    const { bucket, far, proxy } = await behindProxy(kind);
    const large = randomBytes(3 << 20);
    await far.put('large', large);
    const asked = { method: 'PUT', headers: { expect: '100-continue' } };
    expect(proxy.log).toMatchObject([{ ...asked, status: 200 }]);
    expect((await far.get('large')).equals(large)).toBe(true);

    const wrong = { ...far.access, secretAccessKey: 'wrong' };
    const stranger = new Bucket(far.name, wrong, s3Client(wrong));
    await expect(stranger.put('stolen', large)).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
    expect(proxy.log[2]).toMatchObject({ ...asked, status: 403 });
    expect(await bucket.keys()).toEqual(['large', 'old']);
  });
});

it('answers every second request itself', async () => {
  const { far, proxy } = await behindProxy();
  proxy.script = every(2, slowDown);
  for (let round = 0; round < 2; round += 1) {
    expect((await far.get('old')).toString()).toBe('what was there');
    await expect(far.get('old')).rejects.toMatchObject({ name: 'SlowDown' });
  }
  expect(proxy.log.map(({ status, forwarded }) => [status, forwarded])).toEqual([
    [200, true],
    [503, false],
    [200, true],
    [503, false],
  ]);
});

it('answers in place of the server that would have taken a large body', async () => {
  const { bucket, far, proxy } = await behindProxy();
  proxy.script = first(1, slowDown, isPut);
  await expect(far.put('large', randomBytes(3 << 20))).rejects.toMatchObject({ name: 'SlowDown' });
  expect(await bucket.keys()).toEqual(['old']);
  await far.put('small', 'content');
  expect(await bucket.keys()).toEqual(['old', 'small']);
});

it('loses the answer after the server has acted', async () => {
  const { bucket, far, proxy } = await behindProxy();
  proxy.script = first(1, { drop: 'answer' }, isPut);
  await expect(far.put('new', 'content')).rejects.toThrow();
  expect(proxy.log).toMatchObject([{ status: 200, forwarded: true, dropped: true }]);
  expect((await bucket.get('new')).toString()).toBe('content');
});

it('loses the request before the server has seen it', async () => {
  const { bucket, far, proxy } = await behindProxy();
  proxy.script = first(1, { drop: 'request' }, isPut);
  await expect(far.put('new', 'content')).rejects.toThrow();
  expect(proxy.log).toMatchObject([{ forwarded: false, dropped: true }]);
  expect(await bucket.keys()).toEqual(['old']);
});

it('makes a listing lie', async () => {
  const { bucket, far, proxy } = await behindProxy();
  await bucket.put('second', '');
  proxy.script = () => ({
    rewrite: ({ body }) => body.toString().replace(/<Contents><Key>old<.*?<\/Contents>/, ''),
  });
  expect(await far.keys()).toEqual(['second']);
  expect(await bucket.keys()).toEqual(['old', 'second']);
});

it('tears an answer: its connection ends too early, or it pretends to be whole', async () => {
  const { far, proxy } = await behindProxy();
  proxy.script = first(1, { torn: 9 });
  await expect(far.get('old')).rejects.toThrow();
  proxy.script = first(1, { torn: 9, chunked: true });
  expect((await far.get('old')).toString()).toBe('what was ');
  expect((await far.get('old')).toString()).toBe('what was there');
});

it('holds what it is told to hold, and nothing else', async () => {
  const { bucket, far, proxy } = await behindProxy();
  const { script, reached, release } = holding(isPut);
  proxy.script = script;
  const putting = far.put('new', 'content');
  await reached;
  expect((await far.get('old')).toString()).toBe('what was there');
  expect(await bucket.keys()).toEqual(['old']);
  release();
  await putting;
  expect(await bucket.keys()).toEqual(['new', 'old']);
});
