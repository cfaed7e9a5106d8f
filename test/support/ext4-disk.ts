// A disk of a test's own with ext4 on it, in a file: what the power going off would leave of it can be
// seen, bits can rot in it, and parts of it can become unreadable. Needs root.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDir } from './temp-dir.js';

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { stdio: 'pipe' }).toString();

const blockSize = 4096;

/** Nothing is committed by itself while a test watches. */
const seldom = 'commit=300';

export class Ext4Disk {
  /** Where it is mounted. */
  readonly directory: string;
  readonly #base = tempDir();
  #image = join(this.#base, 'image-0');
  #images = 1;
  #mounted = false;

  constructor(megabytes: number) {
    this.directory = join(this.#base, 'disk');
    mkdirSync(this.directory);
    run('truncate', '--size', `${String(megabytes)}M`, this.#image);
    try {
      run('mkfs.ext4', '-q', '-b', String(blockSize), this.#image);
      this.mount();
    } catch (error) {
      throw new Error('tests with a disk of their own mount it: run them as root', {
        cause: error,
      });
    }
    onTestFinished(() => this.unmount());
  }

  get image(): string {
    return this.#image;
  }

  mount(): void {
    run('mount', '-o', `loop,${seldom}`, this.#image, this.directory);
    this.#mounted = true;
  }

  unmount(): void {
    if (this.#mounted) run('umount', '--lazy', this.directory);
    this.#mounted = false;
  }

  /** All that was written is on it. */
  sync(): void {
    run('sync', '--file-system', this.directory);
  }

  /**
   * The disk as it would be found if the power went at this moment: what has not been brought to it is
   * lost. `restore` mounts that in its place; nobody may be using it by then.
   */
  ifPowerWent(): { restore(): void } {
    const image = join(this.#base, `image-${String(this.#images)}`);
    this.#images += 1;
    copyFileSync(this.#image, image);
    return {
      restore: () => {
        this.unmount();
        this.#image = image;
        this.mount();
      },
    };
  }

  /** Where in the image the bytes of this file lie, block by block. */
  placesOf(path: string): number[] {
    const blocks = run('debugfs', '-R', `blocks /${path}`, this.#image).trim().split(/\s+/);
    return blocks.map((block) => Number(block) * blockSize);
  }

  /** It has met an error in itself: whatever wants to write to it is told that it is read-only. */
  abort(): void {
    run('mount', '-o', 'remount,abort', this.directory);
  }

  /** From this byte on the disk cannot be read any more, as it is mounted now. */
  breakFrom(byte: number): void {
    truncateSync(this.#image, byte);
  }
}
