// A configuration as it is written -> as the engine takes it: defaults filled in, everything checked.
import { readFileSync, realpathSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, isAbsolute, join, normalize, resolve, sep } from 'node:path';
import { defaultCaller } from './access.js';
import type { Caller } from './access.js';
import type { Config, Logger } from './config.js';
import { ConfigReader, configError } from './config-reader.js';
import type { Providers } from './conditions.js';
import { BusinessError } from './errors.js';
import type { NativeConfig, NativeSpace, NativeWatch } from './native-types.js';

/** A configuration that was found good. */
export interface ResolvedConfig {
  readonly caller: Caller;
  readonly providers: Providers;
  readonly log: Logger | undefined;
  readonly spaces: ReadonlyMap<string, NativeSpace>;
  readonly native: NativeConfig;
}

const configKeys = ['stateDir', 'spaces', 'caller', 'device', 'limits', 'watch', 'log'];
const spaceKeys = [
  'root', 'remote', 'content', 'uriPrefix', 'quota', 'deletionLimit', 'trashDays', 'direction',
  'ignore', 'symlinks',
]; // prettier-ignore
const schemes = ['file:', 's3:', 'webdav:', 'webdavs:'];

/** What `watch: true` means. */
export const watchDefaults: NativeWatch = {
  quietMs: 500,
  fullRunSeconds: 600,
  pollSeconds: 60,
  method: 'best',
};

/** Checks a configuration and fills in the defaults. */
export function resolveConfig(config: Config | string): ResolvedConfig {
  const value: unknown = typeof config === 'string' ? readJson(config) : config;
  const reader = new ConfigReader(value, '', configKeys);
  const device = reader.object('device', ['name', 'battery', 'network', 'thermal']);
  const spaces = readSpaces(reader);
  const stateDir = absolute(reader.text('stateDir') ?? defaultStateDir(), 'stateDir');
  checkPlaces(stateDir, spaces);
  const watch = readWatch(reader);
  return {
    caller: readCaller(reader),
    providers: {
      battery: device?.func('battery'),
      network: device?.func('network'),
      thermal: device?.func('thermal'),
    },
    log: readLog(reader),
    spaces: new Map(spaces.map((space) => [space.name, space])),
    native: {
      stateDir,
      deviceName: device?.text('name') ?? hostname(),
      spaces,
      limits: readLimits(reader),
      ...(watch === undefined ? {} : { watch }),
    },
  };
}

/** The configuration of a process that called no `configure()`. */
export function defaultConfig(
  environment = process.env,
  directory = process.cwd(),
): ResolvedConfig {
  const named = environment['CLOUDSYNC_CONFIG'];
  if (named !== undefined && named !== '') return resolveConfig(resolve(directory, named));
  const local = join(directory, 'cloudsync.config.json');
  return resolveConfig(exists(local) ? local : { spaces: {} });
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BusinessError('notFound', `the configuration cannot be read: ${why}`, { path: file });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BusinessError('invalidArgument', `${file} is not JSON: ${why}`, { path: file });
  }
}

function notYet(key: string, meanwhile: string): BusinessError {
  const detail = `${key} is planned for a later version; leave it out and ${meanwhile}`;
  return new BusinessError('notYet', detail, { path: key });
}

function defaultStateDir(): string {
  const base = process.env['XDG_STATE_HOME'];
  return join(
    base !== undefined && isAbsolute(base) ? base : join(homedir(), '.local/state'),
    'cloudsync',
  );
}

function absolute(path: string, key: string): string {
  if (!isAbsolute(path)) {
    throw configError(key, `must be an absolute path; write '${resolve(path)}'`);
  }
  const plain = normalize(path);
  return plain.length > 1 && plain.endsWith(sep) ? plain.slice(0, -1) : plain;
}

function readCaller(reader: ConfigReader): Caller {
  const caller = reader.object('caller', ['bundleName', 'systemApp', 'permissions']);
  const bundleName = caller?.text('bundleName');
  return {
    ...(bundleName === undefined ? {} : { bundleName }),
    systemApp: caller?.flag('systemApp') ?? defaultCaller.systemApp,
    permissions: caller?.texts('permissions') ?? defaultCaller.permissions,
  };
}

