import * as processCloudSync from './cloud-sync.js';
import * as manager from './cloud-sync-manager.js';
import type { Config } from './config.js';
import type { Engine, EntryPage, TrashPage } from './engine.js';
import { BusinessError } from './errors.js';
import { fileSyncStateOf } from './file-state.js';
import { boundTo, Host, processHost } from './host.js';
import { openEngine } from './native.js';
import { resolveConfig } from './resolve-config.js';
import type { ResolvedConfig } from './resolve-config.js';
import type {
  BandwidthLimits,
  Callback,
  EntryInfo,
  Notice,
  OlderVersion,
  Plan,
  RemoveOptions,
  RunProgress,
  TrashEntry,
} from './types.js';
import {
  booleanArgument,
  countArgument,
  filledStringArgument,
  listenerArgument,
  stringArgument,
} from './validate.js';

const pageSize = 1000;

/** What a device tells beyond the reference API. */
export interface DeviceEvents {
  /** How far runs are, at most ten times a second for each space. */
  progress: RunProgress;
  /** What was set aside or failed. */
  notice: Notice;
}

/** An open device. */
export interface Device extends AsyncDisposable {
  /** The reference API, acting on this device. */
  readonly cloudSync: typeof processCloudSync;
  readonly cloudSyncManager: typeof manager;
  /** Adds a listener. It does not keep the process alive. */
  on<E extends keyof DeviceEvents>(event: E, listener: Callback<DeviceEvents[E]>): void;
  /** Removes one listener, or all of the event. */
  off<E extends keyof DeviceEvents>(event: E, listener?: Callback<DeviceEvents[E]>): void;
  /** Settles when no run, transfer or freeing is active or pending. */
  whenIdle(): Promise<void>;
  /**
   * The entries of a space in the order of their paths, whether they are in the cloud, here, or only
   * here because no run has seen them yet; only those whose path begins with `prefix`, if it is
   * given. They are those that `getFileSyncState` has an answer for: what was deleted here, symbolic
   * links and what a gallery ignores are none. What the cloud holds is known from the last run.
   *
   * Read in pages, however many they are: entries that come or go meanwhile may be seen or not.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 22400001 (`remoteNotReady`: no such
   *   space) · 13600001 (`unavailable`)
   * @example
   * ```ts
   * for await (const { path, state } of device.list('gallery')) console.log(path, state);
   * ```
   */
  list(space: string, prefix?: string): AsyncIterable<EntryInfo>;
  /**
   * Limits what all spaces of this device together send to, and fetch from, remotes on the network:
   * in bytes a second, from now on, transfers that are under way included. 0, or left out: as fast as
   * it goes. At its opening a device takes `limits` of the configuration.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 13600001 (`unavailable`)
   * @example
   * ```ts
   * device.limitBandwidth({ uploadBytesPerSecond: 500_000 });
   * ```
   */
  limitBandwidth(limits: BandwidthLimits): void;
  /**
   * What a run would do now, and why something waits for a person, if it does. While a run is going
   * on it is the plan of that run. A space whose root or remote is not the one that it was has no
   * plan, but a halt that says so.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 22400001 (`remoteNotReady`: no such
   *   space) · 22400002 (`network`) · 13600001 (`unavailable`)
   * @example
   * ```ts
   * const { id, halts } = await device.plan('gallery');
   * for (const { message } of halts) console.log(message);
   * ```
   */
  plan(space: string): Promise<Plan>;
  /**
   * Says yes to what waits under the id of a plan: exactly to those operations, as long as both
   * sides are as the plan has seen them. It starts no run: the next one carries them out. What comes
   * new waits again; what is different by then is left alone. Survives a restart.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 13900002 (`notFound`: nothing waits under
   *   this id any more; look at the plan again) · 13900001 (`halted`: there is nothing to say yes to)
   * @example
   * ```ts
   * const plan = await device.plan('gallery');
   * if (plan.halted !== undefined && (await ask(plan.halts, plan.ops))) {
   *   await device.confirm(plan.id);
   *   await new device.cloudSync.GallerySync().start();
   * }
   * ```
   */
  confirm(planId: string): Promise<void>;
  /** Planned. */
  conflicts(space: string): AsyncIterable<never>;
  /** Planned. */
  metrics(): never;
  /**
   * Removes a file, or a directory, here and in the cloud, also what is only in the cloud. Files go
   * into the trash of each side (see {@link Device.trash}). Settles when both sides are done; nothing
   * has changed when the cloud cannot be reached.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 14000002 (`invalidUri`) · 13900002
   *   (`notFound`) · 13900032 (`notEmpty`: a directory that holds anything, without `recursive`) ·
   *   13900010 (`conflict`: changed in the cloud since the last run) · 13900014 (`busy`: open for
   *   writing) · 22400002 (`network`)
   * @example
   * ```ts
   * await device.remove('file:///home/ada/Pictures/2019', { recursive: true });
   * ```
   */
  remove(uri: string, options?: RemoveOptions): Promise<void>;
  /**
   * Gives a file or a directory another name here and in the cloud, also what is only in the cloud,
   * without transferring its content. Both URIs are of one space. Nothing is overwritten.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 14000002 (`invalidUri`) · 13900002
   *   (`notFound`) · 13900015 (`exists`: the new name is taken) · 13900010 (`conflict`: changed in
   *   the cloud since the last run) · 22400002 (`network`)
   * @example
   * ```ts
   * await device.move('file:///home/ada/Pictures/a.jpg', 'file:///home/ada/Pictures/b.jpg');
   * ```
   */
  move(uri: string, to: string): Promise<void>;
  /**
   * What was removed or replaced in a space and can be brought back: first what lies on this device,
   * the newest round first, then what lies in the cloud. It stays for `trashDays` of the space.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 22400001 (`remoteNotReady`: no such
   *   space) · 22400002 (`network`)
   * @example
   * ```ts
   * for await (const { path, removedAt } of device.trash('gallery')) console.log(path, removedAt);
   * ```
   */
  trash(space: string): AsyncIterable<TrashEntry>;
  /**
   * Brings an entry of {@link Device.trash} back, and tells the path where it is now: its own, or,
   * when something stands there by now, one beside it. From the cloud's trash it comes back in the
   * cloud, and to this device with the next run; from the local one it goes up with the next run.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 13900002 (`notFound`) · 13900010
   *   (`conflict`: the cloud has something of this name) · 22400002 (`network`)
   * @example
   * ```ts
   * const path = await device.restore('gallery', entry.id);
   * ```
   */
  restore(space: string, id: string): Promise<string>;
  /**
   * The older contents of a file that the cloud keeps, newest first; empty where it keeps none.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 14000002 (`invalidUri`) · 22400002
   *   (`network`)
   * @example
   * ```ts
   * const [newest] = await device.versions(uri);
   * ```
   */
  versions(uri: string): Promise<OlderVersion[]>;
  /**
   * Makes an older content of a file the current one in the cloud, from where the next run brings it
   * here. The content that it replaces becomes a version.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 14000002 (`invalidUri`) · 13900002
   *   (`notFound`: no such version) · 13900010 (`conflict`: changed in the cloud meanwhile) ·
   *   801 (`notSupported`: the remote keeps no versions) · 22400002 (`network`)
   * @example
   * ```ts
   * await device.restoreVersion(uri, newest.id);
   * ```
   */
  restoreVersion(uri: string, id: string): Promise<void>;
  /**
   * Ends the connection between a space's root and its remote: this device forgets everything about
   * it. Files stay as they are on both sides, also those that are only in the cloud. A run that is
   * going on is stopped; the next one is a first one: it brings both sides together and deletes
   * nothing.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 22400001 (`remoteNotReady`: no such space)
   * @example
   * ```ts
   * await device.unlink('gallery');
   * ```
   */
  unlink(space: string): Promise<void>;
  /**
   * Closes it: running work is stopped and can be resumed. Idempotent. What other workers of this
   * process do on the same device goes on.
   */
  close(): Promise<void>;
}

