// A directory as the cloud of a story.
import { chmodSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cloud } from './clouds.js';
import { tempDir } from './temp-dir.js';
import { filesOf, foldersOf, ownEntries, stampsOf } from './trees.js';

export function directoryCloud(): Cloud {
  const directory = tempDir();
  const at = (path: string) => join(directory, path);
  return {
    remote: { url: `file://${directory}` },
    files: async () => filesOf(directory),
    folders: async () => foldersOf(directory),
    stamps: async () => stampsOf(directory),
    async put(path, content) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
    makeFolder: async (path) => void mkdirSync(at(path), { recursive: true }),
    remove: async (path) => rmSync(at(path), { recursive: true }),
    async touch(path, how) {
      if (how === 'its attributes') chmodSync(at(path), 0o600);
      else utimesSync(at(path), 1e9, 1e9);
    },
    leftovers: async () => ['tmp', 'uploads'].flatMap((folder) => ownEntries(directory, folder)),
  };
}