function readLog(reader: ConfigReader): Logger | undefined {
  const log = reader.object('log');
  if (log === undefined) return undefined;
  const { debug, info, warn, error } = {
    debug: log.func('debug'),
    info: log.func('info'),
    warn: log.func('warn'),
    error: log.func('error'),
  };
  if (debug === undefined || info === undefined || warn === undefined || error === undefined) {
    throw configError('log', 'must have the functions debug, info, warn and error');
  }
  // Called as methods of the logger: pino's need their `this`.
  const target = reader.raw('log');
  const bound =
    (write: () => unknown): Logger['info'] =>
    (details, message) => {
      Reflect.apply(write, target, [details, message]);
    };
  return { debug: bound(debug), info: bound(info), warn: bound(warn), error: bound(error) };
}

function readLimits(reader: ConfigReader): NativeConfig['limits'] {
  const limits = reader.object('limits', [
    'transfers', 'memoryBytes', 'uploadBytesPerSecond', 'downloadBytesPerSecond',
  ]); // prettier-ignore
  const transfers = limits?.count('transfers', 1, 1024);
  const memoryBytes = limits?.count('memoryBytes', 1 << 20);
  return {
    ...(transfers === undefined ? {} : { transfers }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    uploadBytesPerSecond: limits?.count('uploadBytesPerSecond', 0) ?? 0,
    downloadBytesPerSecond: limits?.count('downloadBytesPerSecond', 0) ?? 0,
  };
}

function readWatch(reader: ConfigReader): NativeWatch | undefined {
  const value = reader.raw('watch');
  if (typeof value !== 'object') return reader.flag('watch') === true ? watchDefaults : undefined;
  const options = reader.object('watch', ['quietMs', 'fullRunSeconds', 'pollSeconds', 'method']);
  return {
    quietMs: options?.count('quietMs', 0, 600_000) ?? watchDefaults.quietMs,
    fullRunSeconds: options?.count('fullRunSeconds', 1, 604_800) ?? watchDefaults.fullRunSeconds,
    pollSeconds: options?.count('pollSeconds', 1, 86_400) ?? watchDefaults.pollSeconds,
    method: options?.choice('method', ['best', 'inotify', 'fanotify']) ?? watchDefaults.method,
  };
}

function readSpaces(reader: ConfigReader): NativeSpace[] {
  const spaces = reader.object('spaces');
  if (spaces === undefined) {
    throw configError(
      'spaces',
      "is missing; write { gallery: { root: '…', remote: 'file:///…' } }",
    );
  }
  return spaces.keys().map((name) => {
    if (name === '') throw configError('spaces', 'has a space without a name');
    const space = spaces.object(name, spaceKeys);
    if (space === undefined) throw configError(spaces.name(name), 'is missing');
    return readSpace(name, space);
  });
}

function required(value: string | undefined, key: string, example: string): string {
  if (value === undefined) throw configError(key, `is missing; write for example '${example}'`);
  return value;
}

function readSpace(name: string, space: ConfigReader): NativeSpace {
  const gallery = name === 'gallery';
  const root = required(space.text('root'), space.name('root'), '/home/ada/Pictures');
  const quota = space.object('quota', ['bytes', 'files', 'keepFree']);
  if (quota !== undefined && quota.keys().length > 0) {
    throw notYet(space.name('quota'), 'free space with cleanCache()');
  }
  const limit = space.object('deletionLimit', ['files', 'share']);
  return {
    name,
    root: absolute(root, space.name('root')),
    remote: readRemote(space),
    content: space.choice('content', ['all', 'on-demand']) ?? (gallery ? 'on-demand' : 'all'),
    mediaOnly: gallery,
    uriPrefix: space.text('uriPrefix') ?? '',
    deletionLimitFiles: limit?.count('files', 0) ?? 25,
    deletionLimitShare: limit?.share('share') ?? 0.25,
    trashDays: space.count('trashDays', 0, 36_500) ?? 30,
    direction: space.choice('direction', ['both', 'upload', 'download']) ?? 'both',
    symlinks: space.choice('symlinks', ['skip', 'preserve']) ?? 'skip',
    ignore: space.texts('ignore') ?? [],
  };
}

function readRemote(space: ConfigReader): NativeSpace['remote'] {
  const key = space.name('remote');
  if (typeof space.raw('remote') === 'string')
    return { url: remoteUrl(space.text('remote'), key), options: {} };
  const remote = space.object('remote', ['url', 'credentials', 'headers', 'ca']);
  const options: Record<string, string> = {};
  for (const group of ['credentials', 'headers']) {
    for (const [name, value] of Object.entries(remote?.secrets(group) ?? {})) {
      options[`${group}.${name}`] = value;
    }
  }
  const ca = remote?.text('ca');
  if (ca !== undefined) options['ca'] = absolute(ca, `${key}.ca`);
  return {
    url: remoteUrl(remote?.text('url'), remote === undefined ? key : `${key}.url`),
    options,
  };
}

function remoteUrl(value: string | undefined, key: string): string {
  const text = required(value, key, 'file:///srv/cloud');
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    // Not shown: it may hold a password.
    throw configError(key, "is not a URL; write for example 'file:///srv/cloud'");
  }
  if (!schemes.includes(url.protocol)) {
    throw configError(key, `has the scheme '${url.protocol}'; known are ${schemes.join(' ')}`);
  }
  if (url.protocol === 'file:' && !/^file:\/\/\/./.test(text)) {
    throw configError(key, "must name a directory; write 'file:///srv/cloud'");
  }
  return text;
}

