// `npm run bench -- sync-noop`: a million files that nobody has changed, a directory as the cloud. Bounds
// (issue of the engine): 0.5 of rsync's time, 0.3 of rclone's, 256 MiB, and nothing written to SQLite,
// for which the program of ours looks. rsync and rclone look at the same two trees.
import { optionsOf, scaled } from '../transfers/options.mjs';
import { compare } from '../transfers/show.mjs';
import { systemPackages } from '../../scripts/bootstrap/system-packages.mjs';
import { SyncedWorld } from '../syncs/world.mjs';

export async function bench(options) {
  const { rounds, scale } = optionsOf(options);
  await systemPackages(['bench']);
  const { count } = scaled({ count: 1_000_000, size: 0 }, scale);
  const world = await SyncedWorld.of(count);
  await world.bringInStep();
  const contenders = [
    { name: 'cloudsync', ...world.device.program('../syncs/quiet-run.mjs') },
    { name: 'rsync', command: 'rsync', args: ['-a', ...world.sides] },
    {
      name: 'rclone',
      command: 'rclone',
      args: ['sync', '--exclude=/.cloudsync/**', world.root, world.cloud],
      env: { RCLONE_CONFIG: '' },
    },
  ];
  await compare('sync-noop', contenders, { rounds, scale, files: count });
}