class OpenedDevice implements Device {
  readonly cloudSync: typeof processCloudSync;
  readonly cloudSyncManager = manager;
  readonly #host: Host;
  readonly #engine: Engine;

  constructor(host: Host, engine: Engine) {
    this.#host = host;
    this.#engine = engine;
    this.cloudSync = host === processHost ? processCloudSync : cloudSyncOf(host);
  }

  on<E extends keyof DeviceEvents>(event: E, listener: Callback<DeviceEvents[E]>): void;
  on(event: unknown, listener: unknown): void {
    if (event === 'progress') this.#host.progress.add(listenerArgument<RunProgress>(listener));
    else if (event === 'notice') this.#host.notices.add(listenerArgument<Notice>(listener));
    else throw unknownEvent(event);
  }

  off<E extends keyof DeviceEvents>(event: E, listener?: Callback<DeviceEvents[E]>): void;
  off(event: unknown, listener?: unknown): void {
    const given = listener !== undefined;
    if (event === 'progress') {
      this.#host.progress.remove(given ? listenerArgument<RunProgress>(listener) : undefined);
    } else if (event === 'notice') {
      this.#host.notices.remove(given ? listenerArgument<Notice>(listener) : undefined);
    } else {
      throw unknownEvent(event);
    }
  }

  whenIdle(): Promise<void> {
    return this.#engine.whenIdle();
  }

  async *list(space: string, prefix = ''): AsyncGenerator<EntryInfo> {
    stringArgument(space, 'space');
    stringArgument(prefix, 'prefix');
    let after: string | undefined = '';
    try {
      while (after !== undefined) {
        const page: EntryPage = await this.#engine.list(space, prefix, after, pageSize);
        after = page.next;
        yield* page.entries;
      }
    } finally {
      // Left before its end: what the engine keeps for the next page may go.
      if (after !== undefined && after !== '') await this.#engine.leaveList(space, prefix, after);
    }
  }

