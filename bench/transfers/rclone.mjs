// rclone as a peer: told all that it needs, and spared what the work does not ask for.
import { output } from '../harness/measure.mjs';

/** @param {import('./device.mjs').Place} place */
export function rclone({ access, bucket, prefix = '' }) {
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const env = {
    AWS_CA_BUNDLE: undefined, // rclone 1.60 does not start with it
    RCLONE_CONFIG: '',
    RCLONE_S3_PROVIDER: accessKeyId === '' ? 'Other' : 'Ceph',
    RCLONE_S3_ENDPOINT: endpoint,
    RCLONE_S3_REGION: region,
    RCLONE_S3_ACCESS_KEY_ID: accessKeyId || undefined,
    RCLONE_S3_SECRET_ACCESS_KEY: secretAccessKey || undefined,
    RCLONE_S3_NO_CHECK_BUCKET: 'true',
  };
  return {
    env,
    /** A key below the place as rclone names it. */
    at: (key = '') => `:s3:${[bucket, prefix, key].filter(Boolean).join('/')}`,
    run: (...args) => output('rclone', args, env),
  };
}
