// `npm run bench -- event-loop`: 10,000 downloads of 16 KiB from nginx, all asked for at once, with one
// listener: how long do other things of the program wait, and how often is it called?
import { downloadBench } from '../transfers/download-bench.mjs';
import { withNginx } from '../transfers/servers.mjs';

const description = {
  name: 'event-loop',
  shape: { count: 10_000, size: 16 * 2 ** 10 },
  serve: withNginx,
  program: 'watched-download.mjs',
  reportsItself: true,
};

export const bench = (options) => downloadBench(description, options);
