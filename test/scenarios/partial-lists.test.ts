// A list of more than one page, of which a part cannot be had or is left out: what lies there is
// unknown, which is not the same as absent; the rest goes on.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMPLETED, completes, expectAtRest } from '../support/at-rest.js';
import { bucketCloud } from '../support/bucket-cloud.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import type { HttpFaultProxy } from '../support/http-fault-proxy.js';
import { s3Error } from '../support/http-faults.js';
import type { HttpFault, SeenRequest } from '../support/http-faults.js';
import { entriesOf, withEntries } from '../support/list-lies.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import type { OpenedOn } from '../support/s3-devices.js';
import { filesOf } from '../support/trees.js';
import { writeFiles } from '../support/write-files.js';

useServers('ceph');

const patiently = { timeout: 400_000 }; // over a thousand files, and servers that are asked again and again

// A page holds 1,000 keys: it ends with `j`, and `k` and `l` are asked for as ranges of their own.
const folders = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l'];
const files = Object.fromEntries(
  folders.flatMap((folder) =>
    Array.from({ length: 100 }, (_, index) => [`${folder}/file-${index}`, `${folder} ${index}`]),
  ),
);

interface World {
  readonly bucket: Bucket;
  readonly proxy: HttpFaultProxy;
  readonly at: OpenedOn;
}

/** A device that is in sync with all of it, by way of a proxy. */
async function world(): Promise<World> {
  const bucket = await freshBucket('ceph');
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  const at = await openedOn(bucket, { access: { endpoint: proxy.endpoint } });
  writeFiles(at.root, files);
  await completes(at);
  return { bucket, proxy, at };
}

const isPage = ({ method, query }: SeenRequest) =>
  method === 'GET' && query.includes('list-type=2') && query.includes('max-keys=1000');

/** A page that begins behind these letters. */
const startsBehind = ({ query }: SeenRequest, letters: string) => {
  const start = new URLSearchParams(query).get('start-after') ?? '';
  return start !== '' && letters.includes(start.charAt(0));
};

/** The files of this folder, as they are in the bucket. */
async function inBucket(bucket: Bucket, folder: string): Promise<Record<string, string>> {
  const keys = await bucket.keys(`${folder}/`);
  const read = async (key: string) => [key, (await bucket.get(key)).toString()] as const;
  return Object.fromEntries(await Promise.all(keys.map(read)));
}

const partOf = (all: Record<string, string>, folder: string) =>
  Object.fromEntries(Object.entries(all).filter(([path]) => path.startsWith(`${folder}/`)));

it(
  'S014 a folder that cannot be listed is left alone, and the others go on',
  patiently,
  async () => {
    const { bucket, proxy, at } = await world();
    const troubles: Record<string, HttpFault> = {
      '404': s3Error(404, 'NoSuchKey'),
      '500': s3Error(500, 'InternalError'),
      '503': s3Error(503, 'SlowDown'),
      'half a page': { rewrite: ({ body }) => body.subarray(0, body.length / 2) },
    };
    // Changed on either side of the folder that is out of sight, once.
    at.write('k/file-1', 'edited here');
    rmSync(join(at.root, 'k/file-2'));
    await bucket.put('k/file-3', 'edited there');
    await bucket.remove('k/file-4');
    at.write('k/new', 'new here');
    const [here, there] = [filesOf(at.root), await inBucket(bucket, 'k')];

    for (const [name, trouble] of Object.entries(troubles)) {
      proxy.script = (request) =>
        isPage(request) && startsBehind(request, 'k') ? trouble : undefined;
      at.notices.splice(0);
      at.write(`a/${name}`, name);
      await bucket.put(`c/${name}`, `${name} there`);
      rmSync(join(at.root, `b/file-${name.length}`), { force: true });
      await bucket.put(`l/${name}`, `${name} behind it`);
      const { SyncState, ErrorType } = at.cloudSync;
      expect((await at.sync()).at(-1), name).toEqual({
        state: SyncState.DOWNLOAD_FAILED,
        error: ErrorType.REMOTE_SERVER_ABNORMAL,
      });
      const said = at.notices.map(({ path, message }) => `${path} ${message}`);
      expect(
        said.some((line) => /^k\/.*could not be listed in the cloud/.test(line)),
        name,
      ).toBe(true);
      expect(await inBucket(bucket, 'k'), name).toEqual(there);
      expect(partOf(filesOf(at.root), 'k'), name).toEqual(partOf(here, 'k'));
      expect((await bucket.get(`a/${name}`)).toString()).toBe(name);
      expect(filesOf(at.root)[`c/${name}`]).toBe(`${name} there`);
      expect(filesOf(at.root)[`l/${name}`]).toBe(`${name} behind it`);
      expect(await bucket.keys(`b/file-${name.length}`)).not.toContain(`b/file-${name.length}`);
    }

    proxy.script = () => undefined;
    await completes(at);
    const rest = await expectAtRest(bucketCloud(bucket, ''), at);
    expect(rest).toMatchObject({
      'k/file-1': 'edited here',
      'k/file-3': 'edited there',
      'k/new': 'new here',
    });
    expect(Object.keys(rest)).not.toContain('k/file-2');
    expect(Object.keys(rest)).not.toContain('k/file-4');
  },
);

it(
  'S015 a server that stops after a page, or gives one again, deletes nothing',
  patiently,
  async () => {
    const { bucket, proxy, at } = await world();
    const before = filesOf(at.root);
    let first = '';
    const lies: Record<string, (page: string, request: SeenRequest) => string> = {
      'the rest is never there': (page, request) =>
        startsBehind(request, 'jkl')
          ? withEntries(page, []).replace(/<IsTruncated>\w+</, '<IsTruncated>false<')
          : page.replace(/<IsTruncated>\w+</, '<IsTruncated>false<'),
      'the first page comes again and again': (page, request) => {
        if (!request.query.includes('start-after')) first = page;
        return startsBehind(request, 'jkl') ? first : page;
      },
      'each key comes twice': (page, request) =>
        startsBehind(request, 'kl')
          ? withEntries(
              page,
              entriesOf(page).flatMap((one) => [one, one]),
            )
          : page,
    };
    for (const [name, lie] of Object.entries(lies)) {
      proxy.script = (request) =>
        isPage(request) ? { rewrite: ({ body }) => lie(body.toString(), request) } : undefined;
      expect((await at.sync()).at(-1), name).not.toEqual(COMPLETED);
      expect(filesOf(at.root), name).toEqual(before);
      expect((await bucket.keys()).filter((key) => !key.startsWith('.cloudsync/'))).toHaveLength(
        1_200,
      );
    }
    // What only saves time may lie as it likes: directories out of order, and each twice.
    proxy.script = (request) =>
      isPage(request) && request.query.includes('delimiter')
        ? {
            rewrite: ({ body }) =>
              body.toString().replace(/<CommonPrefixes>.*<\/CommonPrefixes>/, (all) => {
                const each = all.match(/<CommonPrefixes>.*?<\/CommonPrefixes>/g) ?? [];
                return [...each.toReversed(), ...each].join('');
              }),
          }
        : undefined;
    await completes(at);
    proxy.script = () => undefined;
    await completes(at);
    expect(await expectAtRest(bucketCloud(bucket, ''), at)).toEqual(before);
  },
);
