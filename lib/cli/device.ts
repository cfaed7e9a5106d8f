// Finds and opens the device that a subcommand acts on, as the library would.
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { openResolved } from '../device.js';
import type { Device } from '../device.js';
import { getUriFromPath } from '../file-uri.js';
import { resolveConfig, watchDefaults } from '../resolve-config.js';
import type { ResolvedConfig } from '../resolve-config.js';

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

/**
 * Opens it. Whatever the configuration says, it keeps nothing in sync by itself but for
 * `cloudsync watch`, which names the spaces (none: all).
 */
export async function openConfigured(
  option: string | undefined,
  watched: readonly string[] | undefined,
): Promise<OpenedDevice> {
  const file = configFile(option);
  const config = resolveConfig(file);
  if (config.spaces.size === 0) throw new UsageError(`${file} has no spaces.`);
  const views = [...config.spaces.values()].map(({ name, root, remote, uriPrefix }) => ({
    name,
    root,
    remote: withoutCredentials(remote.url),
    uriPrefix,
  }));
  if (watched === undefined)
    return { device: await openResolved(unwatched(config)), spaces: views };
  const spaces =
    watched.length === 0 ? views : [...new Set(watched.map((name) => chooseSpace(views, name)))];
  const device = await openResolved(following(config, new Set(spaces.map(({ name }) => name))));
  return { device, spaces };
}

function unwatched(config: ResolvedConfig): ResolvedConfig {
  const native = { ...config.native };
  delete native.watch;
  return { ...config, native };
}

function following(config: ResolvedConfig, names: ReadonlySet<string>): ResolvedConfig {
  const { native } = config;
  const spaces = native.spaces.filter(({ name }) => names.has(name));
  return { ...config, native: { ...native, spaces, watch: native.watch ?? watchDefaults } };
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
