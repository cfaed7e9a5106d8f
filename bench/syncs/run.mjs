// What programs that measure runs have in common.
import { statSync } from 'node:fs';
import { join } from 'node:path';

/** One run of the drive of a job, to its end; it must succeed. */
export async function runOnce(device, { drive }) {
  let last;
  const sync = new device.cloudSync.FileSync(drive);
  sync.on('progress', ({ state }) => (last = state));
  device.on('notice', ({ path, message }) => console.error(path, message));
  await sync.start();
  await device.whenIdle();
  if (last !== device.cloudSync.SyncState.COMPLETED) throw new Error(`the run ended as ${last}`);
}

/** Changes whenever anything is written to the database or its log. */
export function databaseState({ config }) {
  const stateOf = (name) => {
    const stat = statSync(join(config.stateDir, name), { bigint: true, throwIfNoEntry: false });
    return stat === undefined ? 'none' : `${stat.size} bytes at ${stat.mtimeNs}`;
  };
  return ['state.sqlite3', 'state.sqlite3-wal'].map(stateOf).join(', ');
}
