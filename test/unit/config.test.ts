import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Config } from '../../lib/config.js';
import { nearestWord } from '../../lib/config-reader.js';
import { defaultConfig, resolveConfig } from '../../lib/resolve-config.js';
import { configOf, place, tempDir } from '../support/temp-dir.js';
import { thrownBy } from '../support/thrown.js';

/** Resolves what a configuration file may hold, whatever its type. */
const resolve = (config: unknown) => resolveConfig(config as Config);

const gallery = { root: '/home/ada/Pictures', remote: 'file:///srv/cloud/pictures' };
const drive = { root: '/home/ada/Notes', remote: 'file:///srv/cloud/notes' };

describe('defaults', () => {
  it('the gallery keeps content on demand and takes media only, a drive keeps all of everything', () => {
    const { spaces } = resolve({ spaces: { gallery, 'com.example.notes': drive } });
    expect(spaces.get('gallery')).toMatchObject({ content: 'on-demand', mediaOnly: true });
    expect(spaces.get('com.example.notes')).toMatchObject({ content: 'all', mediaOnly: false });
  });

  it('limits of deletion, days of trash and direction are the documented ones', () => {
    expect(resolve({ spaces: { gallery } }).spaces.get('gallery')).toMatchObject({
      deletionLimitFiles: 25,
      deletionLimitShare: 0.25,
      trashDays: 30,
      direction: 'both',
      symlinks: 'skip',
      uriPrefix: '',
      ignore: [],
    });
  });

  it('the caller is a system application with CLOUDFILE_SYNC', () => {
    expect(resolve({ spaces: {} }).caller).toEqual({
      systemApp: true,
      permissions: ['ohos.permission.CLOUDFILE_SYNC'],
    });
  });

  it('the state lies below XDG_STATE_HOME', () => {
    vi.stubEnv('XDG_STATE_HOME', '/var/state');
    expect(resolve({ spaces: {} }).native.stateDir).toBe('/var/state/cloudsync');
    vi.unstubAllEnvs();
  });
});

describe('an error names the key and the fix', () => {
  it.each<[unknown, string, RegExp]>([
    [{ space: {} }, 'space', /did you mean spaces\?/],
    [
      { spaces: { gallery: { ...gallery, remotes: 'x' } } },
      'spaces.gallery.remotes',
      /did you mean remote\?/,
    ],
    [
      { spaces: { gallery: { ...gallery, uriprefix: 'x' } } },
      'spaces.gallery.uriprefix',
      /did you mean uriPrefix\?/,
    ],
    [{ spaces: {}, zzzzzzzzzzzz: 1 }, 'zzzzzzzzzzzz', /known here: stateDir, spaces/],
    [{}, 'spaces', /is missing; write/],
    [{ spaces: [] }, 'spaces', /must be an object, not an array/],
    [{ spaces: { gallery: 7 } }, 'spaces.gallery', /must be an object, not 7/],
    [
      { spaces: { gallery: { remote: 'file:///x' } } },
      'spaces.gallery.root',
      /is missing; write for example/,
    ],
    [
      { spaces: { gallery: { ...gallery, root: 'pictures' } } },
      'spaces.gallery.root',
      /absolute path; write '\/.*pictures'/,
    ],
    [{ spaces: { gallery: { root: '/r' } } }, 'spaces.gallery.remote', /is missing/],
    [
      { spaces: { gallery: { ...gallery, remote: '/srv' } } },
      'spaces.gallery.remote',
      /is not a URL; write/,
    ],
    [
      { spaces: { gallery: { ...gallery, remote: 'ftp://h/x' } } },
      'spaces.gallery.remote',
      /'ftp:'; known are file: s3:/,
    ],
    [
      { spaces: { gallery: { ...gallery, remote: 'file://srv' } } },
      'spaces.gallery.remote',
      /must name a directory/,
    ],
    [
      { spaces: { gallery: { ...gallery, remote: { uri: 'x' } } } },
      'spaces.gallery.remote.uri',
      /did you mean url\?/,
    ],
    [
      { spaces: { gallery: { ...gallery, content: 'some' } } },
      'spaces.gallery.content',
      /'all' or 'on-demand', not 'some'/,
    ],
    [
      { spaces: { gallery: { ...gallery, trashDays: -1 } } },
      'spaces.gallery.trashDays',
      /whole number from 0/,
    ],
    [
      { spaces: { gallery: { ...gallery, trashDays: 1.5 } } },
      'spaces.gallery.trashDays',
      /whole number/,
    ],
    [
      { spaces: { gallery: { ...gallery, deletionLimit: { share: 2 } } } },
      'spaces.gallery.deletionLimit.share',
      /from 0 to 1/,
    ],
    [
      { spaces: { gallery: { ...gallery, ignore: '*.tmp' } } },
      'spaces.gallery.ignore',
      /array of strings/,
    ],
    [{ spaces: {}, caller: { systemApp: 'yes' } }, 'caller.systemApp', /true or false/],
    [{ spaces: {}, device: { battery: 50 } }, 'device.battery', /a function, not 50/],
    [{ spaces: {}, limits: { transfers: 0 } }, 'limits.transfers', /from 1 to 1024/],
    [{ spaces: {}, log: {} }, 'log', /functions debug, info, warn and error/],
    [{ spaces: {}, stateDir: 'state' }, 'stateDir', /absolute path/],
    [7, 'as a whole', /must be an object, not 7/],
  ])('%j', (config, key, message) => {
    const error = thrownBy(() => resolve(config));
    expect(error).toMatchObject({ code: 401, cause: 'invalidArgument', path: key });
    expect(error.message).toContain(key);
    expect(error.message).toMatch(message);
  });

  it('and never shows a URL that may hold a password', () => {
    const config = { spaces: { gallery: { ...gallery, remote: 's3//user:secret@host' } } };
    expect(thrownBy(() => resolve(config)).message).not.toContain('secret');
  });
});

