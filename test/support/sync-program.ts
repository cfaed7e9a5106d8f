// A process of its own that syncs a drive: for what a process is given at its start, and for its end.
import type { Config } from '../../lib/index.js';
import { drive } from './devices.js';
import { runProgram } from './spawn.js';
import type { ProgramOptions } from './spawn.js';

/** Begins such a program: `device`, `sync`, and `run()`, which says how the run ends. */
export const syncing = `
  const device = await cloudsync.openDevice(input.config);
  const { SyncState } = device.cloudSync;
  device.on('notice', ({ cause, message }) => console.log('notice', cause, message));
  const sync = new device.cloudSync.FileSync('${drive}');
  async function run() {
    let replayed = false; // the state before this run comes first
    const ended = new Promise((resolve) => sync.on('progress', ({ state, error }) => {
      const over = replayed && state !== SyncState.UPLOADING && state !== SyncState.DOWNLOADING;
      replayed = true;
      if (over) resolve('state ' + state + ' ' + error);
    }));
    try {
      await sync.start();
      console.log(await ended);
    } catch (error) {
      console.log('refused', error.code, error.message);
    }
    sync.off('progress');
  }`;

/** Syncs once in a process of its own; resolves with what it says. */
export async function syncedApart(config: Config, options: ProgramOptions = {}): Promise<string[]> {
  const { exit, lines, errors } = await runProgram(`${syncing} await run();`, { config }, options)
    .ended;
  if (exit !== 0 || errors !== '') throw new Error(`ended with ${exit ?? ''}: ${errors}`);
  return lines;
}
