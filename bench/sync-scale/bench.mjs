// `npm run bench -- sync-scale`: do a first run and one with nothing to do cost as much per file, and take
// as much memory, for 3,000,000 files as for 100,000? Bounds (issue of the engine): time within 20 %,
// memory within 10 %, 256 MiB. --rounds=N runs of each (default 1; a first run of 3,000,000 files takes
// many minutes); --sizes=100000,1000000.
import { removeAway } from '../transfers/away.mjs';
import { systemPackages } from '../../scripts/bootstrap/system-packages.mjs';
import { step } from '../../scripts/bootstrap/terminal.mjs';
import { measure } from '../harness/measure.mjs';
import { jsonLine, tableOf } from '../harness/report.mjs';
import { SyncedWorld } from '../syncs/world.mjs';
import { optionsOf } from '../transfers/options.mjs';

const usual = '100000,1000000,3000000';

export async function bench({ sizes = usual, ...options }) {
  const { rounds, scale } = optionsOf({ rounds: '1', ...options });
  await systemPackages(['bench']);
  removeAway(); // of a bench that was ended
  const counts = sizes.split(',').map((size) => Math.round(Number(size) * scale));
  const contenders = [];
  for (const count of counts) contenders.push(...contendersOf(await SyncedWorld.of(count), count));
  let results = new Map();
  await step('measuring', 'one after the other', async (show) => {
    results = await measure(contenders, { rounds, show, order: 'same' });
    return `medians of ${rounds} rounds`;
  });
  removeAway();
  console.log();
  for (const line of tableOf(results)) console.log(line);
  console.log();
  console.log(jsonLine('sync-scale', ratiosOf(results, counts), figuresOf(results, counts)));
}

function contendersOf(world, count) {
  const program = world.device.program('../syncs/timed-run.mjs');
  const first = {
    name: `first-${count}`,
    ...program,
    reportsItself: true,
    before: async () => world.separate(),
    after: () => world.expectInStep(),
  };
  return [first, { name: `noop-${count}`, ...program, reportsItself: true }];
}

/** The larger trees divided by the smallest: time per file, and memory. */
function ratiosOf(results, [smallest, ...larger]) {
  const perFile = (kind, count) => results.get(`${kind}-${count}`).wall / count;
  const peak = (kind, count) => results.get(`${kind}-${count}`).peakRss;
  const pairs = ['first', 'noop'].flatMap((kind) =>
    larger.flatMap((count) => [
      [`wall-${kind}-${count}/${smallest}`, perFile(kind, count) / perFile(kind, smallest)],
      [`peak-${kind}-${count}/${smallest}`, peak(kind, count) / peak(kind, smallest)],
    ]),
  );
  return Object.fromEntries(pairs);
}

function figuresOf(results, counts) {
  const figures = [...results].flatMap(([name, { wall, cpu, peakRss }]) => {
    const files = Number(name.split('-')[1]);
    return [
      [`microsecondsPerFile-${name}`, (wall / files) * 1e6],
      [`cpuMicrosecondsPerFile-${name}`, (cpu / files) * 1e6],
      [`peakMiB-${name}`, peakRss / 2 ** 20],
    ];
  });
  const peaks = [...results.values()].map(({ peakRss }) => peakRss / 2 ** 20);
  return {
    ...Object.fromEntries(figures),
    peakMiB: Math.max(...peaks),
    largest: Math.max(...counts),
  };
}
