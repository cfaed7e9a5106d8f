// A Ceph of one node with its S3 interface, for tests and for trying things out.
import { systemPackages } from '../bootstrap/system-packages.mjs';
import { keep } from './keeper.mjs';

/**
 * `store`: in memory (the default), or in a sparse file that may grow to `size` bytes.
 * @typedef {{ store?: 'memstore' | 'bluestore', size?: number }} CephOptions
 */

/** @param {CephOptions} options */
export async function startCeph(options = {}) {
  await systemPackages(['ceph']);
  return keep('ceph', options);
}
