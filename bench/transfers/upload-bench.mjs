// What benches of uploads have in common: the files, a place of its own in the bucket for everybody,
// and whether what is there is right.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { BenchDevice } from './device.mjs';
import { cache } from './material.mjs';
import { optionsOf, scaled } from './options.mjs';
import { rclone } from './rclone.mjs';
import { withCeph } from './servers.mjs';
import { compare, makeMaterial } from './show.mjs';

/**
 * @typedef {object} Given what a peer may need
 * @property {import('./device.mjs').Place} place where it is to put the files
 * @property {string} directory of the files
 * @property {string[]} names of the files
 */

/**
 * @param {object} bench
 * @param {string} bench.name
 * @param {import('./material.mjs').Shape} bench.shape
 * @param {Record<string, (given: Given) => import('../harness/measure.mjs').Contender>} bench.peers
 *   by name, in which each has its place
 */
export async function uploadBench({ name, shape, peers }, options) {
  const { rounds, scale } = optionsOf(options);
  const { directory, names } = await makeMaterial(scaled(shape, scale));
  const base = join(cache, name);
  await withCeph(async (served) => {
    const placeOf = (prefix) => ({ ...served, prefix });
    const arrived = async (place) => {
      const there = rclone(place);
      const ours = ['--exclude', '/.cloudsync/**'];
      await there.run('check', '--download', '--one-way', ...ours, directory, there.at());
      await there.run('delete', '--checkers=32', there.at());
      await served.collect();
    };
    const device = new BenchDevice(base, placeOf('cloudsync'), { root: directory });
    const ours = {
      name: 'cloudsync',
      ...device.program('sync.mjs'),
      before: async () => device.forget(),
      after: async () => {
        await arrived(placeOf('cloudsync'));
        device.forget();
      },
    };
    const others = Object.entries(peers).map(([peer, make]) => ({
      name: peer,
      ...make({ place: placeOf(peer), directory, names }),
      after: () => arrived(placeOf(peer)),
    }));
    await compare(name, [ours, ...others], { rounds, scale });
  });
  rmSync(base, { recursive: true, force: true });
}
