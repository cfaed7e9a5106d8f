// kill -9 in the middle of a large transfer with S3, again and again, each time at another byte: the next
// process moves the rest only, and leaves nothing behind. `CLOUDSYNC_SEED=…` plays the same bytes again,
// with the seed that is in the name of the test; `CLOUDSYNC_KILLS=…` and `CLOUDSYNC_KILL_MEBIBYTES=…`
// make it longer (`npm run endure -- kill`).
import { createReadStream, existsSync, rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { join } from 'node:path';
import { GetObjectCommand, ListPartsCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countingDescriptors } from '../support/descriptors.js';
import { drive } from '../support/devices.js';
import { report } from '../support/endurance-report.js';
import { mebibyte, sha256Of, sha256OfFile, writeLarge } from '../support/large-content.js';
import { patience } from '../support/patience.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { remoteOf } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncing } from '../support/sync-program.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import type { TcpFaultProxy, Way } from '../support/tcp-fault-proxy.js';
import { configOf, place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { ownEntries } from '../support/trees.js';

useServers('ceph');

const usualMebibytes = 128;
const mebibytes = Number(process.env['CLOUDSYNC_KILL_MEBIBYTES'] ?? usualMebibytes);
const size = mebibytes * mebibyte;
/** What may be under way, not yet kept, when a process is killed: four streams, a piece each. */
const inFlight = { up: 4 * 16 * mebibyte, down: 4 * 8 * mebibyte };
/** Requests, headers, answers and lists. */
const besides = mebibyte;

const seed = Number(process.env['CLOUDSYNC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const kills = Number(process.env['CLOUDSYNC_KILLS'] ?? 4);
/** How many bytes have passed when the process dies. */
const moment = fc.noBias(fc.integer({ min: mebibyte, max: size - 1 }));
const moments = fc.sample(moment, { seed, numRuns: kills });

const larger = Math.max(1, mebibytes / usualMebibytes);
const deadlineMilliseconds = 60_000 * larger;
const testTimeout = 60_000 + kills * 45_000 * larger * patience;
const options = { deadlineMilliseconds };

/** Such a program says at its end what it has open that it had not at its start. */
const begin = `${countingDescriptors}${syncing}`;
const end = `
  await device.close();
  console.log('kept', ...kept());`;

const sending = `${begin} await run(); ${end}`;

const fetching = `${begin}
  await run();
  console.log('knows');
  const download = new device.cloudSync.Download();
  const ended = new Promise((resolve) => download.on('progress', ({ state, error }) => {
    if (state === device.cloudSync.State.RUNNING) return;
    console.log('download', state, error);
    resolve();
  }));
  await download.start(input.uri);
  await ended;
  download.off('progress');
  ${end}`;

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

/** Lets a process of this program come to its end, which says this and leaves no connection. */
async function ends(program: string, input: object, proxy: TcpFaultProxy, lines: string[]) {
  const ended = await runProgram(program, input, options).ended;
  expect(ended).toEqual({ exit: 0, lines: [...lines, 'kept'], errors: '' });
  await expect.poll(() => proxy.open).toBe(0);
}

/** What the server keeps of an upload that nobody has finished. */
async function storedOf(bucket: Bucket, upload: { key: string; id: string }): Promise<number> {
  const list = new ListPartsCommand({ Bucket: bucket.name, Key: upload.key, UploadId: upload.id });
  const { Parts = [] } = await bucket.client.send(list);
  return Parts.reduce((sum, { Size = 0 }) => sum + Size, 0);
}

async function sha256OfObject(bucket: Bucket, key: string): Promise<string> {
  const { Body } = await bucket.client.send(
    new GetObjectCommand({ Bucket: bucket.name, Key: key }),
  );
  return sha256Of(Body as Readable);
}

async function cloud(): Promise<{ bucket: Bucket; proxy: TcpFaultProxy }> {
  const bucket = await freshBucket('ceph');
  return { bucket, proxy: await tcpFaultProxy(bucket.access.endpoint) };
}

function configAt(at: Place, bucket: Bucket, proxy: TcpFaultProxy, content: string) {
  const remote = remoteOf(bucket, { access: { endpoint: proxy.endpoint } });
  return configOf(at, drive, { remote, content });
}

/** What was moved twice, because of that kill. */
function movedAgain(way: Way, moment: number, moved: number): void {
  const again = moved - size;
  report({ kill: way, mebibytes, seed, moment, again });
  expect(again).toBeLessThan(inFlight[way] + besides);
}

it(
  `S096 of an upload: the next process sends the rest only (seed ${seed})`,
  async () => {
    const { bucket, proxy } = await cloud();
    const at = place();
    const file = join(at.root, 'large.bin');
    const config = configAt(at, bucket, proxy, 'all');
    for (const moment of moments) {
      const content = writeLarge(file, size);
      const begun = proxy.counts.up;
      await killedAt(proxy, 'up', moment, runProgram(sending, { config }, options));
      const [unfinished, ...others] = await bucket.unfinished();
      expect(others).toEqual([]);
      const stored = await storedOf(bucket, unfinished!);

      const before = proxy.counts.up;
      await ends(sending, { config }, proxy, ['state 4 0']);
      expect(proxy.counts.up - before).toBeLessThan(size - stored + besides);
      movedAgain('up', moment, proxy.counts.up - begun);
      expect(await bucket.unfinished()).toEqual([]);
      expect(ownEntries(at.root, 'tmp')).toEqual([]);
      expect(await sha256OfObject(bucket, 'large.bin')).toBe(content);
      expect(await sha256OfFile(file)).toBe(content);
    }
  },
  testTimeout,
);

it(
  `S038 of a download: the next process fetches the rest only (seed ${seed})`,
  async () => {
    const { bucket, proxy } = await cloud();
    const original = join(place().base, 'original.bin');
    const content = writeLarge(original, size);
    const Body = createReadStream(original);
    const object = { Bucket: bucket.name, Key: 'large.bin', Body, ContentLength: size };
    await bucket.client.send(new PutObjectCommand(object));
    for (const moment of moments) {
      const at = place();
      const file = join(at.root, 'large.bin');
      const config = configAt(at, bucket, proxy, 'on-demand');
      const input = { config, uri: `file://${file}` };
      const first = runProgram(fetching, input, options);
      await first.line('knows');
      const begun = proxy.counts.down;
      await killedAt(proxy, 'down', moment, first);
      expect(ownEntries(at.root, 'tmp')).toHaveLength(1);
      expect(existsSync(file)).toBe(false);

      await ends(fetching, input, proxy, ['state 4 0', 'knows', 'download 1 0']);
      movedAgain('down', moment, proxy.counts.down - begun);
      expect(await sha256OfFile(file)).toBe(content);
      expect(ownEntries(at.root, 'tmp')).toEqual([]);
      rmSync(at.base, { recursive: true }); // a hundred of them are more than a disk may have room for
    }
  },
  testTimeout,
);
