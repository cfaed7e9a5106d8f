// A device of ours for a bench: where it is, what it is told, and programs that use it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { output } from '../harness/measure.mjs';
import { putAway } from './away.mjs';

const drive = 'com.example.bench';

/**
 * @typedef {object} Place a bucket, or a part of one
 * @property {import('../../scripts/servers/keeper.mjs').Access} access
 * @property {string} bucket
 * @property {string} [prefix]
 */

/** @param {Place | { directory: string }} place */
function remoteOf({ directory, access, bucket, prefix = '' }) {
  if (directory !== undefined) return pathToFileURL(directory).href;
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const url = `s3://${bucket}/${prefix}?endpoint=${endpoint}&region=${region}`;
  if (accessKeyId === '') return { url: `${url}&anonymous=true` };
  return { url, credentials: { accessKeyId, secretAccessKey } };
}

export class BenchDevice {
  #stateDir;
  #job;

  /**
   * @param {string} base a directory of its own
   * @param {Place | { directory: string }} place
   * @param {{ root?: string, content?: 'all' | 'on-demand', names?: string[], atOnce?: number }} more
   */
  constructor(
    base,
    place,
    { root = join(base, 'root'), content = 'all', names = [], atOnce } = {},
  ) {
    this.root = root;
    this.#stateDir = join(base, 'state');
    this.#job = join(base, 'job.json');
    mkdirSync(base, { recursive: true });
    const config = {
      stateDir: this.#stateDir,
      device: { name: 'bench' },
      spaces: { [drive]: { root, remote: remoteOf(place), content } },
    };
    writeFileSync(this.#job, JSON.stringify({ config, drive, names, atOnce }));
  }

  /** A process that does this with the device: `sync.mjs`, `download.mjs` … seen from here. */
  program(script) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    return { command: process.execPath, args: [path, this.#job] };
  }

  async run(script) {
    const { command, args } = this.program(script);
    await output(command, args);
  }

  /** It has never been here. What a person had in its root stays. */
  forget() {
    rmSync(this.#stateDir, { recursive: true, force: true });
    rmSync(join(this.root, '.cloudsync'), { recursive: true, force: true });
    mkdirSync(this.root, { recursive: true });
  }

  /** It has never been here, and its root is empty. */
  clear() {
    putAway(this.root);
    this.forget();
  }
}
