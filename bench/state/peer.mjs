// The same question answered by hand: a prepared better-sqlite3 `get` by path, and for `stat` one
// fs.statSync to see whether the file has changed: node peer.mjs FILES LOOKUPS get|stat
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { randomIndexes, reportFigures, timed } from '../harness/child.mjs';
import { pathOf, worldOf } from './world.mjs';

const Database = createRequire(new URL('../package.json', import.meta.url))('better-sqlite3');
const [files, lookups] = process.argv.slice(2, 4).map(Number);
const withStat = process.argv[4] === 'stat';
const world = worldOf(files);
const database = new Database(world.database, { readonly: true });
const get = database.prepare('SELECT size, mtime, state FROM files WHERE path = ?');

const paths = [...randomIndexes(lookups, files)].map((index) => pathOf(world, index));
let uploaded = 0;
const figures = await timed(() => {
  for (const path of paths) {
    const row = get.get(path);
    if (withStat && statSync(path).size !== row.size) continue;
    if (row.state === 5) uploaded += 1;
  }
});
database.close();
if (uploaded !== lookups) throw new Error(`only ${uploaded} of ${lookups} answers are right`);
reportFigures(figures);
