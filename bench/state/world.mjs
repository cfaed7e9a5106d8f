// The world of the bench `state`: N tiny files that the product has synced, and the same facts in a
// table of better-sqlite3. Made once per N under .cache/bench; made through the product, so that its
// store is exactly as in use.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../../scripts/bootstrap/stamps.mjs';

const perFolder = 1000;

export const drive = 'com.example.bench';

export function worldOf(files) {
  const base = join(root, '.cache', 'bench', `state-${files}`);
  return {
    base,
    files,
    here: join(base, 'here'),
    database: join(base, 'peer.sqlite'),
    config: {
      stateDir: join(base, 'state'),
      device: { name: 'bench' },
      spaces: {
        [drive]: { root: join(base, 'here'), remote: pathToFileURL(join(base, 'cloud')).href },
      },
    },
  };
}

/** The path of the n-th file: spread over folders as photos are over albums. */
export const pathOf = (world, index) =>
  join(world.here, `folder-${Math.floor(index / perFolder)}`, `picture-${index % perFolder}.jpg`);

/** Makes files, syncs them and fills the peer's table, unless all that was done before. */
export async function prepareWorld(world, show) {
  const marker = join(world.base, 'complete');
  if (existsSync(marker)) return 0;
  mkdirSync(join(world.base, 'cloud'), { recursive: true });
  for (let index = 0; index < world.files; index += 1) {
    if (index % perFolder === 0) {
      mkdirSync(join(pathOf(world, index), '..'), { recursive: true });
      show(`files: ${index} of ${world.files}`);
    }
    writeFileSync(pathOf(world, index), String(index));
  }
  const seconds = await syncAll(world, show);
  await fillPeer(world);
  writeFileSync(marker, '');
  return seconds;
}

async function syncAll(world, show) {
  const { openDevice } = await import('../../dist/index.js');
  const device = await openDevice(world.config);
  try {
    device.on('progress', ({ phase, filesDone, filesTotal }) =>
      show(`sync: ${phase}, ${filesDone} of ${filesTotal} files`),
    );
    const began = performance.now();
    await new device.cloudSync.FileSync(drive).start();
    await device.whenIdle();
    const seconds = (performance.now() - began) / 1000;
    let known = 0;
    for await (const entry of device.list(drive)) if (!entry.directory) known += 1;
    if (known !== world.files) throw new Error(`${known} of ${world.files} files are known`);
    return seconds;
  } finally {
    await device.close();
  }
}

async function fillPeer(world) {
  const { default: Database } = await import('better-sqlite3');
  const database = new Database(world.database);
  database.pragma('journal_mode = WAL');
  database.exec('DROP TABLE IF EXISTS files');
  database.exec(
    'CREATE TABLE files (path TEXT PRIMARY KEY, size INTEGER, mtime INTEGER, state INTEGER) WITHOUT ROWID',
  );
  const insert = database.prepare('INSERT INTO files VALUES (?, ?, ?, ?)');
  database.transaction(() => {
    for (let index = 0; index < world.files; index += 1) {
      insert.run(pathOf(world, index), String(index).length, 0, 5);
    }
  })();
  database.close();
}
