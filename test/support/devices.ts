import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openDevice } from '../../lib/index.js';
import type { Config, Device, DownloadProgress, SyncProgress } from '../../lib/index.js';
import type { Cloud } from './clouds.js';
import { configOf, place } from './temp-dir.js';
import type { Place } from './temp-dir.js';

export const drive = 'com.example.notes';

/** An open device with one space, and where its things lie. */
export interface Opened extends Place {
  readonly device: Device;
  readonly cloudSync: Device['cloudSync'];
  /** Writes a file below the root. */
  write(path: string, content: string | Buffer): void;
  uri(path: string): string;
  /** Runs the space's sync to its end; resolves with the states that it went through. */
  sync(): Promise<SyncProgress[]>;
}

export interface Options {
  /** `gallery`, or the bundle name of a drive. Default: a drive. */
  readonly name?: string;
  /** Of the space. */
  readonly space?: object;
  /** Of the configuration. */
  readonly more?: Partial<Config>;
  /** What the space is kept in sync with. Default: the place's own directory. */
  readonly cloud?: Cloud;
  /** Another device's place whose cloud this one shares. */
  readonly cloudOf?: Place;
  /** Where its things lie. Default: a new place. */
  readonly at?: Place;
}

/** Opens a device for this test; it is closed when the test has finished. */
export async function opened(options: Options = {}): Promise<Opened> {
  const { name = drive, more = {}, cloud, cloudOf, at: own = place() } = options;
  const at = cloudOf === undefined ? own : { ...own, cloud: cloudOf.cloud };
  const space = cloud === undefined ? options.space : { remote: cloud.remote, ...options.space };
  const device = await openDevice({ ...configOf(at, name, space), ...more });
  onTestFinished(() => device.close());
  const { cloudSync } = device;
  return {
    ...at,
    device,
    cloudSync,
    write(path, content) {
      const file = join(at.root, path);
      if (!existsSync(dirname(file))) mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    },
    uri: (path) => `file://${join(at.root, path)}`,
    async sync() {
      const { GallerySync, FileSync } = cloudSync;
      const sync = name === 'gallery' ? new GallerySync() : new FileSync(name);
      const states: SyncProgress[] = [];
      sync.on('progress', (progress) => states.push(progress));
      await sync.start();
      await device.whenIdle();
      await finalState(states);
      sync.off('progress');
      return states;
    },
  };
}

/** States arrive in a moment: waits for the one that ends the run (the first is the replayed one). */
async function finalState(states: SyncProgress[]): Promise<void> {
  const busy: readonly number[] = [0, 2];
  await expect
    .poll(() => states.length > 1 && !busy.includes(states.at(-1)?.state ?? 0))
    .toBe(true);
}

/** A second device whose space is on demand: it knows every file and has none. */
export async function secondDevice(first: Opened, options: Options = {}): Promise<Opened> {
  const second = await opened({
    ...options,
    cloudOf: first,
    space: { content: 'on-demand', ...options.space },
  });
  await second.sync();
  return second;
}

/** Downloads a file; resolves with all its events. */
export async function downloaded(on: Opened, uri: string): Promise<DownloadProgress[]> {
  const download = new on.cloudSync.Download();
  const events: DownloadProgress[] = [];
  const ended = new Promise<void>((resolve) => {
    download.on('progress', (event) => {
      events.push(event);
      if (event.state !== on.cloudSync.State.RUNNING) resolve();
    });
  });
  await download.start(uri);
  await ended;
  return events;
}

/** The bytes of a very small picture. */
export const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
