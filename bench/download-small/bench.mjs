// `npm run bench -- download-small`: 5,000 objects of 16 KiB from Ceph into files, 32 at a time. Ours
// knows the names already, as a device does; rclone has to list them first (five requests), and so has
// `cloudsync-run`, a new device that wants everything.
import { join } from 'node:path';
import { BenchDevice } from '../transfers/device.mjs';
import { downloadBench } from '../transfers/download-bench.mjs';
import { cache } from '../transfers/material.mjs';
import { rclone } from '../transfers/rclone.mjs';
import { withCeph } from '../transfers/servers.mjs';

// What is in the bucket has come from a device of ours.
const serve = (directory, work) =>
  withCeph(async (place) => {
    const source = new BenchDevice(join(cache, 'download-small-source'), place, {
      root: directory,
    });
    source.forget();
    await source.run('sync.mjs');
    source.forget();
    await work(place);
  });

function peers({ place, target }) {
  const { env, at } = rclone(place);
  const args = ['copy', '--transfers=32', '--checkers=32', '--exclude=/.cloudsync/**'];
  return [{ name: 'rclone', command: 'rclone', args: [...args, at(), target], env }];
}

const description = {
  name: 'download-small',
  shape: { count: 5000, size: 16 * 2 ** 10 },
  serve,
  atOnce: 32,
  wholeRun: true,
  peers,
};

export const bench = (options) => downloadBench(description, options);