describe('places that would sync each other are refused', () => {
  it.each<[string, object, string]>([
    [
      'a root inside another',
      { gallery, notes: { ...drive, root: '/home/ada/Pictures/notes' } },
      'spaces.notes.root',
    ],
    [
      'the same root twice',
      { gallery, notes: { ...drive, root: '/home/ada/Pictures/' } },
      'spaces.notes.root',
    ],
    [
      'overlapping prefixes',
      { gallery, notes: { ...drive, remote: 'file:///srv/cloud/pictures/notes' } },
      'spaces.notes.remote',
    ],
    [
      'a cloud inside its root',
      { gallery: { ...gallery, remote: 'file:///home/ada/Pictures/cloud' } },
      'spaces.gallery.remote',
    ],
    [
      'a root inside its cloud',
      { gallery: { ...gallery, root: '/srv/cloud/pictures/here' } },
      'spaces.gallery.remote',
    ],
    [
      'prefixes of one bucket',
      {
        gallery: { ...gallery, remote: 's3://bucket/a' },
        notes: { ...drive, remote: 's3://bucket/a/b' },
      },
      'spaces.notes.remote',
    ],
    [
      'the same URI prefix',
      {
        gallery: { ...gallery, uriPrefix: 'file://app/x' },
        notes: { ...drive, uriPrefix: 'file://app/x' },
      },
      'spaces.notes.uriPrefix',
    ],
  ])('%s', (_words, spaces, key) => {
    expect(thrownBy(() => resolve({ spaces, stateDir: '/var/state' }))).toMatchObject({
      path: key,
    });
  });

  it('a state directory inside a root, also through a symbolic link', () => {
    const at = place();
    symlinkSync(at.root, join(at.base, 'link'));
    const config = { ...configOf(at), stateDir: join(at.base, 'link', 'state') };
    const error = thrownBy(() => resolve(config));
    expect(error.path).toBe('stateDir');
    expect(error.message).toContain('inside spaces.gallery.root');
  });

  it('neighbours whose names begin alike are fine', () => {
    const spaces = {
      gallery,
      notes: { root: '/home/ada/Pictures2', remote: 'file:///srv/cloud/pictures2' },
    };
    expect(() => resolve({ spaces, stateDir: '/var/state' })).not.toThrow();
  });
});

