// Where the demo keeps what, and the configuration of its two devices.
import { createHash } from 'node:crypto';
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The places of one demo: one for the sample gallery, another for each directory of the user's, and
 * others for each cloud.
 * @param {{ directory: string | undefined, remote: string | undefined, home: string }} choice
 */
export async function placesOf({ directory, remote, home }) {
  const own = directory === undefined ? undefined : await realpath(directory);
  const name = own === undefined ? 'sample' : `${basename(own)}-${shortHash(own)}`;
  const base = join(home, remote === undefined ? name : `${name}-${shortHash(remote)}`);
  await mkdir(base, { recursive: true });
  const root = await realpath(base);
  return {
    base: root,
    gallery: own ?? join(root, 'gallery'),
    isSample: own === undefined,
    marker: join(root, '.sample'),
    cloud: join(root, 'cloud'),
    remote: remote ?? pathToFileURL(join(root, 'cloud')).href,
    isOwnCloud: remote === undefined,
    second: join(root, 'second-device'),
    state: join(root, 'state'),
    firstConfig: join(root, 'first-device.json'),
    secondConfig: join(root, 'second-device.json'),
  };
}

const shortHash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 8);

/** Makes the directories and writes the two configuration files. */
export async function prepareDevices(places) {
  const { remote } = places;
  const folders = [places.gallery, places.second, places.state];
  if (places.isOwnCloud) folders.push(places.cloud);
  for (const folder of folders) await mkdir(folder, { recursive: true });
  const write = (file, name, root) => {
    const stateDir = join(places.state, name.replace(' ', '-'));
    const config = { stateDir, device: { name }, spaces: { gallery: { root, remote } } };
    return writeFile(file, `${JSON.stringify(config, undefined, 2)}\n`);
  };
  await write(places.firstConfig, 'first device', places.gallery);
  await write(places.secondConfig, 'second device', places.second);
}

/** Forgets earlier runs; of the user's own directory, only what cloudsync wrote into it. */
export async function forget(places) {
  await rm(places.base, { recursive: true, force: true });
  if (!places.isSample)
    await rm(join(places.gallery, '.cloudsync'), { recursive: true, force: true });
  await mkdir(places.base, { recursive: true });
}

/** `/home/ada/x` as `~/x`, which shells understand too. */
export function shortPath(path) {
  const home = homedir();
  return home !== '/' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}
