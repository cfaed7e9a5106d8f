import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes these contents by their paths below `directory`, with the folders that they need. */
export function writeFiles(
  directory: string,
  files: Readonly<Record<string, string | Buffer>>,
): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}
