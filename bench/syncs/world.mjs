// A tree of small files, a directory as its cloud, and a device that keeps both in step. A million of
// them take minutes to make and to sync: what a bench leaves in step is kept for the next one.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { step } from '../../scripts/bootstrap/terminal.mjs';
import { output } from '../harness/measure.mjs';
import { putAway } from '../transfers/away.mjs';
import { BenchDevice } from '../transfers/device.mjs';
import { cache } from '../transfers/material.mjs';
import { makeMaterial } from '../transfers/show.mjs';

// A block on the disk each, as most small files take.
const size = 64;

export class SyncedWorld {
  #marker;

  /** Makes the files, or finds them. */
  static async of(count) {
    const { directory } = await makeMaterial({ count, size });
    return new SyncedWorld(directory, join(cache, `synced-${count}`));
  }

  /**
   * @param {string} root whose files are there
   * @param {string} base a directory of its own
   */
  constructor(root, base) {
    this.root = root;
    this.base = base;
    this.cloud = join(base, 'cloud');
    this.#marker = join(base, 'in-step');
    this.device = new BenchDevice(base, { directory: this.cloud }, { root });
  }

  /** Syncs it, unless that was done before, and asks rsync whether both sides are the same. */
  async bringInStep() {
    if (existsSync(this.#marker)) return;
    this.separate();
    await step('first run', 'bringing both sides in step', async () => {
      const began = performance.now();
      await this.device.run('sync.mjs');
      await this.expectInStep();
      return `${((performance.now() - began) / 1000).toFixed(0)} s`;
    });
  }

  /** The device has never been here, and its cloud is empty. The files stay. */
  separate() {
    rmSync(this.#marker, { force: true });
    putAway(this.cloud);
    mkdirSync(this.cloud, { recursive: true });
    this.device.forget();
  }

  /** Throws when rsync sees a difference. */
  async expectInStep() {
    const { out } = await output('rsync', ['-aniO', '--delete', ...this.sides]);
    if (out !== '') throw new Error(`not in step:\n${out.slice(0, 2000)}`);
    // The times of directories, which nobody else looks at: so that it has nothing to do, either.
    await output('rsync', ['-a', ...this.sides]);
    writeFileSync(this.#marker, '');
  }

  /** From and to as rsync wants them, without what is ours in both. */
  get sides() {
    return ['--exclude=/.cloudsync/', `${this.root}/`, this.cloud];
  }
}
