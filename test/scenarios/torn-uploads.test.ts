// Uploads whose file or whose place in the cloud changes, which lose a part, their process or a byte on
// the way: the cloud shows a content that there was, whole, or none of it, and nothing lies about there.
import { randomBytes } from 'node:crypto';
import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drive } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { holding, s3Error } from '../support/http-faults.js';
import type { HttpScript, SeenRequest } from '../support/http-faults.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket, S3Kind } from '../support/s3.js';
import { openedOn, remoteOf } from '../support/s3-devices.js';
import type { OpenedOn } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncedApart, syncing } from '../support/sync-program.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import { configOf, place } from '../support/temp-dir.js';
import { filesOf, told } from '../support/trees.js';

useServers('ceph', 'swift');

const kinds: S3Kind[] = ['ceph', 'swift'];
const COMPLETED = { state: 4, error: 0 };
const UPLOAD_FAILED = { state: 1, error: 8 };
const mebibyte = 1 << 20;
const name = 'film.bin';
/** Of a file that goes up in three parts. */
const inParts = 36 * mebibyte;

/** The user's objects, with all that is kept of them. */
async function shown(bucket: Bucket): Promise<Record<string, string>> {
  const keys = (await bucket.keys()).filter((key) => !key.startsWith('.cloudsync/'));
  return Object.fromEntries(
    await Promise.all(keys.map(async (key) => [key, told(await bucket.get(key))])),
  );
}

async function completes(at: OpenedOn): Promise<void> {
  expect((await at.sync()).at(-1), JSON.stringify(at.notices)).toEqual(COMPLETED);
}

const isPart = ({ query }: SeenRequest) => query.includes('partNumber=');
const isLastPart = ({ query }: SeenRequest) => query.includes('partNumber=3');
const isContent = ({ method, path }: SeenRequest) => method === 'PUT' && path.endsWith(`/${name}`);

describe.each(kinds)('%s', (kind) => {
  const ways = [['in parts', inParts, isLastPart] as const];
  // Swift keeps no conditions: it is looked at before and after, and this would be in between.
  const inOnePiece = ['in one piece', 5 * mebibyte, isContent] as const;
  it.each(kind === 'swift' ? ways : [...ways, inOnePiece])(
    'S006 the object is replaced while ours goes up %s: both are kept',
    async (_, size, last) => {
      const bucket = await freshBucket(kind);
      const proxy = await httpFaultProxy(bucket.access.endpoint);
      const at = await openedOn(bucket, { access: { endpoint: proxy.endpoint } });
      at.write(name, 'first');
      await completes(at);
      const [ours, theirs] = [randomBytes(size), 'theirs'];
      at.write(name, ours);
      const { script, reached, release } = holding(last);
      proxy.script = script;
      const running = at.sync();
      await reached;
      await bucket.put(name, theirs);
      release();
      await running;
      await completes(at);
      const files = filesOf(at.root);
      expect(Object.values(files).sort()).toEqual([told(ours), theirs].sort());
      expect(files[name]).toBe(theirs);
      expect(await shown(bucket)).toEqual(files);
      expect(await bucket.unfinished()).toEqual([]);
    },
  );

  it('S095 a part is refused for good: the upload fails, and no object lacks it', async () => {
    const bucket = await freshBucket(kind);
    const proxy = await httpFaultProxy(bucket.access.endpoint);
    const at = await openedOn(bucket, { access: { endpoint: proxy.endpoint } });
    const content = randomBytes(inParts);
    at.write(name, content);
    const { getFileSyncState, FileSyncState } = at.cloudSync;
    proxy.script = (request) => (isLastPart(request) ? s3Error(403, 'AccessDenied') : undefined);
    expect((await at.sync()).at(-1)).toEqual(UPLOAD_FAILED);
    expect(await shown(bucket)).toEqual({});
    expect(getFileSyncState(at.uri(name))).toBe(FileSyncState.UPLOAD_FAILURE);
    expect(at.notices[0]).toMatchObject({ path: name, cause: 'remoteFault' });

    const before = proxy.log.length;
    proxy.script = () => undefined;
    await completes(at);
    expect(await shown(bucket)).toEqual({ [name]: told(content) });
    expect(getFileSyncState(at.uri(name))).toBe(FileSyncState.UPLOAD_SUCCESS);
    expect(proxy.log.slice(before).filter(isPart)).toHaveLength(1); // the others were there
    expect(await bucket.unfinished()).toEqual([]);
  });

  it('S102 a server that knows no newer checksums misses none, and finds a byte that changed', async () => {
    const bucket = await freshBucket(kind);
    const broken = await tcpFaultProxy(bucket.access.endpoint);
    const old = await httpFaultProxy(broken.endpoint);
    const newer = /^x-amz-(checksum-|sdk-checksum-|trailer)/;
    const refuseNewer: HttpScript = ({ headers }) => {
      const chunked = String(headers['x-amz-content-sha256']).startsWith('STREAMING-');
      const asks = chunked || Object.keys(headers).some((header) => newer.test(header));
      return asks ? s3Error(501, 'NotImplemented') : undefined;
    };
    old.script = refuseNewer;
    const at = await openedOn(bucket, { access: { endpoint: old.endpoint } });
    const [small, large] = [randomBytes(3 * mebibyte), randomBytes(inParts)];
    at.write('small.bin', small);
    broken.link = { corrupt: { way: 'up', at: 2 * mebibyte } };
    expect((await at.sync()).at(-1)).toEqual(UPLOAD_FAILED);
    expect(await shown(bucket)).toEqual({});
    broken.link = {};
    at.write(name, large);
    await completes(at);
    expect(await shown(bucket)).toEqual({ 'small.bin': told(small), [name]: told(large) });
    expect(old.log.filter(({ forwarded }) => !forwarded)).toEqual([]);
  });
});

it('S005 edited while a killed upload waits, size and time kept: no part of the old one is used', async () => {
  const bucket = await freshBucket('ceph');
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  const at = place();
  const file = join(at.root, name);
  const v1 = randomBytes(inParts);
  writeFileSync(file, v1);
  const remote = remoteOf(bucket, { access: { endpoint: proxy.endpoint } });
  const config = configOf(at, drive, { remote });
  const first = runProgram(`${syncing} await run();`, { config });
  await proxy.passed('up', 34 * mebibyte);
  proxy.stall();
  first.kill('SIGKILL');
  await first.ended;
  proxy.cut();
  proxy.resume();
  expect(await bucket.unfinished()).toHaveLength(1); // there is something to go on with

  const { atime, mtime } = statSync(file);
  const v2 = Buffer.from(v1);
  randomBytes(30 * mebibyte).copy(v2, 3 * mebibyte); // some of each part
  writeFileSync(file, v2);
  utimesSync(file, atime, mtime);
  expect(await syncedApart(config)).toEqual(['state 4 0']);
  expect(await shown(bucket)).toEqual({ [name]: told(v2) });
  expect(await bucket.unfinished()).toEqual([]);
});
