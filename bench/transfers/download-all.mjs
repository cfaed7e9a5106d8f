// Brings files here through the public API: one Download, one listener, so many at a time.
import { join } from 'node:path';
import { fileUri } from '../../dist/index.js';

/** The URIs of the files of a job. */
export function urisOf({ config, drive, names }) {
  const { root } = config.spaces[drive];
  return names.map((name) => fileUri.getUriFromPath(join(root, name)));
}

/** Settles when all of them are here; `heard` is called with each event before anything else. */
export async function downloadAll({ Download, State }, uris, { atOnce = uris.length, heard }) {
  const download = new Download();
  let next = 0;
  let left = uris.length;
  await new Promise((resolve, reject) => {
    const startNext = () => {
      if (next < uris.length) download.start(uris[next++]).catch(reject);
    };
    download.on('progress', ({ state, uri, error }) => {
      heard?.(state);
      if (state === State.RUNNING) return;
      if (state !== State.COMPLETED) reject(new Error(`${uri}: state ${state}, error ${error}`));
      left -= 1;
      if (left === 0) resolve();
      else startNext();
    });
    while (next < Math.min(atOnce, uris.length)) startNext();
  });
}
