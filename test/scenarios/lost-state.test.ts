// What a device knows is gone, damaged, old, or another version's: then nothing is deleted for it, what
// is equal is left where it is, and what differs is kept twice.
import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BusinessError, openDevice } from '../../lib/index.js';
import { completes, COMPLETED, expectAtRest, settle } from '../support/at-rest.js';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import { directoryCloud } from '../support/directory-cloud.js';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { freshBucket, useServers } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncing } from '../support/sync-program.js';
import { configOf, place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { errorOf } from '../support/thrown.js';
import { writeFiles } from '../support/write-files.js';
import { filesOf, namesOf, stampsOf } from '../support/trees.js';

const files = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`folder-${index % 4}/file-${index}`, `of ${index}`]),
);

function fill({ root }: Opened): void {
  writeFiles(root, files);
}

/** The same place with nothing known of it. */
async function forgetful(at: Opened, options: Parameters<typeof opened>[0]): Promise<Opened> {
  await at.device.close();
  rmSync(at.stateDir, { recursive: true });
  return opened({ ...options, at });
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('S025 a lost state is a first run: equal files stay where they are, others are kept twice', async () => {
    const cloud = await freshCloud(kind);
    const first = await opened({ cloud, more: { device: { name: 'a' } } });
    fill(first);
    await completes(first);
    const before = [stampsOf(first.root), await cloud.stamps()];
    let at = await forgetful(first, { cloud, more: { device: { name: 'a' } } });
    await completes(at);
    expect([stampsOf(at.root), await cloud.stamps()]).toEqual(before);

    // This time a bit happened on each side meanwhile; nobody can know what.
    at.write('folder-0/file-0', 'edited here');
    await cloud.put('folder-1/file-1', 'edited there');
    at.write('folder-2/file-2', 'both, here');
    await cloud.put('folder-2/file-2', 'both, there');
    rmSync(join(at.root, 'folder-3/file-3'));
    await cloud.remove('folder-3/file-7');
    at = await forgetful(at, { cloud, more: { device: { name: 'a' } } });
    await completes(at);
    const rest = await expectAtRest(cloud, at);
    const copies = Object.keys(rest).filter((path) => path.includes('(conflict a '));
    expect(copies.map((path) => path.split(' ')[0])).toEqual([
      'folder-0/file-0',
      'folder-1/file-1',
      'folder-2/file-2',
    ]);
    expect(copies.map((path) => rest[path])).toEqual(['edited here', 'of 1', 'both, here']);
    const named = Object.entries(rest).filter(([path]) => !copies.includes(path));
    expect(Object.fromEntries(named)).toEqual({
      ...files,
      'folder-1/file-1': 'edited there',
      'folder-2/file-2': 'both, there',
    });
  });
});

describe('over a network', () => {
  useServers('ceph');

  it('S025 equal files are adopted without a content on its way', async () => {
    const bucket = await freshBucket('ceph');
    const proxy = await httpFaultProxy(bucket.access.endpoint);
    const access = { endpoint: proxy.endpoint };
    const first = await openedOn(bucket, { access });
    fill(first);
    await completes(first);
    await first.device.close();
    rmSync(first.stateDir, { recursive: true });
    const at = await openedOn(bucket, { access, at: first });
    const from = proxy.log.length;
    await completes(at);
    const moved = proxy.log
      .slice(from)
      .filter(({ method, path }) => ['GET', 'PUT'].includes(method) && path.includes('/folder-'));
    expect(moved).toEqual([]);
    const { getFileSyncState, FileSyncState } = at.cloudSync;
    expect(getFileSyncState(at.uri('folder-0/file-0'))).toBe(FileSyncState.COMPLETED);
    expect(filesOf(at.root)).toEqual(files);
  });

  it('S025 what only the cloud had is known again, and nothing of it is deleted', async () => {
    const bucket = await freshBucket('ceph');
    const writer = await openedOn(bucket);
    fill(writer);
    await completes(writer);
    const first = await openedOn(bucket, { space: { content: 'on-demand' } });
    await completes(first);
    await first.device.close();
    rmSync(first.stateDir, { recursive: true });
    const at = await openedOn(bucket, { space: { content: 'on-demand' }, at: first });
    await completes(at);
    expect(filesOf(at.root)).toEqual({});
    const known: string[] = [];
    for await (const { path, directory, location } of at.device.list(drive)) {
      if (!directory) known.push(`${path} ${location}`);
    }
    expect(known).toEqual(
      Object.keys(files)
        .sort()
        .map((path) => `${path} cloud`),
    );
    const keys = (await bucket.keys()).filter((key) => !key.startsWith('.cloudsync/'));
    expect(keys).toEqual(Object.keys(files).sort());
  });
});

const database = 'state.sqlite3';

/** How the process ended whose state is damaged: what it knew lies in a log, or in the database. */
const ends = { killed: `process.kill(process.pid, 'SIGKILL');`, closed: `await device.close();` };

/** A place in sync, as a process left it that ended so. */
async function leftBehind(end: keyof typeof ends): Promise<Place> {
  const at = place();
  writeFiles(at.root, files);
  const config = configOf(at, drive);
  const { lines } = await runProgram(`${syncing} await run(); ${ends[end]}`, { config }).ended;
  expect(lines).toEqual(['state 4 0']);
  return at;
}