  limitBandwidth({ uploadBytesPerSecond = 0, downloadBytesPerSecond = 0 }: BandwidthLimits): void {
    this.#engine.limitBandwidth(
      countArgument(uploadBytesPerSecond, 'uploadBytesPerSecond'),
      countArgument(downloadBytesPerSecond, 'downloadBytesPerSecond'),
    );
  }

  async plan(space: string): Promise<Plan> {
    return await this.#engine.plan(stringArgument(space, 'space'));
  }

  async confirm(planId: string): Promise<void> {
    await this.#engine.confirm(filledStringArgument(planId, 'planId'));
  }

  conflicts(): AsyncIterable<never> {
    throw notYet('conflicts()', 'look for files with "(conflict" in their name');
  }

  metrics(): never {
    throw notYet('metrics()', "listen to device.on('progress')");
  }

  async remove(uri: string, options: RemoveOptions = {}): Promise<void> {
    const { recursive = false } = options;
    const depth = booleanArgument(recursive, 'recursive') ? 'withContent' : 'alone';
    await this.#engine.remove(stringArgument(uri, 'uri'), depth);
  }

  async move(uri: string, to: string): Promise<void> {
    await this.#engine.move(stringArgument(uri, 'uri'), stringArgument(to, 'to'));
  }

  async *trash(space: string): AsyncGenerator<TrashEntry> {
    stringArgument(space, 'space');
    let after: string | undefined = '';
    while (after !== undefined) {
      const page: TrashPage = await this.#engine.trash(space, after);
      after = page.next;
      yield* page.entries;
    }
  }

  async restore(space: string, id: string): Promise<string> {
    return await this.#engine.restore(
      stringArgument(space, 'space'),
      filledStringArgument(id, 'id'),
    );
  }

  async versions(uri: string): Promise<OlderVersion[]> {
    return await this.#engine.versions(stringArgument(uri, 'uri'));
  }

  async restoreVersion(uri: string, id: string): Promise<void> {
    await this.#engine.restoreVersion(stringArgument(uri, 'uri'), filledStringArgument(id, 'id'));
  }

  async unlink(space: string): Promise<void> {
    await this.#engine.unlink(stringArgument(space, 'space'));
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function notYet(what: string, meanwhile: string): BusinessError {
  return new BusinessError('notYet', `${what} is planned for a later version; ${meanwhile}`);
}

function unknownEvent(event: unknown): BusinessError {
  return new BusinessError('invalidArgument', `'${String(event)}' is neither progress nor notice`);
}

/** The namespace `cloudSync` of another device. */
function cloudSyncOf(host: Host): typeof processCloudSync {
  return Object.freeze({
    ...processCloudSync,
    CloudFileCache: boundTo(host, processCloudSync.CloudFileCache),
    Download: boundTo(host, processCloudSync.Download),
    FileSync: boundTo(host, processCloudSync.FileSync),
    GallerySync: boundTo(host, processCloudSync.GallerySync),
    getFileSyncState: fileSyncStateOf(host),
  });
}

/**
 * Opens a further device of this process, with namespaces of its own. Settles when it is open; a
 * run or download that a crash cut off is not started by that.
 *
 * @param config the configuration, or the path of a JSON file that holds it
 * @throws {@link BusinessError} later: 401 (`invalidArgument`: names the key and what to write
 *   instead) · 13900031 (`notYet`) · 13900002 (`notFound`: no such file) · 13600001 (`locked`:
 *   names the process that owns the state directory)
 * @example
 * ```ts
 * await using other = await openDevice({ stateDir, spaces: { gallery: { root, remote } } });
 * await new other.cloudSync.GallerySync().start();
 * ```
 */
export async function openDevice(config: Config | string): Promise<Device> {
  return await openOn(new Host(), resolveConfig(config));
}

async function openOn(host: Host, config: ResolvedConfig): Promise<Device> {
  const engine = await openEngine(config.native, host);
  host.use(config, engine);
  return new OpenedDevice(host, engine);
}

// One after the other: a second call closes what the first one opened.
let configuring: Promise<unknown> = Promise.resolve();

/**
 * Opens the device of this process: the one that the exported `cloudSync` acts on. Without a call,
 * its first use opens it from the file named by `CLOUDSYNC_CONFIG`, from `./cloudsync.config.json`,
 * or without any space. Called again, it closes that device and opens the new one; listeners stay.
 *
 * @param config the configuration, or the path of a JSON file that holds it
 * @throws {@link BusinessError} as {@link openDevice}
 * @example
 * ```ts
 * const device = await configure({
 *   spaces: { gallery: { root: '/home/ada/Pictures', remote: 'file:///srv/cloud/pictures' } },
 * });
 * await new cloudSync.GallerySync().start();
 * await device.whenIdle();
 * ```
 */
export async function configure(config: Config | string): Promise<Device> {
  const work = configuring.then(async () => {
    const resolved = resolveConfig(config);
    await processHost.current?.close();
    return await openOn(processHost, resolved);
  });
  configuring = work.catch(() => undefined);
  return await work;
}
