// The files that the benches of transfers move: random bytes, made once per shape under .cache/bench.
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, linkSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { utimesSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../../scripts/bootstrap/stamps.mjs';

const perFolder = 500;
const block = 4 * 2 ** 20;
// Long ago and a whole second: no file looks as if somebody were still writing it.
const modified = new Date('2026-01-02T03:04:05Z');

/** Where benches keep what lasts. */
export const cache = join(root, '.cache', 'bench');

/**
 * @typedef {object} Shape
 * @property {number} count files
 * @property {number} size bytes of each
 * @property {boolean} [oneContent] all of them are names of one file, so that memory holds them all
 */

/**
 * The paths of the files of `shape`, and the directory that they are in.
 * @param {Shape} shape
 */
export function material({ count, size, oneContent = false }) {
  const directory = join(cache, `files-${count}x${size}${oneContent ? '-one' : ''}`);
  const nameOf = (index) => {
    const folder = String(Math.floor(index / perFolder)).padStart(3, '0');
    return `folder-${folder}/picture-${String(index % perFolder).padStart(3, '0')}.jpg`;
  };
  const names = Array.from({ length: count }, (_, index) => nameOf(index));
  const complete = `${directory}.complete`;
  if (!existsSync(complete)) {
    rmSync(directory, { recursive: true, force: true });
    for (const [index, name] of names.entries()) {
      mkdirSync(join(directory, dirname(name)), { recursive: true });
      if (oneContent && index > 0) linkSync(join(directory, names[0]), join(directory, name));
      else makeFile(join(directory, name), size);
    }
    writeFileSync(complete, '');
  }
  return { directory, names };
}

function makeFile(path, size) {
  const file = openSync(path, 'w');
  for (let left = size; left > 0; left -= block)
    writeSync(file, randomBytes(Math.min(block, left)));
  closeSync(file);
  utimesSync(path, modified, modified);
}

const units = [
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
  [1, 'bytes'],
];

/** `8 files of 16 KiB` */
export function shapeInWords({ count, size }) {
  const [unit, name] = units.find(([bytes]) => size >= bytes) ?? units[2];
  const amount = `${Math.round(size / unit).toLocaleString('en')} ${name}`;
  return count === 1 ? `a file of ${amount}` : `${count.toLocaleString('en')} files of ${amount}`;
}
