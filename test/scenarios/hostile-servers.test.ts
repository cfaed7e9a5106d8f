// Servers that send elsewhere, send monsters, turn our credentials away or keep things in their own way:
// nothing is deleted for it, no secret leaves, the run says what it was, and the next one goes on.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { BusinessError } from '../../lib/errors.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import type { HttpFaultProxy } from '../support/http-fault-proxy.js';
import { s3Error } from '../support/http-faults.js';
import type { HttpFault, SeenRequest } from '../support/http-faults.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { expectNoSecret, openedOn } from '../support/s3-devices.js';
import type { OpenedOn } from '../support/s3-devices.js';
import { errorOf } from '../support/thrown.js';
import { Authority, tlsFront } from '../support/tls.js';
import { filesOf, told } from '../support/trees.js';

useServers('ceph');

const COMPLETED = { state: 4, error: 0 };
const mebibyte = 1 << 20;
const files = { 'a.txt': 'first of a', 'd/b.txt': 'first of b' };

interface World {
  readonly bucket: Bucket;
  readonly proxy: HttpFaultProxy;
  readonly at: OpenedOn;
}

/** A device that is in sync with its bucket, by way of a proxy; `tls`: and of TLS before that. */
async function world(tls = false): Promise<World> {
  const bucket = await freshBucket('ceph');
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  const authority = tls ? new Authority() : undefined;
  const endpoint = authority ? await tlsFront(proxy.endpoint, authority.sign()) : proxy.endpoint;
  const at = await openedOn(bucket, {
    access: { endpoint },
    ...(authority && { ca: authority.caFile }),
  });
  for (const [path, content] of Object.entries(files)) at.write(path, content);
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  return { bucket, proxy, at };
}

/** What start() said, or the run; it did not complete. */
async function failure(at: OpenedOn): Promise<BusinessError | undefined> {
  try {
    expect((await at.sync()).at(-1)?.error).not.toBe(0);
    return undefined;
  } catch (error) {
    if (error instanceof BusinessError) return error;
    throw error;
  }
}

