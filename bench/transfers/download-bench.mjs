// What benches of downloads have in common: who knows the files already, where they arrive, and
// whether they are right.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { output } from '../harness/measure.mjs';
import { putAway, removeAway } from './away.mjs';
import { BenchDevice } from './device.mjs';
import { cache } from './material.mjs';
import { optionsOf, scaled } from './options.mjs';
import { compare, makeMaterial } from './show.mjs';

/** Every file of `source`, and nothing else, with the same bytes. */
const same = (source, target) => output('diff', ['-rq', '-x', '.cloudsync', source, target]);

function empty(directory) {
  putAway(directory);
  mkdirSync(directory, { recursive: true });
}

const many = 100; // files; fewer are deleted at once, since they are large

/**
 * @typedef {object} Given what a peer may need
 * @property {import('./servers.mjs').ServedPlace} place the objects
 * @property {string[]} names of the objects
 * @property {string} target the empty directory that is to hold them
 */

/**
 * @typedef {object} DownloadBench
 * @property {string} name
 * @property {import('./material.mjs').Shape} shape
 * @property {(directory: string, work: (place: import('./servers.mjs').ServedPlace) => Promise<void>)
 *   => Promise<void>} serve has the files of a directory in a bucket while `work` lasts
 * @property {number} [atOnce] files that ours asks for at a time; all of them otherwise
 * @property {string} [program] of ours
 * @property {boolean} [reportsItself] the program does
 * @property {boolean} [wholeRun] a further contender of ours, which lists and downloads in one run
 * @property {(given: Given) => import('../harness/measure.mjs').Contender[]} [peers]
 */

/** @param {DownloadBench} bench */
export async function downloadBench(bench, options) {
  const { rounds, scale } = optionsOf(options);
  const { directory, names } = await makeMaterial(scaled(bench.shape, scale));
  const base = join(cache, bench.name);
  const target = join(base, 'peer');
  removeAway(); // of a bench that was ended
  empty(base);
  await bench.serve(directory, async (place) => {
    const peers = bench.peers?.({ place, names, target }) ?? [];
    const contenders = [
      knowing(bench, { base, place, names, directory }),
      ...(bench.wholeRun ? [wholeRun({ base, place, directory })] : []),
      ...peers.map((peer) => ({
        before: async () => empty(target),
        after: async () => {
          await same(directory, target);
          empty(target);
        },
        ...peer,
      })),
    ];
    const turns = names.length < many ? contenders.map(deleting) : contenders;
    await compare(bench.name, turns, { rounds, scale });
  });
  rmSync(base, { recursive: true, force: true });
  removeAway();
}

/** The same contender, after which nothing stays. */
function deleting(contender) {
  const after = async () => {
    await contender.after?.();
    removeAway();
  };
  return { ...contender, after };
}

/** Ours, which knows names and sizes from a run before and asks for contents. */
function knowing(bench, { base, place, names, directory }) {
  const { program = 'download.mjs', reportsItself, atOnce } = bench;
  const more = { content: 'on-demand', names, atOnce };
  const device = new BenchDevice(join(base, 'ours'), place, more);
  return {
    name: 'cloudsync',
    ...device.program(program),
    reportsItself,
    before: async () => {
      device.clear();
      await device.run('sync.mjs');
    },
    after: () => arrived(device, directory),
  };
}

/** Ours as a new device that wants everything. */
function wholeRun({ base, place, directory }) {
  const device = new BenchDevice(join(base, 'ours-run'), place);
  return {
    name: 'cloudsync-run',
    ...device.program('sync.mjs'),
    before: async () => device.clear(),
    after: () => arrived(device, directory),
  };
}

async function arrived(device, directory) {
  await same(directory, device.root);
  device.clear();
}
