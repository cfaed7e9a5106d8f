// A real server whose lists are made to lie. Whatever they say: no file of ours goes, nothing in the
// bucket is replaced, and the run says why it stopped. When the server is honest again, all goes on.
import { describe, expect, it } from 'vitest';
import { drive } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import type { HttpFaultProxy } from '../support/http-fault-proxy.js';
import type { SeenRequest } from '../support/http-faults.js';
import {
  entriesOf,
  only,
  repeating,
  swapped,
  truncated,
  withEntries,
} from '../support/list-lies.js';
import type { Lie } from '../support/list-lies.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import type { OpenedOn } from '../support/s3-devices.js';
import { errorOf } from '../support/thrown.js';
import { filesOf, stampsOf } from '../support/trees.js';

useServers('ceph');

const COMPLETED = { state: 4, error: 0 };
const abnormal = 8;

const unreadable = /the server's answer cannot be read/;
const incomplete =
  /leaves out \.cloudsync\/root, which is there: it is not complete, and nothing is/;

/** Lies, and what the run must say of them. */
const lies: Record<string, { lie: () => Lie; said: RegExp }> = {
  'says that it goes on, but not where': {
    lie: () => (page) => truncated(page),
    said: /truncated, but <NextContinuationToken> is missing/,
  },
  'shows a page again': {
    lie: repeating,
    said: /a key stands in it twice|its keys are out of order/,
  },
  'has keys out of order': {
    lie: () => (page) => withEntries(page, swapped(entriesOf(page))),
    said: /its keys are out of order/,
  },
  'has a key twice': {
    lie: () => (page) =>
      withEntries(
        page,
        entriesOf(page).flatMap((one) => [one, one]),
      ),
    said: /a key stands in it twice/,
  },
  'is broken off in its middle': {
    lie: () => (page) => page.slice(0, page.length / 2),
    said: unreadable,
  },
  'is broken off between two entries': {
    lie: () => (page) => page.slice(0, page.lastIndexOf('<Contents>')),
    said: unreadable,
  },
  'is another page altogether, as in a hotel': {
    lie: () => () => '<!DOCTYPE html><html><body>Please log in<br></body></html>',
    said: unreadable,
  },
  'is no answer at all': { lie: () => () => '', said: unreadable },
  'is empty': {
    lie: () => (page) => withEntries(page, []),
    said: incomplete,
  },
  'is empty, but only for those who ask for all': {
    lie:
      () =>
      (page, { query }) =>
        query.includes('cloudsync') ? page : withEntries(page, []),
    said: incomplete,
  },
  'leaves out what is ours': {
    lie: () => only((key) => !key.startsWith('.cloudsync/')),
    said: incomplete,
  },
};

interface World {
  readonly bucket: Bucket;
  readonly proxy: HttpFaultProxy;
  readonly at: OpenedOn;
}

const names = Array.from({ length: 40 }, (_, index) => `folder-${index % 4}/file-${index}`);

/** A device that is in sync with a full bucket, by way of a proxy. */
async function world(content: 'all' | 'on-demand'): Promise<World> {
  const bucket = await freshBucket('ceph');
  // Long ago: what has only just changed is never deleted without another look anyway.
  const put = (name: string) => bucket.put(name, `content of ${name}`, { mtime: '1000000000' });
  await Promise.all(names.map(put));
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  const at = await openedOn(bucket, { access: { endpoint: proxy.endpoint }, space: { content } });
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
  return { bucket, proxy, at };
}

/** Lies about what is listed; start() asks for a single key, and is told the truth. */
function lieWith({ proxy }: World, lie: Lie): void {
  const isPage = ({ method, query }: SeenRequest) =>
    method === 'GET' && query.includes('list-type=2') && !/max-keys=1&prefix=$/.test(query);
  proxy.script = (request) =>
    isPage(request) ? { rewrite: ({ body }) => lie(body.toString(), request) } : undefined;
}

interface Sight {
  readonly files: Record<string, string>;
  readonly known: string[];
  readonly cloud: Record<string, string>;
}

