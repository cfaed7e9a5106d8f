// `npm run bench -- download-small-http`: 5,000 objects of 16 KiB from nginx into files, 32 at a time.
// `curl -Z` neither verifies them nor brings them to disk.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { downloadBench } from '../transfers/download-bench.mjs';
import { withNginx } from '../transfers/servers.mjs';

function peers({ place, names, target }) {
  const list = `${target}.urls`;
  const lines = names.map(
    (name) =>
      `url = "${place.access.endpoint}/${place.bucket}/${name}"\noutput = "${join(target, name)}"\n`,
  );
  writeFileSync(list, lines.join(''));
  const args = ['-sSf', '-Z', '--parallel-max', '32', '--create-dirs', '--config', list];
  return [{ name: 'curl', command: 'curl', args }];
}

const description = {
  name: 'download-small-http',
  shape: { count: 5000, size: 16 * 2 ** 10 },
  serve: withNginx,
  atOnce: 32,
  peers,
};

export const bench = (options) => downloadBench(description, options);
