// `npm run bench -- many`: 64 downloads of 256 MiB at once from nginx: how much memory does that take?
// The bound (issue of transfers) is a `peakMiB` of 256.
import { downloadBench } from '../transfers/download-bench.mjs';
import { withNginx } from '../transfers/servers.mjs';

const description = {
  name: 'many',
  shape: { count: 64, size: 256 * 2 ** 20, oneContent: true },
  serve: withNginx,
};

export const bench = (options) => downloadBench(description, { rounds: '1', ...options });
