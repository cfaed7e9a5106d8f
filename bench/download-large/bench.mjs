// `npm run bench -- download-large`: one object of 2 GiB from nginx into a file. Ours is verified and on
// disk at the end; `rclone-sync` is rclone and then `sync FILE`, which makes it durable as well.
import { join } from 'node:path';
import { downloadBench } from '../transfers/download-bench.mjs';
import { rclone } from '../transfers/rclone.mjs';
import { withNginx } from '../transfers/servers.mjs';

function peers({ place, names: [name], target }) {
  const { env, at } = rclone(place);
  const file = join(target, name);
  const streams = ['--multi-thread-streams=8', '--multi-thread-cutoff=1M'];
  const args = ['copyto', ...streams, at(name), file];
  const andSync = ['-c', `rclone "$@" && sync "$0"`, file, ...args];
  return [
    { name: 'rclone-sync', command: 'sh', args: andSync, env },
    { name: 'rclone', command: 'rclone', args, env },
  ];
}

const description = {
  name: 'download-large',
  shape: { count: 1, size: 2 * 2 ** 30 },
  serve: withNginx,
  peers,
};

export const bench = (options) => downloadBench(description, options);
