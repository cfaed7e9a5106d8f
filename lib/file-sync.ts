import { checkSystemApp } from './access.js';
import { settle } from './callback.js';
import { hostOf } from './host.js';
import type { Host } from './host.js';
import { SpaceSync } from './space-sync.js';
import type { AsyncCallback, Callback, SyncProgress } from './types.js';
import { BusinessError } from './errors.js';
import {
  callbackArgument,
  countedArguments,
  eventArgument,
  filledStringArgument,
  listenerArgument,
} from './validate.js';

/**
 * Sync of a drive: the space of one bundle name.
 *
 * @example
 * ```ts
 * const notes = new cloudSync.FileSync('com.example.notes');
 * await notes.start();
 * console.log(new Date(await notes.getLastSyncTime()));
 * ```
 */
export class FileSync {
  readonly #sync: SpaceSync;

  /**
   * @param bundleName the drive. Absent: `caller.bundleName` of the configuration, or its only drive
   * @throws {@link BusinessError} 401 (`invalidArgument`); with a bundle name 202 (`notSystemApp`)
   */
  constructor(bundleName?: string);
  constructor(...args: unknown[]) {
    const [bundleName] = countedArguments(args, 0, 1);
    const host = hostOf(new.target);
    if (bundleName === undefined) {
      this.#sync = new SpaceSync(host, () => ownDrive(host));
      return;
    }
    const drive = filledStringArgument(bundleName, 'bundleName');
    if (drive === 'gallery') {
      throw new BusinessError('invalidArgument', "'gallery' is no bundle name; use GallerySync");
    }
    checkSystemApp(host.config.caller);
    this.#sync = new SpaceSync(host, () => drive);
  }

  /**
   * Adds a listener for the state of runs. It is told the current state first, in a moment: the one
   * before the first run is COMPLETED, afterwards it survives restarts. The same function twice
   * counts once. A listener alone does not keep the process alive.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 13600001 (`locked`, `unavailable`) when
   *   the device cannot be opened
   * @example
   * ```ts
   * notes.on('progress', ({ state, error }) => console.log(state, error));
   * ```
   */
  on(event: 'progress', callback: Callback<SyncProgress>): void;
  on(...args: unknown[]): void {
    const [event, callback] = countedArguments(args, 2, 2);
    eventArgument(event, 'progress');
    this.#sync.on(listenerArgument<SyncProgress>(callback));
  }

  /**
   * Removes one listener, or all of them. One that is not there is no error.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`)
   * @example
   * ```ts
   * notes.off('progress');
   * ```
   */
  off(event: 'progress', callback?: Callback<SyncProgress>): void;
  off(...args: unknown[]): void {
    const [event, callback] = countedArguments(args, 1, 2);
    eventArgument(event, 'progress');
    this.#sync.off(callback === undefined ? undefined : listenerArgument<SyncProgress>(callback));
  }

  /**
   * Starts a run, or has the running one followed by one more. Settles when it is accepted; how it
   * goes is told to the listeners. It keeps the process alive until its final state. A run that was
   * stopped, or cut off by a crash, goes on where it was: nothing moves twice.
   *
   * @returns nothing when a callback is given
   * @throws {@link BusinessError} at once 401 (`invalidArgument`); later 22400002 (`network`) ·
   *   22400001 (`remoteNotReady`: not configured, credentials refused, directory or bucket missing)
   *   · 22400003 (`lowBattery`) · 13600001 (`locked`, `unavailable`)
   * @example
   * ```ts
   * await notes.start();
   * ```
   */
  start(): Promise<void>;
  start(callback: AsyncCallback<void>): void;
  start(...args: unknown[]): Promise<void> | undefined {
    const [callback] = countedArguments(args, 0, 1);
    const answer: AsyncCallback<void> | undefined = callbackArgument(callback);
    return settle(this.#sync.start(), answer);
  }

  /**
   * Stops the run. Settles when nothing of it is active any more; at once when none is.
   *
   * @returns nothing when a callback is given
   * @throws {@link BusinessError} at once 401 (`invalidArgument`); later 13600001 (`unavailable`)
   * @example
   * ```ts
   * await notes.stop();
   * ```
   */
  stop(): Promise<void>;
  stop(callback: AsyncCallback<void>): void;
  stop(...args: unknown[]): Promise<void> | undefined {
    const [callback] = countedArguments(args, 0, 1);
    const answer: AsyncCallback<void> | undefined = callbackArgument(callback);
    return settle(this.#sync.stop(), answer);
  }

  /**
   * When the last run that ended with COMPLETED and no error did so: ms since the epoch, 0 when
   * none has. Survives restarts.
   *
   * @returns nothing when a callback is given
   * @throws {@link BusinessError} at once 401 (`invalidArgument`); later 13600001 (`unavailable`)
   * @example
   * ```ts
   * const time = await notes.getLastSyncTime();
   * ```
   */
  getLastSyncTime(): Promise<number>;
  getLastSyncTime(callback: AsyncCallback<number>): void;
  getLastSyncTime(...args: unknown[]): Promise<number> | undefined {
    const [callback] = countedArguments(args, 0, 1);
    const answer = callbackArgument<number>(callback);
    return settle(this.#sync.lastSyncTime(), answer);
  }
}

/** The drive of a caller that names none; '' when it cannot be told. */
function ownDrive(host: Host): string {
  const { caller, spaces } = host.config;
  if (caller.bundleName !== undefined) return caller.bundleName;
  const drives = [...spaces.keys()].filter((name) => name !== 'gallery');
  return drives.length === 1 ? (drives[0] ?? '') : '';
}
