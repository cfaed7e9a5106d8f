// Keeps a directory in sync with a cloud: one run, then what is known afterwards.
//   node examples/sync-a-directory.mjs DIR CLOUD_DIR
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDevice } from 'cloudsync-native';

// Without arguments it makes something to sync.
const base = await mkdtemp(join(tmpdir(), 'cloudsync-example-'));
const root = resolve(process.argv[2] ?? join(base, 'notes'));
const cloud = resolve(process.argv[3] ?? join(base, 'cloud'));
await mkdir(cloud, { recursive: true });
if (process.argv[2] === undefined) {
  await mkdir(root);
  await writeFile(join(root, 'hello.txt'), 'Hello, cloud!\n');
}

const device = await openDevice({
  stateDir: join(base, 'state'),
  spaces: { 'com.example.notes': { root, remote: pathToFileURL(cloud).href } },
});
device.on('notice', ({ path, message }) => console.warn(`${path}: ${message}`));

const notes = new device.cloudSync.FileSync('com.example.notes');
await notes.start();
await device.whenIdle();

for await (const { path, size, location } of device.list('com.example.notes')) {
  console.log(`${path}: ${size} bytes, ${location}`);
}
console.log('last sync:', new Date(await notes.getLastSyncTime()).toISOString());
await device.close();