describe('watch', () => {
  const watchOf = (watch: unknown) => resolve({ spaces: {}, watch }).native.watch;

  it('is off unless it is asked for', () => {
    expect(watchOf(undefined)).toBeUndefined();
    expect(watchOf(false)).toBeUndefined();
  });

  it('has defaults, each of which can be replaced', () => {
    const defaults = { quietMs: 500, fullRunSeconds: 600, pollSeconds: 60, method: 'best' };
    expect(watchOf(true)).toEqual(defaults);
    expect(watchOf({})).toEqual(defaults);
    expect(watchOf({ quietMs: 0 })).toEqual({ ...defaults, quietMs: 0 });
    expect(watchOf({ fullRunSeconds: 60, method: 'inotify' })).toEqual({
      ...defaults,
      fullRunSeconds: 60,
      method: 'inotify',
    });
  });

  it.each([
    [{ quietMs: -1 }, 'watch.quietMs'],
    [{ fullRunSeconds: 0 }, 'watch.fullRunSeconds'],
    [{ pollSeconds: 0.5 }, 'watch.pollSeconds'],
    [{ method: 'kqueue' }, 'watch.method'],
    [{ quiet: 1 }, 'watch.quiet'],
    ['yes', 'watch'],
    [null, 'watch'],
  ])('refuses %j', (watch, key) => {
    expect(thrownBy(() => watchOf(watch))).toMatchObject({ cause: 'invalidArgument', path: key });
  });
});

it.each([[{ spaces: { gallery: { ...gallery, quota: { bytes: 1 } } } }, 'spaces.gallery.quota']])(
  'what is planned says so: %j',
  (config, key) => {
    expect(thrownBy(() => resolve(config))).toMatchObject({ cause: 'notYet', path: key });
  },
);

it('credentials and headers go down under their own names, and not in the URL', () => {
  const remote = {
    url: 's3://bucket/prefix',
    credentials: { accessKeyId: 'id', secretAccessKey: 'key' },
    headers: { 'x-team': 'a' },
  };
  expect(
    resolve({ spaces: { gallery: { ...gallery, remote } } }).spaces.get('gallery')?.remote,
  ).toEqual({
    url: 's3://bucket/prefix',
    options: {
      'credentials.accessKeyId': 'id',
      'credentials.secretAccessKey': 'key',
      'headers.x-team': 'a',
    },
  });
});

describe('a configuration file', () => {
  it('holds the same object as JSON', () => {
    const at = place();
    const file = join(at.base, 'config.json');
    writeFileSync(file, JSON.stringify(configOf(at)));
    expect(resolve(file).native.stateDir).toBe(at.stateDir);
  });

  it('that does not exist, or is not JSON, is an error that names it', () => {
    const file = join(tempDir(), 'config.json');
    expect(thrownBy(() => resolve(file))).toMatchObject({ cause: 'notFound', path: file });
    writeFileSync(file, '{ spaces');
    expect(thrownBy(() => resolve(file))).toMatchObject({ cause: 'invalidArgument', path: file });
  });

  it('is the one that CLOUDSYNC_CONFIG names, else the one in the working directory, else none', () => {
    const directory = tempDir();
    const write = (name: string, space: string) => {
      const config = { spaces: { [space]: { root: `/r/${space}`, remote: `file:///c/${space}` } } };
      writeFileSync(join(directory, name), JSON.stringify(config));
    };
    expect([...defaultConfig({}, directory).spaces.keys()]).toEqual([]);
    write('cloudsync.config.json', 'here');
    expect([...defaultConfig({}, directory).spaces.keys()]).toEqual(['here']);
    mkdirSync(join(directory, 'etc'));
    write('etc/other.json', 'named');
    expect([
      ...defaultConfig({ CLOUDSYNC_CONFIG: 'etc/other.json' }, directory).spaces.keys(),
    ]).toEqual(['named']);
  });
});

it('a logger is called as the object it is', () => {
  const lines: string[] = [];
  const log = {
    prefix: 'cloudsync',
    debug() {},
    info() {},
    warn(this: { prefix: string }, _details: object, message: string) {
      lines.push(`${this.prefix}: ${message}`);
    },
    error() {},
  };
  resolve({ spaces: {}, log }).log?.warn({}, 'hello');
  expect(lines).toEqual(['cloudsync: hello']);
});

it('the nearest word is the one with the fewest changes, or none', () => {
  expect(nearestWord('stateDirectory', ['stateDir', 'spaces'])).toBe('stateDir');
  expect(nearestWord('galery', ['gallery', 'drive'])).toBe('gallery');
  expect(nearestWord('xyz', ['stateDir', 'spaces'])).toBeUndefined();
});
