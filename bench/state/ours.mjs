// getFileSyncState of known files at random: node ours.mjs FILES LOOKUPS one|array
import { fileUri, openDevice } from '../../dist/index.js';
import { randomIndexes, reportFigures, timed } from '../harness/child.mjs';
import { pathOf, worldOf } from './world.mjs';

const [files, lookups] = process.argv.slice(2, 4).map(Number);
const form = process.argv[4];
const world = worldOf(files);
const device = await openDevice(world.config);
const { getFileSyncState, FileSyncState } = device.cloudSync;

// URIs are made before: a program has them at hand, as the peer has its paths.
const uris = [...randomIndexes(lookups, files)].map((index) =>
  fileUri.getUriFromPath(pathOf(world, index)),
);
let uploaded = 0;
const figures = await timed(async () => {
  if (form === 'one') {
    for (const uri of uris)
      if (getFileSyncState(uri) === FileSyncState.UPLOAD_SUCCESS) uploaded += 1;
    return;
  }
  for (let at = 0; at < uris.length; at += 100) {
    const states = await getFileSyncState(uris.slice(at, at + 100));
    for (const state of states) if (state === FileSyncState.UPLOAD_SUCCESS) uploaded += 1;
  }
});
await device.close();
if (uploaded !== lookups) throw new Error(`only ${uploaded} of ${lookups} answers are right`);
reportFigures(figures);
