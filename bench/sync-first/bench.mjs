// `npm run bench -- sync-first`: 100,000 files of 4 KiB go to an empty directory, the first run of a new
// device. Bound (issue of the engine): 0.6 of the time of `rsync -a --fsync`. Ours hashes what it sends,
// has it on the disk before it says so, and remembers it; rsync without --fsync waits for no disk.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemPackages } from '../../scripts/bootstrap/system-packages.mjs';
import { output } from '../harness/measure.mjs';
import { putAway, removeAway } from '../transfers/away.mjs';
import { BenchDevice } from '../transfers/device.mjs';
import { cache } from '../transfers/material.mjs';
import { optionsOf, scaled } from '../transfers/options.mjs';
import { compare, makeMaterial } from '../transfers/show.mjs';

export async function bench(options) {
  const { rounds, scale } = optionsOf(options);
  await systemPackages(['bench']);
  const shape = scaled({ count: 100_000, size: 4096 }, scale);
  const { directory } = await makeMaterial(shape);
  const base = join(cache, 'sync-first');
  removeAway(); // of a bench that was ended
  rmSync(base, { recursive: true, force: true });
  const cloud = join(base, 'cloud');
  const device = new BenchDevice(base, { directory: cloud }, { root: directory });
  const emptyCloud = async () => {
    putAway(cloud);
    mkdirSync(cloud, { recursive: true });
  };
  const arrived = () => output('diff', ['-rq', '-x', '.cloudsync', directory, cloud]);
  const rsync = (name, ...more) => ({
    name,
    command: 'rsync',
    args: ['-a', ...more, `${directory}/`, cloud],
    before: emptyCloud,
    after: arrived,
  });
  const ours = {
    name: 'cloudsync',
    ...device.program('sync.mjs'),
    before: async () => {
      device.forget();
      await emptyCloud();
    },
    after: async () => {
      await arrived();
      device.forget();
    },
  };
  const contenders = [ours, rsync('rsync-fsync', '--fsync'), rsync('rsync')];
  await compare('sync-first', contenders, { rounds, scale, files: shape.count });
  rmSync(base, { recursive: true, force: true });
  removeAway();
}