/** All that may not change: the files, what is known of them, and what is in the bucket. */
async function look({ bucket, at }: World): Promise<Sight> {
  const known: string[] = [];
  for await (const { path, location } of at.device.list(drive)) known.push(`${path} ${location}`);
  const keys = (await bucket.keys()).filter((key) => !key.startsWith('.cloudsync/'));
  const entries = keys.map(async (key) => [key, (await bucket.get(key)).toString()] as const);
  return {
    files: stampsOf(at.root),
    known,
    cloud: Object.fromEntries(await Promise.all(entries)),
  };
}

describe('S015 a list deletes nothing that', () => {
  it.each(Object.entries(lies))('%s', async (_, { lie, said }) => {
    const of = await world('all');
    const before = await look(of);
    lieWith(of, lie());
    expect((await of.at.sync()).at(-1)).toEqual({ state: 3, error: abnormal });
    expect(of.at.notices).toHaveLength(1);
    expect(of.at.notices[0]).toMatchObject({ cause: 'remoteFault' });
    expect(of.at.notices[0]?.message).toMatch(said);
    await expect(of.at.device.plan(drive)).rejects.toMatchObject({ cause: 'remoteFault' });
    expect(await look(of)).toEqual(before);

    of.proxy.script = () => undefined;
    expect((await of.at.sync()).at(-1)).toEqual(COMPLETED);
    expect(await look(of)).toEqual(before);
  });
});

describe('S015 a list that leaves out some keys', () => {
  it.each(['all', 'on-demand'] as const)(
    'deletes nothing, does the rest, and says how many; content: %s',
    async (content) => {
      const of = await world(content);
      const before = await look(of);
      of.at.write('new', 'new here');
      lieWith(
        of,
        only((key) => !key.startsWith('folder-1/')),
      );
      expect((await of.at.sync()).at(-1)).toEqual({ state: 3, error: abnormal });
      const [notice] = of.at.notices;
      expect(notice).toMatchObject({ cause: 'remoteFault' });
      expect(notice?.message).toMatch(/^10 files are in the cloud, but its list leaves them out/);

      of.proxy.script = () => undefined;
      expect((await of.at.sync()).at(-1)).toEqual(COMPLETED);
      const { files, known, cloud } = await look(of);
      const { new: added, ...rest } = files;
      expect(added).toBeDefined();
      expect(rest).toEqual(before.files);
      expect(known.filter((line) => line !== 'new both')).toEqual(before.known);
      expect(cloud).toEqual({ ...before.cloud, new: 'new here' });
    },
  );

  it('replaces none of them by what was edited here', async () => {
    const of = await world('all');
    of.at.write('folder-1/file-1', 'edited here');
    const files = filesOf(of.at.root);
    lieWith(
      of,
      only((key) => !key.startsWith('folder-1/')),
    );
    expect((await of.at.sync()).at(-1)).toEqual({ state: 3, error: abnormal });
    expect((await of.bucket.get('folder-1/file-1')).toString()).toBe('content of folder-1/file-1');
    of.proxy.script = () => undefined;
    expect((await of.at.sync()).at(-1)).toEqual(COMPLETED);
    expect(filesOf(of.at.root)).toEqual(files);
    expect((await look(of)).cloud).toEqual(files);
  });

  it('holds the deletions back before it asks, when they are many', async () => {
    const of = await world('all');
    const before = await look(of);
    lieWith(
      of,
      only((key) => key.startsWith('.cloudsync/')),
    );
    expect((await of.at.sync()).at(-1)).toEqual({ state: 3, error: abnormal });
    expect(of.at.notices[0]).toMatchObject({ cause: 'halted' });
    expect(of.at.notices[0]?.message).toMatch(/would remove 40 of 4\d files from this device/);
    const plan = await of.at.device.plan(drive);
    expect(plan.halted).toBe('deletion-limit-local');
    expect(await look(of)).toEqual(before);

    of.proxy.script = () => undefined;
    expect((await of.at.sync()).at(-1)).toEqual(COMPLETED);
    expect(await look(of)).toEqual(before);
  });
});

it('a start() that gets no list but a page to log in to says so', async () => {
  const of = await world('all');
  of.proxy.script = () => ({
    rewrite: () => '<!DOCTYPE html><html><body>Log in<br></body></html>',
  });
  const error = await errorOf(() => of.at.sync());
  expect(error).toMatchObject({ code: 22400001 });
  expect(error.detail).toMatch(/cannot be read.*an HTML page, perhaps of a proxy/);
});
