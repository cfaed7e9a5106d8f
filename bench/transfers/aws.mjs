// The AWS SDK as a contender.
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('aws-upload.mjs', import.meta.url));

/**
 * @param {'lib-storage' | 'client-s3'} how
 * @param {import('./upload-bench.mjs').Given} given
 */
export function awsUpload(how, { place, directory, names }) {
  const job = JSON.stringify({ place, directory });
  return { command: process.execPath, args: [script, how, job, ...names] };
}
