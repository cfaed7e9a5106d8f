// kill -9 in the middle of a large transfer with S3, again and again, each time at another byte: the next
// process moves the rest only, and no unfinished upload stays. `CLOUDSYNC_SEED=…` plays the same bytes
// again, with the seed that is in the name of the test.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListPartsCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drive } from '../support/devices.js';
import { patience } from '../support/patience.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { remoteOf } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncedApart, syncing } from '../support/sync-program.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import type { TcpFaultProxy, Way } from '../support/tcp-fault-proxy.js';
import { configOf, place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { ownEntries } from '../support/trees.js';

useServers('ceph');

const mebibyte = 1 << 20;
const size = 128 * mebibyte;
/** What may be under way, not yet kept, when a download is killed: four ranges of 8 MiB. */
const inFlight = 4 * 8 * mebibyte;
/** Requests, headers, answers and lists. */
const besides = mebibyte;

const seed = Number(process.env['CLOUDSYNC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const kills = patience > 1 ? 4 : 20;
/** How many bytes have passed when the process dies. */
const moments = fc.sample(fc.integer({ min: mebibyte, max: size - 1 }), { seed, numRuns: kills });

const deadlineMilliseconds = 60_000;
const testTimeout = 60_000 + kills * 45_000 * patience;

const fetching = `${syncing}
  await run();
  console.log('knows');
  const download = new device.cloudSync.Download();
  const ended = new Promise((resolve) => download.on('progress', ({ state, error }) => {
    if (state === device.cloudSync.State.RUNNING) return;
    console.log('download', state, error);
    resolve();
  }));
  await download.start(input.uri);
  await ended;`;

const block = randomBytes(size);
let contents = 0;

/** No other content is like it, and no two of its blocks are. */
function newContent(): Buffer {
  contents += 1;
  for (let at = 0; at < size; at += mebibyte) block.writeDoubleLE(contents * 1000 + at, at);
  return block;
}

/** Ends the process in the moment in which so many more bytes have passed; none of its pass after that. */
async function killedAt(
  proxy: TcpFaultProxy,
  way: Way,
  bytes: number,
  running: ReturnType<typeof runProgram>,
): Promise<void> {
  await proxy.passed(way, proxy.counts[way] + bytes);
  proxy.stall();
  running.kill('SIGKILL');
  expect((await running.ended).exit).toBe('SIGKILL');
  proxy.cut();
  proxy.resume();
}

/** What the server keeps of an upload that nobody has finished. */
async function storedOf(bucket: Bucket, upload: { key: string; id: string }): Promise<number> {
  const list = new ListPartsCommand({ Bucket: bucket.name, Key: upload.key, UploadId: upload.id });
  const { Parts = [] } = await bucket.client.send(list);
  return Parts.reduce((sum, { Size = 0 }) => sum + Size, 0);
}

async function cloud(): Promise<{ bucket: Bucket; proxy: TcpFaultProxy }> {
  const bucket = await freshBucket('ceph');
  return { bucket, proxy: await tcpFaultProxy(bucket.access.endpoint) };
}

function configAt(at: Place, bucket: Bucket, proxy: TcpFaultProxy, content: string) {
  const remote = remoteOf(bucket, { access: { endpoint: proxy.endpoint } });
  return configOf(at, drive, { remote, content });
}

it(
  `S096 of an upload: the next process sends the rest only (seed ${seed})`,
  async () => {
    const { bucket, proxy } = await cloud();
    const at = place();
    const file = join(at.root, 'large.bin');
    const config = configAt(at, bucket, proxy, 'all');
    for (const moment of moments) {
      const content = newContent();
      writeFileSync(file, content);
      const options = { deadlineMilliseconds };
      await killedAt(
        proxy,
        'up',
        moment,
        runProgram(`${syncing} await run();`, { config }, options),
      );
      const [unfinished, ...others] = await bucket.unfinished();
      expect(others).toEqual([]);
      const stored = await storedOf(bucket, unfinished!);

      const before = proxy.counts.up;
      expect(await syncedApart(config, options)).toEqual(['state 4 0']);
      const sent = proxy.counts.up - before;
      expect(sent).toBeLessThan(size - stored + besides);
      expect(await bucket.unfinished()).toEqual([]);
      expect((await bucket.get('large.bin')).equals(content)).toBe(true);
      expect(readFileSync(file).equals(content)).toBe(true);
    }
  },
  testTimeout,
);

it(
  `S038 of a download: the next process fetches the rest only (seed ${seed})`,
  async () => {
    const { bucket, proxy } = await cloud();
    const content = newContent();
    await bucket.put('large.bin', content);
    for (const moment of moments) {
      const at = place();
      const file = join(at.root, 'large.bin');
      const config = configAt(at, bucket, proxy, 'on-demand');
      const input = { config, uri: `file://${file}` };
      const options = { deadlineMilliseconds };
      const first = runProgram(fetching, input, options);
      await first.line('knows');
      const before = proxy.counts.down;
      await killedAt(proxy, 'down', moment, first);
      const had = proxy.counts.down - before;
      expect(ownEntries(at.root, 'tmp')).toHaveLength(1);
      expect(existsSync(file)).toBe(false);

      const then = proxy.counts.down;
      const { lines, errors } = await runProgram(fetching, input, options).ended;
      expect({ lines, errors }).toEqual({
        lines: ['state 4 0', 'knows', 'download 1 0'],
        errors: '',
      });
      expect(proxy.counts.down - then).toBeLessThan(size - had + inFlight + besides);
      expect(readFileSync(file).equals(content)).toBe(true);
      expect(ownEntries(at.root, 'tmp')).toEqual([]);
    }
  },
  testTimeout,
);
