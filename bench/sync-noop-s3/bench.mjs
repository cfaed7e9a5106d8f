// `npm run bench -- sync-noop-s3`: 5,000 files that nobody has changed, Ceph as the cloud. Bound (issue of
// the engine): 0.2 of rclone's time. rclone asks for each object by itself, for its modification time;
// `rclone-listed` is told to do with what a listing tells.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BenchDevice } from '../transfers/device.mjs';
import { cache } from '../transfers/material.mjs';
import { optionsOf, scaled } from '../transfers/options.mjs';
import { rclone } from '../transfers/rclone.mjs';
import { withCeph } from '../transfers/servers.mjs';
import { compare, makeMaterial } from '../transfers/show.mjs';

export async function bench(options) {
  const { rounds, scale } = optionsOf(options);
  const shape = scaled({ count: 5000, size: 4096 }, scale);
  const { directory } = await makeMaterial(shape);
  const base = join(cache, 'sync-noop-s3');
  await withCeph(async (served) => {
    const place = { ...served, prefix: 'files' };
    const device = new BenchDevice(base, place, { root: directory });
    device.forget();
    await device.run('sync.mjs');
    const { env, at } = rclone(place);
    const peer = (name, ...more) => ({
      name,
      command: 'rclone',
      args: ['sync', '--checkers=32', '--exclude=/.cloudsync/**', ...more, directory, at()],
      env,
    });
    const contenders = [
      { name: 'cloudsync', ...device.program('../syncs/quiet-run.mjs') },
      peer('rclone'),
      peer('rclone-listed', '--fast-list', '--update', '--use-server-modtime'),
    ];
    await compare('sync-noop-s3', contenders, { rounds, scale, files: shape.count });
    device.forget();
  });
  rmSync(base, { recursive: true, force: true });
}
