// A run that finds nothing to do writes nothing: no content, no name, no row. It may run every minute
// for years, on a disk that should sleep.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { stampsOf } from '../support/trees.js';

/** Changes whenever anything is written to the database or its log. */
function databaseState(stateDir: string): string[] {
  return ['state.sqlite3', 'state.sqlite3-wal'].map((name) => {
    const { size, mtimeNs } = statSync(join(stateDir, name), { bigint: true });
    return `${name}: ${size} bytes at ${mtimeNs}`;
  });
}

const lastSyncTime = (at: Opened) => new at.cloudSync.FileSync(drive).getLastSyncTime();

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('a run without changes writes neither rows nor files, and remembers its time', async () => {
    const cloud = await freshCloud(kind);
    const at = await opened({ cloud });
    for (const path of ['a.txt', 'folder/b.txt', 'folder/deeper/c.txt']) at.write(path, path);
    await at.sync();
    const before = {
      database: databaseState(at.stateDir),
      here: stampsOf(at.root),
      there: await cloud.stamps(),
      time: await lastSyncTime(at),
    };

    for (let run = 0; run < 3; run += 1) {
      expect((await at.sync()).at(-1)).toEqual({ state: 4, error: 0 });
    }

    expect(databaseState(at.stateDir)).toEqual(before.database);
    expect(stampsOf(at.root)).toEqual(before.here);
    expect(await cloud.stamps()).toEqual(before.there);
    const time = await lastSyncTime(at);
    expect(time).toBeGreaterThan(before.time);
    // Closing writes anyway: then the time of the last run is among it.
    await at.device.close();
    expect(await lastSyncTime(await opened({ cloud, at }))).toBe(time);
  });
});
