// What makes a second `npm start` quick: a step is done again only when its inputs changed. The
// fingerprint is names, sizes and times of change: some hundred `stat` calls, a few milliseconds.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function* filesBelow(path) {
  const info = statSync(join(root, path), { throwIfNoEntry: false });
  if (info === undefined) return;
  if (!info.isDirectory()) {
    yield `${path} ${info.size} ${info.mtimeMs}`;
    return;
  }
  for (const name of readdirSync(join(root, path)).sort()) yield* filesBelow(join(path, name));
}

/** A fingerprint of files and directories of the checkout, and of words that matter besides them. */
export function fingerprint(paths, ...words) {
  const hash = createHash('sha256');
  for (const path of paths) for (const line of filesBelow(path)) hash.update(`${line}\n`);
  return hash.update(words.join('\n')).digest('hex');
}

const stampFile = (name) => join(root, 'build', 'stamps', name);

/** Was `name` last done with exactly these inputs? */
export function isDone(name, print) {
  try {
    return readFileSync(stampFile(name), 'utf8') === print;
  } catch {
    return false;
  }
}

export function markDone(name, print) {
  mkdirSync(dirname(stampFile(name)), { recursive: true });
  writeFileSync(stampFile(name), print);
}