async function shown(bucket: Bucket): Promise<Record<string, string>> {
  const keys = (await bucket.keys()).filter((key) => !key.startsWith('.cloudsync/'));
  const entries = keys.map(async (key) => [key, told(await bucket.get(key))] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/** Nothing was lost, and with an honest server everything goes on. */
async function expectUnharmed({ bucket, proxy, at }: World): Promise<void> {
  expect(filesOf(at.root)).toMatchObject(files);
  expect(await shown(bucket)).toMatchObject(files);
  proxy.script = () => undefined;
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  expect(await shown(bucket)).toEqual(filesOf(at.root));
}

describe('a redirect', () => {
  /** A server that wants what was meant for another. */
  async function stranger() {
    const heard: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      heard.push(request);
      response.end('<ListBucketResult></ListBucketResult>');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  const to = (status: number, Location: string): HttpFault => ({
    answer: { status, headers: { Location } },
  });

  it.each([301, 302, 303, 307, 308])(
    'S104 %i to another host: nothing goes there',
    async (status) => {
      const on = await world();
      const { heard, url } = await stranger();
      on.at.write('new.txt', 'new');
      on.proxy.script = ({ path, query }) => to(status, `${url}${path}?${query}`);
      const error = await failure(on.at);
      expect(heard).toEqual([]);
      expectNoSecret(on.at, on.bucket.access.secretAccessKey, ...(error ? [error] : []));
      // Only contents are sent away: the list is honest.
      on.proxy.script = ({ method, path, query }) =>
        method === 'PUT' ? to(status, `${url}${path}?${query}`) : undefined;
      await failure(on.at);
      expect(heard).toEqual([]);
      await expectUnharmed(on);
    },
  );

  it('S104 from https to http is not followed', async () => {
    const on = await world(true);
    const { heard, url } = await stranger();
    on.proxy.script = ({ path, query }) => to(307, `${url}${path}?${query}`);
    await failure(on.at);
    expect(heard).toEqual([]);
    await expectUnharmed(on);
  });

  it('S104 to itself, for ever, ends', async () => {
    const on = await world();
    on.proxy.script = ({ path, query }) => to(307, `${on.proxy.endpoint}${path}?${query}`);
    const before = on.proxy.log.length;
    await failure(on.at);
    expect(on.proxy.log.length - before).toBeLessThan(20);
    await expectUnharmed(on);
  });
});

describe('an answer that', () => {
  const isPage = ({ query }: SeenRequest) => query.includes('list-type=2');
  const page =
    (change: (body: string) => string): ((request: SeenRequest) => HttpFault | undefined) =>
    (request) =>
      isPage(request) ? { rewrite: ({ body }) => change(body.toString()) } : undefined;
  const sized = (size: string) => page((body) => body.replace(/<Size>\d+</g, `<Size>${size}<`));
  const entity = (body: string) => {
    const names = Array.from({ length: 10 }, (_, index) => `e${index}`);
    const value = (index: number) => (index === 0 ? 'boom' : `&e${index - 1};`.repeat(10));
    const dtd = names.map((name, index) => `<!ENTITY ${name} "${value(index)}">`).join('');
    const [head, rest] = [body.slice(0, body.indexOf('<Key>')), body.slice(body.indexOf('<Key>'))];
    const at = head.indexOf('<ListBucketResult');
    return `${head.slice(0, at)}<!DOCTYPE x [${dtd}]>${head.slice(at)}${rest.replace('<Key>', '<Key>&e9;')}`;
  };

  it.each<[string, (request: SeenRequest) => HttpFault | undefined]>([
    ['holds entities that hold entities', page(entity)],
    ['is a hundred thousand elements deep', page(() => '<a>'.repeat(100_000))],
    ['has no end', page((body) => body + 'x'.repeat(64 * mebibyte))],
    ['tells a negative size', sized('-1')],
    ['tells a size beyond 64 bits', sized('18446744073709551616')],
    ['tells a size that is no number', sized('many')],
    [
      'has a header of a megabyte',
      () => ({ answer: { status: 200, headers: { 'x-large': 'x'.repeat(mebibyte) } } }),
    ],
    [
      'has a hundred thousand headers',
      () => ({
        answer: {
          status: 200,
          headers: Object.fromEntries(
            Array.from({ length: 100_000 }, (_, index) => [`x-${index}`, 'x']),
          ),
        },
      }),
    ],
  ])('S106 %s is refused, and nothing is done for it', async (_, script) => {
    const on = await world();
    on.at.write('new.txt', 'new');
    rmSync(join(on.at.root, 'a.txt'));
    on.at.write('a.txt', 'second of a');
    on.proxy.script = script;
    const error = await failure(on.at);
    const said = [error?.message, ...on.at.notices.map(({ message }) => message)].join(' ');
    expect(said.trim()).not.toBe('');
    expect(said.length).toBeLessThan(10_000);
    expect(await shown(on.bucket)).toEqual(files);
    expect(filesOf(on.at.root)).toEqual({ ...files, 'a.txt': 'second of a', 'new.txt': 'new' });
    on.proxy.script = () => undefined;
    expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
    expect(await shown(on.bucket)).toEqual(filesOf(on.at.root));
  });
});

it('S100 credentials that expire in the middle: the upload waits for new ones, nothing is gone', async () => {
  const on = await world();
  const content = randomBytes(52 * mebibyte);
  on.at.write('film.bin', content);
  await on.bucket.put('a.txt', 'second of a');
  const expired = s3Error(403, 'ExpiredToken');
  let parts = 0;
  on.proxy.script = ({ query }) => {
    if (!query.includes('partNumber=')) return parts > 1 ? expired : undefined;
    parts += 1;
    return parts > 1 ? expired : undefined;
  };
  const error = await failure(on.at);
  const causes = [error?.cause, ...on.at.notices.map(({ cause }) => cause)];
  expect(causes).toContain('remoteNotReady');
  // Not even a list, or the content of what is known, is to be had now.
  const refused = await errorOf(() => on.at.sync());
  expect(refused).toMatchObject({ code: 22400001, cause: 'remoteNotReady' });
  expect(refused.detail).toMatch(/ExpiredToken.*fetch a new session token/);
  expect(Object.keys(filesOf(on.at.root)).sort()).toEqual(
    [...Object.keys(files), 'film.bin'].sort(),
  );

  const before = on.proxy.log.length;
  on.proxy.script = () => undefined;
  expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
  const sent = on.proxy.log.slice(before).filter(({ query }) => query.includes('partNumber='));
  expect(sent.length).toBeLessThan(4); // what had arrived is not sent again
  expect(await shown(on.bucket)).toEqual(filesOf(on.at.root));
  expect(filesOf(on.at.root)).toMatchObject({ 'a.txt': 'second of a', 'film.bin': told(content) });
  expect(await on.bucket.unfinished()).toEqual([]);
});

it('S111 a bucket with many marks of deletions: they are nothing, and no version is destroyed', async () => {
  const bucket = await freshBucket('ceph');
  await bucket.keepVersions();
  const gone = Array.from({ length: 150 }, (_, index) => `gone-${index}`);
  for (const key of gone) await bucket.put(key, key);
  await Promise.all(gone.map((key) => bucket.remove(key)));
  await bucket.put('kept', 'first');
  const at = await openedOn(bucket);
  at.write('mine', 'mine');
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(at.root)).toEqual({ kept: 'first', mine: 'mine' });

  rmSync(join(at.root, 'kept'));
  at.write('mine', 'edited');
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  expect(await shown(bucket)).toEqual({ mine: 'edited' });
  const versions = (await bucket.versions()).filter(({ deleted }) => !deleted);
  const contents = await Promise.all(
    versions.map(async ({ key, id }) => (await bucket.get(key, id)).toString()),
  );
  expect(contents).toEqual(expect.arrayContaining([...gone, 'first', 'mine', 'edited']));
});

it('S111 an object in an archive: the run says to restore it, asks once, and does the rest', async () => {
  const on = await world();
  await on.bucket.put('archived', 'cold');
  await on.bucket.put('other', 'warm');
  const isArchived = ({ method, path }: SeenRequest) =>
    method === 'GET' && path.endsWith('/archived');
  on.proxy.script = (request) =>
    isArchived(request) ? s3Error(403, 'InvalidObjectState') : undefined;
  const error = await failure(on.at);
  expect(error).toBeUndefined();
  const notices = on.at.notices.filter(({ path }) => path === 'archived');
  expect(notices[0]?.message).toMatch(/lies in an archive: restore it first/);
  expect(filesOf(on.at.root)).toEqual({ ...files, other: 'warm' });
  expect(on.proxy.log.filter(isArchived).length).toBeLessThan(4);
  expect((await on.bucket.get('archived')).toString()).toBe('cold');
  await expectUnharmed(on);
  expect(filesOf(on.at.root)['archived']).toBe('cold');
});
