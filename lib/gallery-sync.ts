import { checkSyncAccess } from './access.js';
import { settle } from './callback.js';
import { hostOf } from './host.js';
import type { Host } from './host.js';
import { SpaceSync } from './space-sync.js';
import type { AsyncCallback, Callback, SyncProgress } from './types.js';
import { callbackArgument, countedArguments, eventArgument, listenerArgument } from './validate.js';

/**
 * Sync of the space `gallery`: pictures and videos.
 *
 * A run fetches first, then uploads. It is the process's, not the object's: every `GallerySync`
 * hears of every run. System API: demands `ohos.permission.CLOUDFILE_SYNC` and a system
 * application, as `caller` of the configuration says.
 *
 * @example
 * ```ts
 * const gallery = new cloudSync.GallerySync();
 * gallery.on('progress', ({ state }) => console.log(state));
 * await gallery.start();
 * ```
 */
export class GallerySync {
  readonly #host: Host;
  readonly #sync: SpaceSync;

  /** @throws {@link BusinessError} 401 (`invalidArgument`) when it is given arguments */
  constructor();
  constructor(...args: unknown[]) {
    countedArguments(args, 0, 0);
    this.#host = hostOf(new.target);
    this.#sync = new SpaceSync(this.#host, () => 'gallery');
  }

  /**
   * Adds a listener for the state of runs. It is told the current state first, in a moment: the one
   * before the first run is COMPLETED, afterwards it survives restarts. The same function twice
   * counts once. A listener alone does not keep the process alive.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 201 (`accessDenied`) · 202
   *   (`notSystemApp`) · 13600001 (`locked`, `unavailable`) when the device cannot be opened
   * @example
   * ```ts
   * gallery.on('progress', ({ state, error }) => console.log(state, error));
   * ```
   */
  on(event: 'progress', callback: Callback<SyncProgress>): void;
  on(...args: unknown[]): void {
    const [event, callback] = countedArguments(args, 2, 2);
    eventArgument(event, 'progress');
    const listener = listenerArgument<SyncProgress>(callback);
    checkSyncAccess(this.#host.config.caller);
    this.#sync.on(listener);
  }

  /**
   * Removes one listener, or all of them. One that is not there is no error.
   *
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 201 (`accessDenied`) · 202
   *   (`notSystemApp`) · 13600001 (`unavailable`)
   * @example
   * ```ts
   * gallery.off('progress');
   * ```
   */
  off(event: 'progress', callback?: Callback<SyncProgress>): void;
  off(...args: unknown[]): void {
    const [event, callback] = countedArguments(args, 1, 2);
    eventArgument(event, 'progress');
    const listener = callback === undefined ? undefined : listenerArgument<SyncProgress>(callback);
    checkSyncAccess(this.#host.config.caller);
    this.#sync.off(listener);
  }

  /**
   * Starts a run, or has the running one followed by one more. Settles when it is accepted; how it
   * goes is told to the listeners. It keeps the process alive until its final state. A run that was
   * stopped, or cut off by a crash, goes on where it was: nothing moves twice.
   *
   * @returns nothing when a callback is given
   * @throws {@link BusinessError} at once 401 (`invalidArgument`); later 201 (`accessDenied`) · 202
   *   (`notSystemApp`) · 22400002 (`network`) · 22400001 (`remoteNotReady`: not configured,
   *   credentials refused, directory or bucket missing) · 22400003 (`lowBattery`) · 13600001
   *   (`locked`, `unavailable`)
   * @example
   * ```ts
   * await gallery.start();
   * gallery.start((err) => console.log(err ? err.message : 'accepted'));
   * ```
   */
  start(): Promise<void>;
  start(callback: AsyncCallback<void>): void;
  start(...args: unknown[]): Promise<void> | undefined {
    const [callback] = countedArguments(args, 0, 1);
    const answer: AsyncCallback<void> | undefined = callbackArgument(callback);
    return settle(this.#start(), answer);
  }

  /**
   * Stops the run. Settles when nothing of it is active any more; at once when none is.
   *
   * @returns nothing when a callback is given
   * @throws {@link BusinessError} at once 401 (`invalidArgument`); later 201 (`accessDenied`) · 202
   *   (`notSystemApp`) · 13600001 (`unavailable`)
   * @example
   * ```ts
   * await gallery.stop();
   * ```
   */
  stop(): Promise<void>;
  stop(callback: AsyncCallback<void>): void;
  stop(...args: unknown[]): Promise<void> | undefined {
    const [callback] = countedArguments(args, 0, 1);
    const answer: AsyncCallback<void> | undefined = callbackArgument(callback);
    return settle(this.#stop(), answer);
  }

  async #start(): Promise<void> {
    checkSyncAccess(this.#host.config.caller);
    await this.#sync.start();
  }

  async #stop(): Promise<void> {
    checkSyncAccess(this.#host.config.caller);
    await this.#sync.stop();
  }
}
