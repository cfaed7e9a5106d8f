// Downloads from a server that changes, loses, cuts short or falsifies what it sends: a file appears
// here whole and as it is in the cloud, or not at all, and what had arrived is not fetched twice.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { drive } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import type { HttpFaultProxy } from '../support/http-fault-proxy.js';
import { first, s3Error } from '../support/http-faults.js';
import type { HttpFault, MadeAnswer, SeenRequest, ServerAnswer } from '../support/http-faults.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket, S3Kind } from '../support/s3.js';
import { openedOn, remoteOf } from '../support/s3-devices.js';
import type { OpenedOn } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncedApart, syncing } from '../support/sync-program.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import { configOf, place } from '../support/temp-dir.js';
import { filesOf, ownEntries, told } from '../support/trees.js';

useServers('ceph', 'swift');

const kinds: S3Kind[] = ['ceph', 'swift'];
const COMPLETED = { state: 4, error: 0 };
const mebibyte = 1 << 20;
const name = 'film.bin';
/** Of one download: two ranges of it are under way at one time. */
const size = 12 * mebibyte;

interface World {
  readonly bucket: Bucket;
  readonly proxy: HttpFaultProxy;
  readonly at: OpenedOn;
}

/** A bucket, and a device that gets there by way of a proxy. */
async function world(kind: S3Kind = 'ceph'): Promise<World> {
  const bucket = await freshBucket(kind);
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  return { bucket, proxy, at: await openedOn(bucket, { access: { endpoint: proxy.endpoint } }) };
}

/** Another device has brought a file there. */
async function broughtBy(kind: S3Kind, content: Buffer): Promise<World> {
  const made = await world(kind);
  const other = await openedOn(made.bucket);
  other.write(name, content);
  expect((await other.sync()).at(-1)).toEqual(COMPLETED);
  return made;
}

const isContent = ({ method, path }: SeenRequest) => method === 'GET' && path.endsWith(`/${name}`);

const beginOf = ({ headers }: SeenRequest) =>
  Number(/^bytes=(\d+)-/.exec(String(headers['range']))?.[1]);

async function expectHere({ at }: World, content: Buffer): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(at.root)).toEqual({ [name]: told(content) });
  expect(ownEntries(at.root, 'tmp')).toEqual([]);
}

describe('a content that is replaced behind the back of a download', () => {
  /** A server that answers with a range of what is there now, whatever it was asked to match. */
  const careless = (now: Buffer, request: SeenRequest, etag?: string): HttpFault => {
    const [, begin = 0, end = 0] = /^bytes=(\d+)-(\d+)$/
      .exec(String(request.headers['range']))!
      .map(Number);
    const headers = {
      'Content-Range': `bytes ${begin}-${end}/${size}`,
      ...(etag && { ETag: etag }),
    };
    const answer: MadeAnswer = { status: 206, headers, body: now.subarray(begin, end + 1) };
    return { answer };
  };

  it.each([
    ['another ETag, and If-Match is ignored', true],
    ['no ETag at all', false],
  ])('S002 %s: nothing of it is used', async (_, tells) => {
    const on = await world();
    const [v1, v2] = [randomBytes(size), randomBytes(size)];
    await on.bucket.put(name, v1);
    on.proxy.script = (request) => {
      if (!isContent(request) || beginOf(request) === 0) return undefined;
      return careless(v2, request, tells ? '"0123456789abcdef0123456789abcdef"' : undefined);
    };
    const last = (await on.at.sync()).at(-1);
    expect(last).not.toEqual(COMPLETED);
    expect(filesOf(on.at.root)).toEqual({});

    on.proxy.script = () => undefined;
    await on.bucket.put(name, v2);
    await expectHere(on, v2);
  });
});

/** Uploads an object in parts, as another program does. */
async function putInParts({ name: Bucket, client }: Bucket, content: Buffer, part: number) {
  const object = { Bucket, Key: name };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
  for (let at = 0; at < content.length; at += part) {
    const PartNumber = Parts.length + 1;
    const Body = content.subarray(at, at + part);
    const sent = await client.send(
      new UploadPartCommand({ ...object, UploadId, PartNumber, Body }),
    );
    Parts.push({ ETag: sent.ETag, PartNumber });
  }
  const whole = { ...object, UploadId, MultipartUpload: { Parts } };
  await client.send(new CompleteMultipartUploadCommand(whole));
  return (await client.send(new HeadObjectCommand(object))).ETag;
}

