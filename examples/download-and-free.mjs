// Two devices on one cloud: the second knows a picture without holding it, fetches it, frees it again.
//   node examples/download-and-free.mjs
import { mkdir, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fileUri, openDevice } from 'cloudsync-native';

// The gallery is for media: its filter looks at the first bytes. These say JPEG.
const picture = Buffer.alloc(1_000_000, 'pixels');
picture.set([0xff, 0xd8, 0xff, 0xe0]);

const base = await mkdtemp(join(tmpdir(), 'cloudsync-example-'));
const remote = pathToFileURL(join(base, 'cloud')).href;
for (const folder of ['cloud', 'first', 'second']) await mkdir(join(base, folder));
await writeFile(join(base, 'first', 'picture.jpg'), picture);

const open = (name) =>
  openDevice({
    stateDir: join(base, `state-of-${name}`),
    device: { name },
    spaces: { gallery: { root: join(base, name), remote } },
  });

const first = await open('first');
await new first.cloudSync.GallerySync().start();
await first.whenIdle();

const second = await open('second');
const { CloudFileCache, Download, FileSyncState, GallerySync, State, getFileSyncState } =
  second.cloudSync;
await new GallerySync().start();
await second.whenIdle();

const path = join(base, 'second', 'picture.jpg');
const uri = fileUri.getUriFromPath(path);
const isHere = async () => (await stat(path).catch(() => undefined)) !== undefined;
console.log('known:', getFileSyncState(uri) === FileSyncState.COMPLETED, 'here:', await isHere());

const download = new Download();
const over = new Promise((resolve) => {
  download.on('progress', ({ state, processed, size }) => {
    console.log(`${processed} of ${size} bytes`);
    if (state !== State.RUNNING) resolve(state);
  });
});
await download.start(uri);
console.log('completed:', (await over) === State.COMPLETED, 'here:', await isHere());

new CloudFileCache().cleanCache(uri);
console.log('known:', getFileSyncState(uri) === FileSyncState.COMPLETED, 'here:', await isHere());

await Promise.all([first.close(), second.close()]);
