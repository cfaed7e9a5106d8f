// `npm run bench -- state`: what does it cost to ask for the state of a known file? Bounds (issue of
// the whole module): one at a time at most 0.9, a hundred at a time 0.5 of better-sqlite3 and a stat.
// --files=N known files (default 100,000: a million takes long to make), --lookups=N, --rounds=N.
import { fileURLToPath } from 'node:url';
import { step } from '../../scripts/bootstrap/terminal.mjs';
import { measure } from '../harness/measure.mjs';
import { jsonLine, tableOf } from '../harness/report.mjs';
import { prepareWorld, worldOf } from './world.mjs';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** It needs what bench/package.json names. */
export const comparesWithPackages = true;

export async function bench({ files = 100_000, lookups = 100_000, rounds = 5 }) {
  const world = worldOf(Number(files));
  const asked = Math.min(Number(lookups), world.files * 10);
  let seeding = 0;
  await step('known files', 'making and syncing them', async (show) => {
    seeding = await prepareWorld(world, show);
    return `${world.files.toLocaleString('en')}${seeding > 0 ? `, synced in ${seeding.toFixed(1)} s` : ''}`;
  });
  const contender = (name, file, form) => ({
    name,
    command: process.execPath,
    args: [script(file), String(world.files), String(asked), form],
    reportsItself: true,
  });
  const contenders = [
    contender('cloudsync', 'ours.mjs', 'one'),
    contender('cloudsync, array of 100', 'ours.mjs', 'array'),
    contender('better-sqlite3', 'peer.mjs', 'get'),
    contender('better-sqlite3+stat', 'peer.mjs', 'stat'),
  ];
  let results = new Map();
  await step('measuring', 'one after the other', async (show) => {
    results = await measure(contenders, { rounds: Number(rounds), show });
    return `${asked.toLocaleString('en')} lookups, median of ${rounds} rounds, in turn`;
  });
  console.log();
  for (const line of tableOf(results)) console.log(line);
  console.log();
  console.log(jsonLine('state', ratiosOf(results), figuresOf(results, world, asked, seeding)));
}

function ratiosOf(results) {
  const wall = (name) => results.get(name).wall;
  const peer = 'better-sqlite3+stat';
  return {
    [`wall/${peer}`]: wall('cloudsync') / wall(peer),
    [`wall-array/${peer}`]: wall('cloudsync, array of 100') / wall(peer),
    'wall/better-sqlite3': wall('cloudsync') / wall('better-sqlite3'),
  };
}

function figuresOf(results, world, lookups, seeding) {
  const perLookup = (name) => (results.get(name).wall / lookups) * 1e6;
  return {
    files: world.files,
    lookups,
    microsecondsPerLookup: perLookup('cloudsync'),
    microsecondsPerLookupArray: perLookup('cloudsync, array of 100'),
    microsecondsPerLookupPeer: perLookup('better-sqlite3+stat'),
    peakRssBytes: results.get('cloudsync').peakRss,
    ...(seeding > 0 ? { seedingFilesPerSecond: world.files / seeding } : {}),
  };
}
