// Connections over which nothing comes any more, and nobody says so: a network that was changed, a machine
// that was switched off. Whoever waits gives up after half a minute and goes on over another connection.
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { downloaded } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { http2Front } from '../support/http2-front.js';
import { mebibyte } from '../support/large-content.js';
import { patience } from '../support/patience.js';
import { freshBucket, useServers } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import type { Link } from '../support/tcp-fault-proxy.js';
import { filesOf, told } from '../support/trees.js';

useServers('ceph');

const COMPLETED = { state: 4, error: 0 };
const name = 'film.bin';
/** One request fetches or sends all of it. */
const size = 3 * mebibyte;

/** What lies between the line and the server, and the ranges of the file that were asked for there. */
interface Behind {
  readonly endpoint: string;
  readonly caFile?: string;
  ranges(): string[];
}

async function plain(server: string): Promise<Behind> {
  const { endpoint, log } = await httpFaultProxy(server);
  const ofFile = () => log.filter(({ method, path }) => method === 'GET' && path.endsWith(name));
  return { endpoint, ranges: () => ofFile().map(({ headers }) => String(headers['range'])) };
}

async function overHttp2(server: string): Promise<Behind> {
  const { endpoint, caFile, requests } = await http2Front(server);
  const ofFile = () =>
    requests().filter(({ method, uri }) => method === 'GET' && uri.endsWith(name));
  return { endpoint, caFile, ranges: () => ofFile().map(({ range }) => range) };
}

/** The line of a download fails when a MiB of it has come. */
async function download(
  what: string,
  behind: (server: string) => Promise<Behind>,
  link: Link,
  fail: (link: Link) => void,
): Promise<void> {
  const bucket = await freshBucket('ceph');
  const content = randomBytes(size);
  await bucket.put(name, content);
  const { endpoint, caFile, ranges } = await behind(bucket.access.endpoint);
  const proxy = await tcpFaultProxy(endpoint);
  const at = await openedOn(bucket, {
    access: { endpoint: proxy.endpoint },
    space: { content: 'on-demand' },
    ...(caFile !== undefined && { ca: caFile }),
  });
  await at.sync();
  proxy.cut(); // the next connection is the download's
  const { connections, down } = proxy.counts;
  proxy.next(link);
  const failed = proxy.passed('down', down + mebibyte).then(() => fail(link));
  const events = await downloaded(at, at.uri(name));
  await failed;
  expect(events.at(-1), what).toMatchObject({ state: at.cloudSync.State.COMPLETED });
  expect(filesOf(at.root), what).toEqual({ [name]: told(content) });
  expect(proxy.counts.connections - connections, what).toBe(2);
  // What had come was not asked for again.
  await expect.poll(() => ranges().length, { message: what }).toBe(2);
  const begins = ranges().map((range) => Number(/^bytes=(\d+)-/.exec(range)?.[1]));
  const [first, second = 0] = begins.sort((a, b) => a - b);
  expect(first, what).toBe(0);
  expect(second, what).toBeGreaterThan(mebibyte / 2);
  expect(second, what).toBeLessThan(mebibyte + mebibyte / 2);
}

/** The line of an upload falls silent when a MiB of it has gone; nobody knows what became of it. */
async function upload(): Promise<void> {
  const bucket = await freshBucket('ceph');
  const { endpoint, log } = await httpFaultProxy(bucket.access.endpoint);
  const proxy = await tcpFaultProxy(endpoint);
  const at = await openedOn(bucket, { access: { endpoint: proxy.endpoint } });
  await at.sync();
  proxy.cut(); // each connection is a new one
  const { up } = proxy.counts;
  proxy.link = { stall: { way: 'up', after: mebibyte } };
  const failed = proxy.passed('up', up + mebibyte).then(() => (proxy.link = {}));
  const content = randomBytes(size);
  at.write(name, content);
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  await failed;
  expect((await bucket.get(name)).equals(content)).toBe(true);
  const sent = log.filter(({ method, path }) => method === 'PUT' && path.endsWith(name));
  expect(sent).toHaveLength(2);
  expect(at.notices).toEqual([]);
}

const silent: Link = { stall: { way: 'down', after: mebibyte } };

// One test: each story waits for its half minute, and they can do so side by side.
it(
  'S092 a line that falls silent in the middle, or brings a byte in ten seconds, is given up',
  { timeout: 180_000 * patience },
  async () => {
    await Promise.all([
      download('silent', plain, silent, () => undefined),
      download('silent, HTTP/2', overHttp2, silent, () => undefined),
      download('a byte in ten seconds', plain, {}, (link) => (link.bandwidth = 0.1)),
      upload(),
    ]);
  },
);
