// S3 behind a server that speaks HTTP/2, as load balancers and content networks do: everything that goes
// over HTTP/1.1 goes over HTTP/2 too, and nothing that one request leaves behind reaches another.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { downloaded } from '../support/devices.js';
import { http2Front } from '../support/http2-front.js';
import type { EndedRequest, Http2Front } from '../support/http2-front.js';
import { mebibyte, sha256OfFile, writeLarge } from '../support/large-content.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import type { OnOptions } from '../support/s3-devices.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import { filesOf, told } from '../support/trees.js';

useServers('ceph');

const COMPLETED = { state: 4, error: 0 };
/** Some seconds of work; much more on a machine that is busy otherwise. */
const patiently = { timeout: 180_000 };

interface World {
  readonly bucket: Bucket;
  readonly front: Http2Front;
  open(options?: OnOptions): ReturnType<typeof openedOn>;
}

/** A bucket that is reached over HTTP/2. */
async function world(options: Parameters<typeof http2Front>[1] = {}): Promise<World> {
  const bucket = await freshBucket('ceph');
  const front = await http2Front(bucket.access.endpoint, options);
  const way = { access: { endpoint: front.endpoint }, ca: front.caFile };
  return { bucket, front, open: (more = {}) => openedOn(bucket, { ...way, ...more }) };
}

