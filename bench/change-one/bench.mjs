// `npm run bench -- change-one`: one changed file among a million, on a device that watches them. Bound
// (issue of the engine): its upload begins at most 100 ms after the quiet time. Watched by fanotify where
// that is allowed (root), and by inotify. --rounds=N devices each, --scale=PART of the million.
import { optionsOf, scaled } from '../transfers/options.mjs';
import { step } from '../../scripts/bootstrap/terminal.mjs';
import { measure } from '../harness/measure.mjs';
import { jsonLine, tableOf } from '../harness/report.mjs';
import { SyncedWorld } from '../syncs/world.mjs';

const boundSeconds = 0.1;

export async function bench(options) {
  const { rounds, scale } = optionsOf({ rounds: '3', ...options });
  const { count } = scaled({ count: 1_000_000, size: 0 }, scale);
  const world = await SyncedWorld.of(count);
  await world.bringInStep();
  const methods = process.getuid?.() === 0 ? ['fanotify', 'inotify'] : ['inotify'];
  const contenders = methods.map((method) => {
    const { command, args } = world.device.program('../change-one/watch.mjs');
    return { name: method, command, args: [...args, method], reportsItself: true };
  });
  let results = new Map();
  await step('measuring', 'one after the other', async (show) => {
    results = await measure(contenders, { rounds, show });
    return `medians of ${rounds} devices`;
  });
  console.log();
  for (const line of tableOf(results)) console.log(line);
  console.log();
  const { peakRss, ...best } = results.get(methods[0]);
  const figures = { ...best, peakMiB: peakRss / 2 ** 20, files: count, rounds, scale };
  console.log(jsonLine('change-one', { 'begins/100ms': best.wallBegins / boundSeconds }, figures));
}
