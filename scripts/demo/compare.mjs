// Files compared byte for byte, and the table that says what both devices know of them.
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileUri } from '../../dist/index.js';
import { locationWords, paintLocation, paintState, stateWords } from '../../dist/cli/states.js';
import { table } from '../../dist/cli/table.js';
import { formatBytes, safeName } from '../../dist/cli/text.js';

const chunk = 1 << 20;

/** Have these two files the same bytes? */
export async function compareFiles(one, other) {
  const files = await Promise.all([open(one), open(other)]);
  try {
    const buffers = [Buffer.alloc(chunk), Buffer.alloc(chunk)];
    for (;;) {
      const reads = await Promise.all(files.map((file, index) => fill(file, buffers[index])));
      const [a, b] = reads.map((length, index) => buffers[index].subarray(0, length));
      if (!a.equals(b)) return false;
      if (a.length === 0) return true;
    }
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

async function fill(file, buffer) {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

/** Lines: each path with its size, its state on both devices, and where its content is. */
export async function statesTable(terminal, first, second, places, paths) {
  const known = new Map();
  for await (const entry of second.list('gallery')) known.set(entry.path, entry);
  const rows = paths.map((path) => {
    const state = first.cloudSync.getFileSyncState(
      fileUri.getUriFromPath(join(places.gallery, path)),
    );
    const entry = known.get(path);
    return [
      formatBytes(entry.size),
      stateWords[state],
      stateWords[second.cloudSync.getFileSyncState(entry.uri)],
      locationWords[entry.location],
      safeName(path),
    ];
  });
  const state = { paint: (cell) => paintState(terminal, cell) };
  return table(
    terminal,
    [
      { title: 'size', align: 'right' },
      { title: 'first device', ...state },
      { title: 'second device', ...state },
      { title: 'its content', paint: (cell) => paintLocation(terminal, cell) },
      { title: 'file' },
    ],
    rows,
  );
}
