// `npm run bench -- upload-large`: one file of 1 GiB to Ceph, in parts. Ours and rclone leave a hash of
// the whole with the object, for which both read the file twice; `rclone-unhashed` does not.
import { join } from 'node:path';
import { awsUpload } from '../transfers/aws.mjs';
import { rclone } from '../transfers/rclone.mjs';
import { uploadBench } from '../transfers/upload-bench.mjs';

function withRclone({ place, directory, names: [name] }, ...more) {
  const { env, at } = rclone(place);
  const parts = ['--s3-upload-concurrency=4', '--s3-chunk-size=16M'];
  const args = ['copyto', ...parts, ...more, join(directory, name), at(name)];
  return { command: 'rclone', args, env };
}

const description = {
  name: 'upload-large',
  shape: { count: 1, size: 2 ** 30 },
  peers: {
    rclone: (given) => withRclone(given),
    'rclone-unhashed': (given) => withRclone(given, '--s3-disable-checksum'),
    'aws-sdk': (given) => awsUpload('lib-storage', given),
  },
};

/** It needs what bench/package.json names. */
export const comparesWithPackages = true;

export const bench = (options) => uploadBench(description, options);
