import { checkSyncAccess } from './access.js';
import { settle } from './callback.js';
import { Downloads } from './downloads.js';
import { hostOf } from './host.js';
import type { Host } from './host.js';
import type { AsyncCallback, Callback, DownloadProgress } from './types.js';
import {
  callbackArgument,
  countedArguments,
  eventArgument,
  filledStringArgument,
  listenerArgument,
} from './validate.js';

/**
 * Downloads of files of the gallery whose content is in the cloud only.
 *
 * The events of a file go to the listeners of the object that started it. System API: demands
 * `ohos.permission.CLOUDFILE_SYNC` and a system application, as `caller` of the configuration says.
 *
 * @example
 * ```ts
 * const download = new cloudSync.Download();
 * download.on('progress', ({ processed, size }) => console.log(`${processed} of ${size} bytes`));
 * await download.start(uri);
 * ```
 */
export class Download {
  readonly #host: Host;
  readonly #downloads: Downloads;

  /** @throws {@link BusinessError} 401 (`invalidArgument`) when it is given arguments */
  constructor();
  constructor(...args: unknown[]) {
    countedArguments(args, 0, 0);
    this.#host = hostOf(new.target);
    this.#downloads = new Downloads(this.#host);
  }

  /**
   * Adds a listener for the downloads that this object started: at least one event RUNNING, bytes
   * that never decrease, and one final event. The same function twice counts once.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 201 (`accessDenied`) · 202
   *   (`notSystemApp`)
   * @example
   * ```ts
   * download.on('progress', ({ uri, state }) => console.log(uri, state));
   * ```
   */
  on(event: 'progress', callback: Callback<DownloadProgress>): void;
  on(...args: unknown[]): void {
    const [event, callback] = countedArguments(args, 2, 2);
    checkSyncAccess(this.#host.config.caller);
    eventArgument(event, 'progress');
    this.#downloads.listeners.add(listenerArgument<DownloadProgress>(callback));
  }

  /**
   * Removes one listener, or all of them. One that is not there is no error.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 201 (`accessDenied`) · 202
   *   (`notSystemApp`)
   * @example
   * ```ts
   * download.off('progress');
   * ```
   */
  off(event: 'progress', callback?: Callback<DownloadProgress>): void;
  off(...args: unknown[]): void {
    const [event, callback] = countedArguments(args, 1, 2);
    checkSyncAccess(this.#host.config.caller);
    eventArgument(event, 'progress');
    const listener =
      callback === undefined ? undefined : listenerArgument<DownloadProgress>(callback);
    this.#downloads.listeners.remove(listener);
  }

  /**
   * Starts to download a file. Settles when that is admitted; the listeners are told how it goes.
   * It keeps the process alive until its final event. Starting a file that is on its way joins it;
   * one whose content is here and verified is COMPLETED at once, without a request. What had arrived
   * when a process ended is not fetched again, if the file in the cloud is still the same.
   *
   * @param uri the file's URI; see `fileUri.getUriFromPath`
   * @returns nothing when a callback is given
   * @throws {@link BusinessError} at once 401 (`invalidArgument`); later 201 (`accessDenied`) · 202
   *   (`notSystemApp`) · 401 (`invalidUri`: in no space) · 13900002 (`notFound`: not known there) ·
   *   13900025 (`noSpace`: not enough local space for the file) · 13600001 (`locked`,
   *   `unavailable`)
   * @example
   * ```ts
   * await download.start(fileUri.getUriFromPath('/home/ada/Pictures/a.jpg'));
   * ```
   */
  start(uri: string): Promise<void>;
  start(uri: string, callback: AsyncCallback<void>): void;
  start(...args: unknown[]): Promise<void> | undefined {
    const [uri, callback] = countedArguments(args, 1, 2);
    const file = filledStringArgument(uri, 'uri');
    const answer: AsyncCallback<void> | undefined = callbackArgument(callback);
    return settle(this.#start(file), answer);
  }

  /**
   * Stops the download of a file and removes what had arrived of it. Settles when it has really
   * ended; at once when it was not running.
   *
   * @param uri the file's URI
   * @returns nothing when a callback is given
   * @throws {@link BusinessError} at once 401 (`invalidArgument`); later 201 (`accessDenied`) · 202
   *   (`notSystemApp`) · 401 (`invalidUri`: in no space) · 13600001 (`unavailable`)
   * @example
   * ```ts
   * await download.stop(uri);
   * ```
   */
  stop(uri: string): Promise<void>;
  stop(uri: string, callback: AsyncCallback<void>): void;
  stop(...args: unknown[]): Promise<void> | undefined {
    const [uri, callback] = countedArguments(args, 1, 2);
    const file = filledStringArgument(uri, 'uri');
    const answer: AsyncCallback<void> | undefined = callbackArgument(callback);
    return settle(this.#stop(file), answer);
  }

  async #start(uri: string): Promise<void> {
    checkSyncAccess(this.#host.config.caller);
    await this.#downloads.start(uri, 'invalidArgument');
  }

  async #stop(uri: string): Promise<void> {
    checkSyncAccess(this.#host.config.caller);
    await this.#downloads.stop(uri, 'remove', 'invalidArgument');
  }
}
