// A large tree costs time, not memory: whatever a run has to know of it goes by.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drive } from '../support/devices.js';
import { patience } from '../support/patience.js';
import { measuringMemory } from '../support/peak-memory.js';
import { runProgram } from '../support/spawn.js';
import { syncing } from '../support/sync-program.js';
import { configOf, place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';

const patiently = { timeout: 300_000 };
const kibibytesInAll = 256 * 1024 * patience; // Node included; a sanitizer wants its share
const bytesPerFile = 150;
/** Of the database, and what its connections keep: as large as they get, whatever the tree. */
const kibibytesOfCaches = 48 * 1024;

function makeFiles(directory: string, count: number): void {
  const perFolder = 500;
  for (let index = 0; index < count; index += 1) {
    const folder = join(directory, `folder-${Math.floor(index / perFolder)}`);
    if (index % perFolder === 0) mkdirSync(folder);
    writeFileSync(join(folder, `file-${index}`), '');
  }
}

/** What a process takes, in KiB, that runs `runs` times; all runs complete. */
async function peakOf(at: Place, content: string, runs: number): Promise<number> {
  const program = `${measuringMemory} ${syncing}
    for (let number = 0; number < ${runs}; number += 1) await run();
    console.log('peak', peak());`;
  const { lines, errors } = await runProgram(
    program,
    { config: configOf(at, drive, { content }) },
    { deadlineMilliseconds: patiently.timeout },
  ).ended;
  expect(errors).toBe('');
  const states = lines.filter((line) => line.startsWith('state'));
  expect(states).toEqual(Array.from({ length: runs }, () => 'state 4 0'));
  return Number(lines.at(-1)?.replace('peak ', ''));
}

it(
  'S055 200,000 files that are known, in a first run and in one without changes',
  patiently,
  async () => {
    const [few, many] = [2_000, 200_000];
    const peaks: number[] = [];
    for (const count of [few, many]) {
      const at = place();
      makeFiles(at.cloud, count);
      peaks.push(await peakOf(at, 'on-demand', 2));
    }
    const [small = 0, large = 0] = peaks;
    expect(large).toBeLessThan(kibibytesInAll);
    const growth = (large - small - kibibytesOfCaches * patience) * 1024;
    expect(growth).toBeLessThan((many - few) * bytesPerFile * patience);
  },
);
