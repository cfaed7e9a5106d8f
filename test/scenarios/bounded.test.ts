// What many transfers cost does not grow with them: memory, sockets, open files.
import { randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { downloaded, drive } from '../support/devices.js';
import { patience } from '../support/patience.js';
import { measuringMemory } from '../support/peak-memory.js';
import { freshBucket, useServers } from '../support/s3.js';
import { openedOn, remoteOf } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncing } from '../support/sync-program.js';
import { tcpFaultProxy } from '../support/tcp-fault-proxy.js';
import { configOf, place } from '../support/temp-dir.js';

useServers('ceph');

const mebibyte = 1 << 20;
/** Both take some seconds; much longer on a machine that is busy otherwise. */
const patiently = { timeout: 180_000 };

it('S098 64 uploads at once need less memory than they move', patiently, async () => {
  const bucket = await freshBucket('ceph');
  const proxy = await tcpFaultProxy(bucket.access.endpoint);
  const at = place();
  const count = 64;
  const size = 5 * mebibyte;
  const content = randomBytes(size);
  const names = Array.from({ length: count }, (_, index) => `file-${index}`);
  for (const [index, name] of names.entries()) {
    content.writeUInt32LE(index);
    writeFileSync(join(at.root, name), content);
  }
  const remote = remoteOf(bucket, { access: { endpoint: proxy.endpoint } });
  const config = { ...configOf(at, drive, { remote }), limits: { transfers: count } };
  const running = runProgram(
    `${measuringMemory} ${syncing}
    const before = peak();
    await run();
    console.log('peak', peak(), before);`,
    { config },
    { deadlineMilliseconds: patiently.timeout },
  );
  // Nobody's file has gone up before all are on their way: each needs more than may pass until then.
  proxy.link = { bandwidth: mebibyte };
  await expect.poll(() => proxy.open, patiently).toBe(count);
  proxy.link = {};
  const { lines, errors } = await running.ended;
  expect({ errors, state: lines[0] }).toEqual({ errors: '', state: 'state 4 0' });
  const [, peak = 0, before = 0] = (lines[1] ?? '').split(' ').map(Number);
  expect(peak).toBeGreaterThan(before); // the measure measures
  expect(peak).toBeLessThan(256 * 1024 * patience); // KiB; a sanitizer wants its share
  expect(await bucket.keys('file-')).toEqual([...names].sort());
});

const atOnce = 8;

/** What the open descriptors of this process lead to. */
function descriptors(): string[] {
  return readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch {
      return 'closed meanwhile';
    }
  });
}

async function sideBySide<T>(items: T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = items.values();
  const lane = async () => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

it(
  'S109 a thousand downloads are stopped at any moment: no socket, file or part of them stays',
  patiently,
  async () => {
    const bucket = await freshBucket('ceph');
    const content = randomBytes(128 << 10);
    const moment = fc.integer({ min: 0, max: content.length });
    const moments = fc.sample(moment, { seed: 109, numRuns: 1000 });
    const names = moments.map((_, index) => `file-${index}`);
    const firsts = Array.from({ length: atOnce }, (_, index) => `first-${index}`);
    await sideBySide([...firsts, 'last', ...names], (name) => bucket.put(name, content));
    const proxy = await tcpFaultProxy(bucket.access.endpoint);
    const options = { access: { endpoint: proxy.endpoint }, space: { content: 'on-demand' } };
    const at = await openedOn(bucket, options);
    await at.sync();
    const { Download, State } = at.cloudSync;
    // The proxy's sockets are ours here, too; and how many connections are kept is not the same each time.
    const opened = () => descriptors().filter((what) => !what.startsWith('socket:')).length;
    const whole = async (name: string) => {
      expect((await downloaded(at, at.uri(name))).at(-1)?.state).toBe(State.COMPLETED);
      expect(readFileSync(join(at.root, name)).equals(content)).toBe(true);
    };
    await sideBySide(firsts, whole); // as many connections as are kept later
    const before = { opened: opened(), sockets: proxy.open };

    const states: number[] = [];
    await sideBySide([...moments.entries()], async ([index, bytes]) => {
      const uri = at.uri(names[index]!);
      const download = new Download();
      const ended = new Promise<number>((resolve) => {
        download.on('progress', ({ state }) => {
          if (state !== State.RUNNING) resolve(state);
        });
      });
      const reached = proxy.passed('down', proxy.counts.down + bytes);
      await download.start(uri);
      await Promise.race([reached, ended]);
      await download.stop(uri);
      states.push(await ended);
      download.off('progress');
    });
    const stopped = states.filter((state) => state === State.STOPPED).length;
    expect(stopped).toBeGreaterThan(300);
    expect(states.filter((state) => state === State.COMPLETED)).toHaveLength(
      names.length - stopped,
    );

    await whole('last');
    await expect.poll(() => proxy.open).toBeLessThanOrEqual(before.sockets + atOnce);
    await expect.poll(opened).toBeLessThanOrEqual(before.opened);
  },
);