/** Files that no other is like, by their names. */
function contents(prefix: string, count: number, size: number): Map<string, Buffer> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}-${index}.bin`);
  return new Map(names.map((name) => [name, randomBytes(size)]));
}

const tellAll = (files: Map<string, Buffer>) =>
  Object.fromEntries([...files].map(([name, content]) => [name, told(content)]));

async function putAll(bucket: Bucket, files: Map<string, Buffer>): Promise<void> {
  await Promise.all([...files].map(([name, content]) => bucket.put(name, content)));
}

async function expectInBucket(bucket: Bucket, files: Map<string, Buffer>): Promise<void> {
  for (const [name, content] of files) {
    expect((await bucket.get(name)).equals(content), name).toBe(true);
  }
}

const ofFile = (prefix: string) => (request: EndedRequest) =>
  request.uri.split('/').at(-1)!.startsWith(prefix);

/** Everything was asked for, and nothing over another protocol. */
function expectHttp2(front: Http2Front): void {
  const protocols = new Set(front.requests().map(({ protocol }) => protocol));
  expect(protocols).toEqual(new Set(['HTTP/2.0']));
}

it('many files come down and go up at once', patiently, async () => {
  const { bucket, front, open } = await world();
  const [theirs, ours] = [contents('theirs', 24, mebibyte), contents('ours', 24, mebibyte)];
  await putAll(bucket, theirs);
  const at = await open();
  for (const [name, content] of ours) at.write(name, content);
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(at.root)).toEqual(tellAll(new Map([...theirs, ...ours])));
  await expectInBucket(bucket, ours);
  expect(front.requests().filter(ofFile('theirs')).length).toBeGreaterThanOrEqual(theirs.size);
  expectHttp2(front);
  expect(at.notices).toEqual([]);
});

it('a large file comes in ranges, another goes in parts', patiently, async () => {
  const { bucket, front, open } = await world();
  const name = 'film.bin';
  const first = await open();
  const sent = writeLarge(join(first.root, name), 64 * mebibyte);
  expect((await first.sync()).at(-1)).toEqual(COMPLETED);
  const parts = front.requests().filter(({ uri }) => uri.includes('partNumber='));
  expect(parts.length).toBeGreaterThan(3);
  expect(await bucket.unfinished()).toEqual([]);

  const second = await open();
  expect((await second.sync()).at(-1)).toEqual(COMPLETED);
  expect(await sha256OfFile(join(second.root, name))).toBe(sent);
  const ranges = front
    .requests()
    .filter(({ method, uri }) => method === 'GET' && uri.endsWith(name));
  expect(ranges.length).toBeGreaterThan(7);
  expect(new Set(ranges.map(({ status }) => status))).toEqual(new Set([206]));
  expectHttp2(front);
  expect([...first.notices, ...second.notices]).toEqual([]);
});

it('one that is stopped while it is held back leaves nothing to others', patiently, async () => {
  const { bucket, front, open } = await world();
  const size = 24 * mebibyte; // ranges of it are under way side by side
  const [large, small] = [contents('large', 2, size), contents('small', 8, mebibyte)];
  await putAll(bucket, new Map([...large, ...small]));
  const at = await open({ space: { content: 'on-demand' } });
  await at.sync();
  const { Download, State } = at.cloudSync;
  at.device.limitBandwidth({ downloadBytesPerSecond: 1 }); // what follows the first bytes is days away
  const begin = async (name: string) => {
    const download = new Download();
    let moving = (): void => undefined;
    const begun = new Promise<void>((resolve) => (moving = resolve));
    const ended = new Promise<number>((resolve) => {
      download.on('progress', ({ state, processed }) => {
        if (processed > 0) moving();
        if (state !== State.RUNNING) resolve(state);
      });
    });
    await download.start(at.uri(name));
    await begun;
    return { download, ended };
  };
  const stopped = await begin('large-0.bin');
  const other = await begin('large-1.bin');
  await stopped.download.stop(at.uri('large-0.bin'));
  expect(await stopped.ended).toBe(State.STOPPED);
  at.device.limitBandwidth({});
  expect(await other.ended).toBe(State.COMPLETED);

  const ends = await Promise.all([...small.keys()].map((name) => downloaded(at, at.uri(name))));
  expect(ends.map((events) => events.at(-1)?.state)).toEqual(ends.map(() => State.COMPLETED));
  const ours = contents('ours', 8, mebibyte);
  for (const [name, content] of ours) at.write(name, content);
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  large.delete('large-0.bin');
  expect(filesOf(at.root)).toEqual(tellAll(new Map([...large, ...small, ...ours])));
  await expectInBucket(bucket, ours);

  // Whatever was still on its way to the stopped one ended with the connection that it came by.
  await expect.poll(() => front.requests().filter(ofFile('large-0')).length).toBeGreaterThan(0);
  const connectionsOf = (...prefixes: string[]) => {
    const requests = prefixes.flatMap((prefix) => front.requests().filter(ofFile(prefix)));
    return new Set(requests.map(({ connection }) => connection));
  };
  const others = connectionsOf('large-1', 'small', 'ours');
  expect([...connectionsOf('large-0')].filter((number) => others.has(number))).toEqual([]);
  expectHttp2(front);
  expect(at.notices).toEqual([]);
});

it('a server that ends each connection after five requests (GOAWAY)', patiently, async () => {
  const { bucket, front, open } = await world({ requestsPerConnection: 5 });
  const [theirs, ours] = [contents('theirs', 40, 64 << 10), contents('ours', 40, 64 << 10)];
  theirs.set('theirs-large.bin', randomBytes(32 * mebibyte));
  ours.set('ours-large.bin', randomBytes(40 * mebibyte));
  await putAll(bucket, theirs);
  const at = await open();
  for (const [name, content] of ours) at.write(name, content);
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(at.root)).toEqual(tellAll(new Map([...theirs, ...ours])));
  await expectInBucket(bucket, ours);
  const perConnection = new Map<string, number>();
  for (const { connection } of front.requests()) {
    perConnection.set(connection, (perConnection.get(connection) ?? 0) + 1);
  }
  expect(Math.max(...perConnection.values())).toBe(5);
  expectHttp2(front);
  expect(at.notices).toEqual([]);
});

it('connections that break under many ranges are made anew', patiently, async () => {
  const { bucket, front, open } = await world();
  const proxy = await tcpFaultProxy(front.endpoint);
  const name = 'film.bin';
  const content = randomBytes(64 * mebibyte);
  await bucket.put(name, content);
  const at = await open({ access: { endpoint: proxy.endpoint } });
  const cut = async (bytes: number) => {
    await proxy.passed('down', bytes);
    const { connections } = proxy.counts;
    proxy.cut();
    return connections;
  };
  const cuts = Promise.all([8, 24, 40].map((count) => cut(count * mebibyte)));
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(at.root)).toEqual({ [name]: told(content) });
  const counts = [...(await cuts), proxy.counts.connections];
  expect([...new Set(counts)].sort((a, b) => a - b)).toEqual(counts); // more each time
  expectHttp2(front);
  expect(at.notices).toEqual([]);
});