/** Enough to set a broken database aside, or two in a row, and to work. */
const mostStarts = 3;

/** After damage to the state no file is touched on either side, and a start or two later all is well. */
async function expectHarmless(at: Place, damage: (stateDir: string) => void): Promise<void> {
  const before = [stampsOf(at.root), stampsOf(at.cloud)];
  const damaged = { ...at, stateDir: join(at.base, 'damaged') };
  rmSync(damaged.stateDir, { recursive: true, force: true });
  cpSync(at.stateDir, damaged.stateDir, { recursive: true });
  damage(damaged.stateDir);
  const seen: unknown[] = [];
  for (let start = 1; start <= mostStarts; start += 1) {
    try {
      const again = await opened({ at: damaged });
      seen.push((await again.sync()).at(-1));
      await again.device.close();
    } catch (error) {
      // It may also say that these are not the roots it knows: then a person has to look.
      seen.push(error);
      expect(['corrupt', 'halted']).toContain(error instanceof BusinessError && error.cause);
    }
    expect([stampsOf(at.root), stampsOf(at.cloud)]).toEqual(before);
  }
  const refused = seen.at(-1) instanceof BusinessError;
  expect(refused || seen.at(-1), JSON.stringify(seen)).toEqual(refused || COMPLETED);
  expect(filesOf(at.root)).toEqual(files);
  expect(filesOf(at.cloud)).toEqual(files);
}

describe.each(['killed', 'closed'] as const)(
  'S052 the damaged state of a process that was %s',
  (end) => {
    const pageSize = 4096;

    it('one byte of each page of the database, and of its log', { timeout: 180_000 }, async () => {
      const at = await leftBehind(end);
      const parts = readdirSync(at.stateDir).filter((name) => /sqlite3(-wal)?$/.test(name));
      expect(parts).toHaveLength(end === 'killed' ? 2 : 1);
      let pages = 0;
      for (const name of parts) {
        const bytes = readFileSync(join(at.stateDir, name));
        for (let page = 0; page * pageSize < bytes.length; page += 1) {
          pages += 1;
          const spot = page * pageSize + ((page * 997 + 3101) % pageSize);
          const changed = Buffer.from(bytes);
          changed.writeUInt8(changed.readUInt8(spot % bytes.length) ^ 0x10, spot % bytes.length);
          await expectHarmless(at, (stateDir) => writeFileSync(join(stateDir, name), changed));
        }
      }
      expect(pages).toBeGreaterThan(10);
    });

    it('cut off at the borders of pages, and between them', async () => {
      const at = await leftBehind(end);
      for (const length of [0, 1, 512, pageSize, 3 * pageSize, 5 * pageSize + 7]) {
        await expectHarmless(at, (stateDir) => truncateSync(join(stateDir, database), length));
      }
    });

    it('gone, but for its log, or without its log', async () => {
      const at = await leftBehind(end);
      await expectHarmless(at, (stateDir) => rmSync(join(stateDir, database)));
      const log = `${database}-wal`;
      await expectHarmless(at, (stateDir) => rmSync(join(stateDir, log), { force: true }));
    });
  },
);

it('S052 an older copy of the state: what has changed since is not undone, and nothing is deleted', async () => {
  const cloud = directoryCloud();
  const a = await opened({ cloud, more: { device: { name: 'a' } } });
  const b = await opened({ cloud, more: { device: { name: 'b' } } });
  fill(a);
  await settle(a, b);
  await b.device.close();
  const copy = join(b.base, 'copy');
  cpSync(b.stateDir, copy, { recursive: true });

  const later = await opened({ cloud, at: b, more: { device: { name: 'b' } } });
  a.write('folder-0/file-0', 'edited by a');
  later.write('folder-1/file-1', 'edited by b');
  a.write('new', 'by a');
  rmSync(join(a.root, 'folder-2/file-2'));
  rmSync(join(later.root, 'folder-3/file-3'));
  await settle(a, later);
  const agreed = await expectAtRest(cloud, a, later);
  await later.device.close();
  rmSync(b.stateDir, { recursive: true });
  cpSync(copy, b.stateDir, { recursive: true });

  const restored = await opened({ cloud, at: b, more: { device: { name: 'b' } } });
  await settle(restored, a);
  expect(await expectAtRest(cloud, restored, a)).toEqual(agreed);
});

describe('S053 a state of another version', () => {
  it('of a newer release: refused by name, and nothing is touched', async () => {
    const at = await opened();
    at.write('file', 'content');
    await completes(at);
    await at.device.close();
    const path = join(at.stateDir, database);
    const bytes = readFileSync(path);
    bytes.writeUInt32BE(bytes.readUInt32BE(60) + 1, 60); // where SQLite keeps user_version
    writeFileSync(path, bytes);
    const names = readdirSync(at.stateDir);
    const error = await errorOf(() => openDevice(configOf(at, drive)));
    expect(error.detail).toMatch(/newer release/);
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(at.stateDir).sort()).toEqual(names.sort());
    expect(namesOf(at.cloud)).toEqual(['file']);
  });
});
