// The servers that benches of transfers talk to, on 127.0.0.1 and only while `work` lasts.
import { fileURLToPath } from 'node:url';
import { systemPackages } from '../../scripts/bootstrap/system-packages.mjs';
import { step } from '../../scripts/bootstrap/terminal.mjs';
import { startCeph } from '../../scripts/servers/ceph.mjs';
import { startNginx } from '../../scripts/servers/nginx.mjs';
import { signedRequest } from '../../scripts/servers/signed.mjs';
import { output } from '../harness/measure.mjs';
import { rclone } from './rclone.mjs';

const bucket = 'bench';

/** @typedef {import('./device.mjs').Place & { collect?: () => Promise<void> }} ServedPlace */

async function within(title, start, work) {
  await systemPackages(['bench']);
  let server;
  await step(title, 'starting', async () => {
    server = await start();
    return `answers at ${server.endpoint}`;
  });
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}

/**
 * nginx with the files of `directory`. It has read and hashed them: they are in memory.
 * @param {string} directory
 * @param {(place: ServedPlace) => Promise<void>} work
 */
export function withNginx(directory, work) {
  const start = () => startNginx({ bucket, directory });
  return within('nginx', start, (access) => work({ access, bucket }));
}

// The first object, and the first in parts, wait for Ceph to make its pools: for seconds.
async function warmUp(place) {
  const { run, at } = rclone({ ...place, prefix: 'warm-up' });
  const file = fileURLToPath(import.meta.url);
  await run('copyto', file, at('whole'));
  await run('copyto', '--s3-upload-cutoff=0', file, at('parts'));
  await run('delete', at());
  await place.collect();
}

/**
 * Ceph, in memory, with an empty bucket.
 * @param {(place: ServedPlace) => Promise<void>} work
 */
export function withCeph(work) {
  const start = () => startCeph({ size: 8 * 2 ** 30 });
  return within('Ceph', start, async (access) => {
    const made = await signedRequest(access, 'PUT', `/${bucket}`);
    if (made.status !== 200) throw new Error(`no bucket: ${made.status} ${made.body}`);
    // What was deleted is given back now, and not during somebody's run.
    const collect = async () => {
      const gateway = ['-c', access.configuration, '-n', 'client.rgw'];
      await output('radosgw-admin', [...gateway, 'gc', 'process', '--include-all']);
    };
    const place = { access, bucket, collect };
    await warmUp(place);
    await work(place);
  });
}
