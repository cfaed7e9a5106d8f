// A machine whose clock is 20 minutes off: servers refuse signatures that are a quarter of an hour
// old, so ours are made with the server's time.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drive } from '../support/devices.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { S3Kind } from '../support/s3.js';
import { remoteOf } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncing } from '../support/sync-program.js';
import { configOf, place } from '../support/temp-dir.js';

useServers('ceph', 'swift');

const minute = 60_000;

// Only what time of day it is: neither how long something takes, nor what the file system says.
const env = { FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1' };

/** Syncs at the wrong time; resolves with what the program says. */
async function syncedAt(shift: string, config: object): Promise<string[]> {
  const program = runProgram(
    `console.log('off', Date.now() - input.now); ${syncing} await run();`,
    { config, now: Date.now() },
    { env, under: ['faketime', '-f', shift], deadlineMilliseconds: 40_000 },
  );
  const { exit, lines, errors } = await program.ended;
  expect({ exit, errors }).toEqual({ exit: 0, errors: '' });
  return lines;
}

describe.each<S3Kind>(['ceph', 'swift'])('%s', (kind) => {
  it.each([
    ['fast', '+20m', 20],
    ['slow', '-20m', -20],
  ])('syncs with a machine whose clock is %s', async (_, shift, minutes) => {
    const bucket = await freshBucket(kind);
    const naive = bucket.by(bucket.access.endpoint, { systemClockOffset: minutes * minute });
    await expect(naive.keys()).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });

    const [a, b] = [place(), place()];
    writeFileSync(join(a.root, 'a.txt'), 'content');
    for (const at of [a, b]) {
      const lines = await syncedAt(shift, configOf(at, drive, { remote: remoteOf(bucket) }));
      const off = Number(lines[0]?.replace('off ', ''));
      expect(Math.round(off / minute)).toBe(minutes); // the shift shifts
      expect(lines.slice(1)).toEqual(['state 4 0']);
    }
    expect((await bucket.get('a.txt')).toString()).toBe('content');
    expect(readFileSync(join(b.root, 'a.txt'), 'utf8')).toBe('content');
  });
});
