// Finds and opens the device that a subcommand acts on, as the library would.
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { openDevice } from '../device.js';
import type { Device } from '../device.js';
import { getUriFromPath } from '../file-uri.js';
import { resolveConfig } from '../resolve-config.js';

/** The command line cannot be used as it is; the message says what to write, with an example. */
export class UsageError extends Error {
  constructor(
    message: string,
    readonly example = '',
  ) {
    super(message);
  }
}

/** A space as the command line shows it. The remote's URL is without credentials. */
export interface SpaceView {
  readonly name: string;
  readonly root: string;
  readonly remote: string;
  /** URIs of its entries begin with this; '' for `file://` and the root. */
  readonly uriPrefix: string;
}

export interface OpenedDevice {
  readonly device: Device;
  readonly spaces: readonly SpaceView[];
}

/** The configuration: `--config`, else `CLOUDSYNC_CONFIG`, else `./cloudsync.config.json`. */
export function configFile(option: string | undefined, environment = process.env): string {
  const named = option ?? environment['CLOUDSYNC_CONFIG'];
  if (named !== undefined && named !== '') return resolve(named);
  const local = resolve('cloudsync.config.json');
  if (existsSync(local)) return local;
  throw new UsageError(
    'There is no configuration. Write ./cloudsync.config.json, or name a file with --config or CLOUDSYNC_CONFIG. A small one:',
    '{"spaces": {"gallery": {"root": "/home/ada/Pictures", "remote": "file:///srv/cloud"}}}',
  );
}

export async function openConfigured(option: string | undefined): Promise<OpenedDevice> {
  const file = configFile(option);
  const { spaces } = resolveConfig(file);
  if (spaces.size === 0) throw new UsageError(`${file} has no spaces.`);
  const device = await openDevice(file);
  return {
    device,
    spaces: [...spaces.values()].map(({ name, root, remote, uriPrefix }) => ({
      name,
      root,
      remote: withoutCredentials(remote.url),
      uriPrefix,
    })),
  };
}

/** The space of that name; without a name `gallery`, or the only one there is. */
export function chooseSpace(spaces: readonly SpaceView[], name: string | undefined): SpaceView {
  const known = spaces.map((space) => space.name).join(', ');
  const wanted = name ?? (spaces.length === 1 ? spaces[0]?.name : 'gallery');
  const found = spaces.find((space) => space.name === wanted);
  if (found !== undefined) return found;
  throw new UsageError(
    name === undefined
      ? `Which space? Say --space NAME; there are: ${known}.`
      : `The configuration has no space '${name}'; there are: ${known}.`,
  );
}

/** A path as a person wrote it, below the space's root; absolute ones may lead there, too. */
export function pathIn(space: SpaceView, path: string): string {
  const below = isAbsolute(path) ? relative(space.root, path) : path;
  return below.replace(/^\.\/|\/+$/g, '');
}

/** The URI of such a path. */
export function uriIn(space: SpaceView, path: string): string {
  const plain = join(space.root, pathIn(space, path));
  const uri = getUriFromPath(plain);
  if (space.uriPrefix === '') return uri;
  return space.uriPrefix.replace(/\/+$/, '') + uri.slice(getUriFromPath(space.root).length);
}

function withoutCredentials(url: string): string {
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  return parsed.protocol === 'file:' ? url : parsed.href;
}