describe.each(kinds)('%s', (kind) => {
  it('S003 S090 an object that was uploaded in parts: its ETag is a name, not a hash', async () => {
    const on = await world(kind);
    const content = randomBytes(size);
    const etag = await putInParts(on.bucket, content, 5 * mebibyte);
    expect(etag).toMatch(/^"[0-9a-f]{32}-3"$/);
    await expectHere(on, content);
    const asked = on.proxy.log.filter(isContent);
    expect(asked.length).toBeGreaterThan(1); // by ranges
    for (const { query, headers, status } of asked) {
      expect([query, headers['if-match'], status]).toEqual(['', etag, 206]); // never by parts
    }
    // And it is what a later change here is conditional on.
    on.at.write(name, 'edited');
    expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
    expect((await on.bucket.get(name)).toString()).toBe('edited');
    const before = on.proxy.log.length;
    expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
    const moved = on.proxy.log.slice(before).filter(({ method }) => method === 'PUT');
    expect([...moved, ...on.proxy.log.slice(before).filter(isContent)]).toEqual([]);
    expect(on.at.notices).toEqual([]);
  });

  it('S091 a body that ends too early is gone on with where it ended', async () => {
    const content = randomBytes(size);
    const on = await broughtBy(kind, content);
    const torn = 5 * mebibyte + 1;
    on.proxy.script = first(1, { torn }, (request) => isContent(request) && beginOf(request) === 0);
    await expectHere(on, content);
    const begins = on.proxy.log.filter(isContent).map(beginOf);
    expect(begins.sort((a, b) => a - b)).toEqual([0, torn, 8 * mebibyte]);
  });

  it('S091 a body that pretends to be whole is gone on with where it ended', async () => {
    const content = randomBytes(size);
    const on = await broughtBy(kind, content);
    const torn = 5 * mebibyte + 1;
    const script = first(
      1,
      { torn, chunked: true },
      (request) => isContent(request) && beginOf(request) === 0,
    );
    on.proxy.script = script;
    await on.at.sync();
    expect([{}, { [name]: told(content) }]).toContainEqual(filesOf(on.at.root));
    on.proxy.script = () => undefined;
    await expectHere(on, content);
  });

  it('S091 a body that was filled up with zeros, or changed in one byte, is not shown', async () => {
    const content = randomBytes(3 * mebibyte);
    const on = await broughtBy(kind, content);
    const lies = [
      (body: Buffer) => Buffer.concat([body.subarray(0, mebibyte), Buffer.alloc(2 * mebibyte)]),
      (body: Buffer) => {
        body.writeUInt8(body.readUInt8(1_234_567) ^ 1, 1_234_567);
        return body;
      },
    ];
    for (const lie of lies) {
      on.proxy.script = (request) =>
        isContent(request) ? { rewrite: ({ body }) => lie(body) } : undefined;
      expect((await on.at.sync()).at(-1)).toEqual({ state: 3, error: 8 });
      expect(filesOf(on.at.root)).toEqual({});
    }
    on.proxy.script = () => undefined;
    await expectHere(on, content);
  });

  it('S091 a body that was changed in one byte on its way is fetched once more', async () => {
    const content = randomBytes(3 * mebibyte);
    const on = await broughtBy(kind, content);
    const changed = ({ body }: ServerAnswer) => {
      const wrong = Buffer.from(body);
      wrong.writeUInt8(wrong.readUInt8(1_234_567) ^ 1, 1_234_567);
      return wrong;
    };
    on.proxy.script = first(1, { rewrite: changed }, isContent);
    await expectHere(on, content);
    expect(on.proxy.log.filter(isContent)).toHaveLength(2);
    expect(on.at.notices).toEqual([]);
  });

  it('S026 listed, but gone when it is fetched: what is here stays', async () => {
    const on = await broughtBy(kind, Buffer.from('first'));
    await expectHere(on, Buffer.from('first'));
    await on.bucket.put(name, 'second');
    on.proxy.script = (request) => (isContent(request) ? s3Error(404, 'NoSuchKey') : undefined);
    for (let round = 0; round < 2; round += 1) {
      expect((await on.at.sync()).at(-1)).not.toEqual(COMPLETED);
      expect(filesOf(on.at.root)).toEqual({ [name]: 'first' });
    }
    expect(on.proxy.log.filter(({ status }) => status === 404).length).toBeGreaterThan(1);
    on.proxy.script = () => undefined;
    await expectHere(on, Buffer.from('second'));
    expect((await on.bucket.get(name)).toString()).toBe('second');
  });
});

it('S004 replaced in the cloud while a killed download waits: the next process begins anew', async () => {
  const bucket = await freshBucket('ceph');
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  const [v1, v2] = [randomBytes(3 * size), randomBytes(3 * size)];
  await bucket.put(name, v1);
  const at = place();
  const config = configOf(at, drive, {
    remote: remoteOf(bucket, { access: { endpoint: proxy.endpoint } }),
  });
  const first = runProgram(`${syncing} await run();`, { config });
  await proxy.passed('down', 2 * size);
  proxy.stall();
  first.kill('SIGKILL');
  await first.ended;
  proxy.cut();
  proxy.resume();
  expect(existsSync(join(at.root, name))).toBe(false);
  expect(ownEntries(at.root, 'tmp')).toHaveLength(1); // there is something to go on with

  await bucket.put(name, v2);
  expect(await syncedApart(config)).toEqual(['state 4 0']);
  expect(filesOf(at.root)).toEqual({ [name]: told(v2) });
  expect(ownEntries(at.root, 'tmp')).toEqual([]);
});

// That it is given up after half a minute: silent-connections.test.ts.
it('S092 a connection falls silent in the middle of a body: whoever stops the download need not wait', async () => {
  const bucket = await freshBucket('ceph');
  await bucket.put(name, randomBytes(size));
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  const options = { access: { endpoint: proxy.endpoint }, space: { content: 'on-demand' } };
  const at = await openedOn(bucket, options);
  await at.sync();
  const { Download, State } = at.cloudSync;
  const download = new Download();
  const states: number[] = [];
  download.on('progress', ({ state }) => states.push(state));
  const silent = proxy.passed('down', proxy.counts.down + mebibyte).then(() => proxy.stall());
  await download.start(at.uri(name));
  await silent;
  await download.stop(at.uri(name)); // nothing passes any more: it would wait for ever
  await expect.poll(() => states.at(-1)).toBe(State.STOPPED);
  await expect.poll(() => ownEntries(at.root, 'tmp').length).toBeLessThan(2);
  expect(filesOf(at.root)).toEqual({});
  proxy.cut();
  proxy.resume();
});
