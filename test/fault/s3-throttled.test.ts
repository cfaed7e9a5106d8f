// A server that turns half of the requests away, and one whose answers get lost after it has acted:
// everything is done, once.
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BusinessError } from '../../lib/errors.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import type { HttpFaultProxy } from '../support/http-fault-proxy.js';
import { halfOfAll, onceForEach, slowDown } from '../support/http-faults.js';
import type { HttpScript, SeenRequest } from '../support/http-faults.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket, S3Kind } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import type { OpenedOn } from '../support/s3-devices.js';
import { filesOf, ownEntries } from '../support/trees.js';

useServers('ceph', 'swift');

const COMPLETED = { state: 4, error: 0 };
const abnormal = 8;
const patiently = { timeout: 180_000 };

interface World {
  readonly bucket: Bucket;
  readonly proxy: HttpFaultProxy;
  readonly a: OpenedOn;
  readonly b: OpenedOn;
}

/** Two devices; what a sends and fetches passes the proxy. */
async function world(kind: S3Kind): Promise<World> {
  const bucket = await freshBucket(kind);
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  const a = await openedOn(bucket, { access: { endpoint: proxy.endpoint } });
  return { bucket, proxy, a, b: await openedOn(bucket) };
}

const small = Array.from({ length: 24 }, (_, index) => `folder-${index % 3}/file-${index}`);
const large = 'large.bin'; // goes up in parts

function fill({ a }: World): void {
  for (const name of small) a.write(name, `first content of ${name}`);
  a.write(large, randomBytes(40 << 20));
}

/** Some of everything; the other device has its part in it. */
function change({ a, b }: World): void {
  for (const name of small.slice(0, 4)) a.write(name, `second content of ${name}`);
  for (const name of small.slice(4, 8)) rmSync(join(a.root, name));
  for (const name of small.slice(8, 12)) b.write(name, `content of ${name} by b`);
  for (const name of small.slice(12, 16)) rmSync(join(b.root, name));
  const content = readFileSync(join(a.root, large));
  content.fill('new', 20 << 20, 21 << 20);
  a.write(large, content);
}

async function completes(on: OpenedOn): Promise<void> {
  const states = await on.sync();
  expect(states.at(-1), JSON.stringify(on.notices)).toEqual(COMPLETED);
}

/** All three have the same, each once, and nothing that was for a moment only. */
async function expectAgreed({ bucket, a, b }: World): Promise<void> {
  await completes(b);
  await completes(a);
  expect(filesOf(b.root)).toEqual(filesOf(a.root));
  const keys = await bucket.keys();
  expect(keys.filter((key) => !key.startsWith('.cloudsync/')).sort()).toEqual(
    Object.keys(filesOf(a.root)).sort(),
  );
  const own = keys.filter((key) => key.startsWith('.cloudsync/'));
  expect(own.filter((key) => !key.startsWith('.cloudsync/trash/'))).toEqual(['.cloudsync/root']);
  expect(await bucket.unfinished()).toEqual([]);
  for (const at of [a, b]) expect(ownEntries(at.root, 'tmp')).toEqual([]);
}

/** The story, with that script in the way whenever a speaks. */
async function tell(at: World, script: () => HttpScript, runs: () => Promise<void>): Promise<void> {
  fill(at);
  at.proxy.script = script();
  await runs();
  at.proxy.script = () => undefined;
  await expectAgreed(at);
  expect(Object.keys(filesOf(at.b.root))).toHaveLength(small.length + 1);

  change(at);
  await completes(at.b);
  at.proxy.script = script();
  await runs();
  at.proxy.script = () => undefined;
  await expectAgreed(at);
  expect(Object.keys(filesOf(at.b.root))).toHaveLength(small.length + 1 - 8);
}

describe.each<S3Kind>(['ceph', 'swift'])('%s', (kind) => {
  it('S099 asks each request to come again: one run does all of it', patiently, async () => {
    const at = await world(kind);
    await tell(
      at,
      () => onceForEach(slowDown),
      () => completes(at.a),
    );
    expect(at.a.notices).toEqual([]);
    const turnedAway = at.proxy.log.filter(({ status }) => status === 503);
    expect(turnedAway.length).toBeGreaterThan(2 * small.length);
  });

  it(
    'S099 turns away half of all requests: what a run leaves, the next ones do',
    patiently,
    async () => {
      const at = await world(kind);
      const runs = async () => {
        // All attempts of one request may be second ones: then the run says so, and does the rest.
        for (let left = 12; left > 0; left -= 1) {
          try {
            const last = (await at.a.sync()).at(-1);
            if (last?.error === 0) return;
            expect(last?.error).toBe(abnormal);
          } catch (error) {
            if (!(error instanceof BusinessError)) throw error;
            expect(error).toMatchObject({ cause: 'throttled', retryable: true });
          }
        }
        throw new Error('none of twelve runs could do all of it');
      };
      await tell(at, () => halfOfAll(1, slowDown), runs);
      for (const { cause } of at.a.notices) expect(cause).toBe('throttled');
    },
  );

  it('acts, but its answer is lost: nothing is done twice', patiently, async () => {
    const at = await world(kind);
    // Lost once for each change but the beginning of an upload in parts.
    const changes = ({ method, query }: SeenRequest) =>
      !['GET', 'HEAD'].includes(method) && !query.includes('uploads');
    await tell(
      at,
      () => onceForEach({ drop: 'answer' }, changes),
      () => completes(at.a),
    );
    expect(at.a.notices).toEqual([]);
    const lost = at.proxy.log.filter(({ dropped }) => dropped);
    const count = (test: (request: SeenRequest) => boolean) => lost.filter(test).length;
    expect(count(({ method }) => method === 'DELETE')).toBeGreaterThanOrEqual(4);
    expect(count(({ method, query }) => method === 'POST' && query.includes('uploadId'))).toBe(2);
    expect(count(({ method, query }) => method === 'PUT' && query === '')).toBeGreaterThan(24);
    expect(count(({ query }) => query.includes('partNumber'))).toBe(6);
    const trash = await at.bucket.keys('.cloudsync/trash/');
    expect(trash).toHaveLength(8); // what was deleted, each once
  });

  it('begins an upload in parts, but its answer is lost: the file goes up with another', async () => {
    const at = await world(kind);
    at.a.write(large, randomBytes(40 << 20));
    const begins = ({ method, query }: SeenRequest) =>
      method === 'POST' && query.includes('uploads');
    at.proxy.script = onceForEach({ drop: 'answer' }, begins);
    await completes(at.a);
    expect(at.proxy.log.filter(({ dropped }) => dropped)).toHaveLength(1);
    await completes(at.b);
    expect(filesOf(at.b.root)).toEqual(filesOf(at.a.root));
    // Whose the first one is, nobody can tell: it stays until a lifecycle rule ends it (docs/s3.md).
    expect(await at.bucket.unfinished()).toHaveLength(1);
  });
});
