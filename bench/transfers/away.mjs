// Directories of earlier rounds. ext4 without a journal steps over every inode that was deleted in the
// last minutes, one by one, whenever it looks for a free one: a round that begins with the deletion of
// thousands of files measures that. So many files are moved out of the way, and deleted at the end.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cache } from './material.mjs';

const away = join(cache, 'away');
let number = 0;

/** @param {string} directory which may not exist */
export function putAway(directory) {
  if (!existsSync(directory)) return;
  mkdirSync(away, { recursive: true });
  while (existsSync(join(away, String(number)))) number += 1; // of a bench that was ended
  renameSync(directory, join(away, String(number)));
}

export function removeAway() {
  rmSync(away, { recursive: true, force: true });
}
