import { conditionsFor } from './conditions.js';
import { ErrorType, SyncState } from './enums.js';
import { BusinessError } from './errors.js';
import type { ErrorCause } from './errors.js';
import type { Host, SyncObserver } from './host.js';
import { later } from './callback.js';
import { callListener, Listeners } from './listeners.js';
import type { Callback, SyncProgress } from './types.js';

const neverRun: SyncProgress = { state: SyncState.COMPLETED, error: ErrorType.NO_ERROR };

/** What GallerySync and FileSync have in common: the runs of one space, and who listens to them. */
export class SpaceSync implements SyncObserver {
  readonly #host: Host;
  readonly #space: () => string;
  readonly #listeners = new Listeners<SyncProgress>();

  /** @param space the name of the space, asked when it is needed: the device may not be open yet */
  constructor(host: Host, space: () => string) {
    this.#host = host;
    this.#space = space;
  }

  get space(): string {
    return this.#space();
  }

  /** A new listener is told the current state first. */
  on(listener: Callback<SyncProgress>): void {
    const now = this.#currentState(); // throws when the device cannot be opened, or is closed
    if (!this.#listeners.add(listener)) return;
    this.#host.observe(this);
    queueMicrotask(() => {
      if (this.#listeners.has(listener)) callListener(listener, now);
    });
  }

  off(listener?: Callback<SyncProgress>): void {
    this.#listeners.remove(listener);
    if (this.#listeners.size === 0) this.#host.ignore(this);
  }

  deliver(progress: SyncProgress): void {
    this.#listeners.emit(() => ({ ...progress }));
  }

  /** In the documented order: network, state of the cloud, battery. The engine checks the last two. */
  async start(): Promise<void> {
    const { config } = this.#host;
    const space = config.spaces.get(this.space);
    if (space === undefined) throw this.#notConfigured();
    const conditions = conditionsFor(space.remote.url, config.providers);
    if (!conditions.networkAvailable) {
      throw new BusinessError('network', 'this device has no network', { path: this.space });
    }
    try {
      await this.#host.engine.startSync(this.space, conditions);
    } catch (error) {
      throw documented(error);
    }
  }

  async stop(): Promise<void> {
    if (this.#host.config.spaces.has(this.space)) await this.#host.engine.stopSync(this.space);
  }

  lastSyncTime(): Promise<number> {
    return later(() => {
      const known = this.#host.config.spaces.has(this.space);
      return known ? this.#host.engine.lastSyncTime(this.space) : 0;
    });
  }

  #currentState(): SyncProgress {
    const { config, engine } = this.#host;
    return config.spaces.has(this.space) ? engine.syncState(this.space) : { ...neverRun };
  }

  #notConfigured(): BusinessError {
    const { space } = this;
    const detail =
      space === ''
        ? 'no bundle name is known; hand it to the constructor or set caller.bundleName'
        : `the configuration has no spaces.${space}; add it with its root and remote`;
    return new BusinessError('remoteNotReady', detail, { path: space });
  }
}

// What `start` documents by a code of its own. Whatever else keeps a run from starting, a root that
// is missing or a directory that cannot be written, is "not ready"; the cause says which.
const startCauses: ReadonlySet<ErrorCause> = new Set<ErrorCause>([
  'network',
  'timeout',
  'lowBattery',
  'overheated',
  'locked',
  'unavailable',
  'internal',
]);

function documented(error: unknown): unknown {
  if (!(error instanceof BusinessError) || startCauses.has(error.cause)) return error;
  return new BusinessError(error.cause, error.detail, { path: error.path, as: 'remoteNotReady' });
}
