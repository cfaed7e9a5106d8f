// `npm run bench -- upload-small`: 5,000 files of 16 KiB to Ceph, 32 at a time.
import { awsUpload } from '../transfers/aws.mjs';
import { rclone } from '../transfers/rclone.mjs';
import { uploadBench } from '../transfers/upload-bench.mjs';

function withRclone({ place, directory }) {
  const { env, at } = rclone(place);
  // The place is empty, and the server has checked the MD5 of what it took: no need to look.
  const spared = ['--no-check-dest', '--s3-no-head'];
  const args = ['copy', '--transfers=32', '--checkers=32', ...spared, directory, at()];
  return { command: 'rclone', args, env };
}

const description = {
  name: 'upload-small',
  shape: { count: 5000, size: 16 * 2 ** 10 },
  peers: { rclone: withRclone, 'aws-sdk': (given) => awsUpload('client-s3', given) },
};

/** It needs what bench/package.json names. */
export const comparesWithPackages = true;

export const bench = (options) => uploadBench(description, options);
