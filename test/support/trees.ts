// Looks at directory trees as another program would: names as bytes, contents as they lie there.
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs';
import type { Dirent } from 'node:fs';
import { join } from 'node:path';

const reserved = '.cloudsync';

function entriesOf(directory: Buffer): Dirent<Buffer>[] {
  return readdirSync(directory, { encoding: 'buffer', withFileTypes: true });
}

/** A content as a test compares it: short ones as text, others by their hash. */
export function told(content: string | Buffer): string {
  if (content.length <= 200) return Buffer.from(content).toString('latin1');
  return `${String(content.length)} bytes ${createHash('sha256').update(content).digest('hex')}`;
}

/** The regular files below `directory` and what `look` sees in them, without the engine's own. */
function filesAs(directory: string, look: (path: Buffer) => string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (folder: Buffer, prefix: string): void => {
    for (const entry of entriesOf(folder)) {
      const name = entry.name.toString('latin1');
      if (prefix === '' && name === reserved) continue;
      const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
      if (entry.isDirectory()) visit(path, `${prefix}${name}/`);
      else if (entry.isFile()) found[prefix + name] = look(path);
    }
  };
  visit(Buffer.from(directory), '');
  return found;
}

/**
 * The regular files below `directory` with their contents (`told`), without what is the engine's
 * own. Names are latin1, byte for byte, so that those that are no UTF-8 compare too.
 */
export function filesOf(directory: string): Record<string, string> {
  return filesAs(directory, (path) => told(readFileSync(path)));
}

/** The same files with what shows that one was written, replaced or renamed, equal bytes or not. */
export function stampsOf(directory: string): Record<string, string> {
  return filesAs(directory, (path) => {
    const { ino, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return [ino, mtimeNs, ctimeNs].join(' ');
  });
}

/** The folders below `directory`, in order, without the engine's own. */
export function foldersOf(directory: string): string[] {
  const found: string[] = [];
  const visit = (folder: Buffer, prefix: string): void => {
    for (const entry of entriesOf(folder)) {
      const path = prefix + entry.name.toString('latin1');
      if (!entry.isDirectory() || path === reserved) continue;
      found.push(path);
      visit(Buffer.concat([folder, Buffer.from('/'), entry.name]), `${path}/`);
    }
  };
  visit(Buffer.from(directory), '');
  return found.sort();
}

/** The paths of `filesOf`, in order. */
export function namesOf(directory: string): string[] {
  return Object.keys(filesOf(directory)).sort();
}

/** What lies in one of the engine's own folders of a root or a cloud: `tmp`, `uploads`, `trash`. */
export function ownEntries(directory: string, folder: string): string[] {
  const path = join(directory, reserved, folder);
  return existsSync(path) ? readdirSync(path) : [];
}

/** Compares two large files without having them in memory. */
export function sameBytes(left: string, right: string): boolean {
  const [first, second] = [openSync(left, 'r'), openSync(right, 'r')];
  const [one, other] = [Buffer.alloc(1 << 20), Buffer.alloc(1 << 20)];
  try {
    for (;;) {
      const read = readSync(first, one, 0, one.length, null);
      const alike = readSync(second, other, 0, other.length, null) === read && one.equals(other);
      if (!alike || read === 0) return alike;
    }
  } finally {
    closeSync(first);
    closeSync(second);
  }
}