// What must not lie within what. Compared as the file system sees them, symbolic links followed.
function checkPlaces(stateDir: string, spaces: readonly NativeSpace[]): void {
  const state = realPath(stateDir);
  for (const [index, space] of spaces.entries()) {
    const key = `spaces.${space.name}`;
    const root = realPath(space.root);
    if (isWithin(state, root)) {
      throw configError(
        'stateDir',
        `lies inside ${key}.root, where it would be synced; move it out`,
      );
    }
    if (isWithin(root, state)) {
      throw configError(`${key}.root`, 'lies inside stateDir; keep them apart');
    }
    const cloud = placeOf(space.remote.url);
    if (cloud.startsWith('/') && overlap(realPath(cloud), root)) {
      throw configError(`${key}.remote`, `and ${key}.root lie inside each other; keep them apart`);
    }
    for (const other of spaces.slice(0, index)) checkPair(space, other);
  }
}

function checkPair(space: NativeSpace, other: NativeSpace): void {
  const key = `spaces.${space.name}`;
  const otherKey = `spaces.${other.name}`;
  if (overlap(realPath(space.root), realPath(other.root))) {
    throw configError(`${key}.root`, `and ${otherKey}.root lie inside each other; keep them apart`);
  }
  if (overlap(placeOf(space.remote.url), placeOf(other.remote.url))) {
    throw configError(`${key}.remote`, `overlaps ${otherKey}.remote; give each its own prefix`);
  }
  if (space.uriPrefix !== '' && overlap(space.uriPrefix, other.uriPrefix)) {
    throw configError(`${key}.uriPrefix`, `overlaps ${otherKey}.uriPrefix; give each its own`);
  }
}

/** A path of the file system, or host, bucket and prefix of a store. */
function placeOf(remote: string): string {
  const url = new URL(remote);
  const path = normalize(decoded(url.pathname));
  if (url.protocol === 'file:') return realPath(path);
  const endpoint = url.searchParams.get('endpoint') ?? '';
  return `${url.protocol.replace('webdavs', 'webdav')}${endpoint}//${url.host}${path}`;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // what opens the remote says what is wrong with it
  }
}

/** With symbolic links followed, as far as the path exists. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(realPath(parent), path.slice(parent.length));
  }
}

function isWithin(inner: string, outer: string): boolean {
  const base = outer.endsWith('/') ? outer : `${outer}/`;
  return inner === outer || inner.startsWith(base);
}

function overlap(a: string, b: string): boolean {
  return isWithin(a, b) || isWithin(b, a);
}
