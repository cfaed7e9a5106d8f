import type { TransferEvent, Watcher } from './engine.js';
import { BusinessError, downloadErrorOf } from './errors.js';
import type { ErrorCause } from './errors.js';
import type { Host } from './host.js';
import { Listeners } from './listeners.js';
import type { DownloadProgress } from './types.js';

let lastNumber = 0;

/** What Download and CloudFileCache have in common: downloads of one object, and who listens. */
export class Downloads implements Watcher {
  readonly number: number;
  readonly listeners = new Listeners<DownloadProgress>();
  readonly #host: Host;

  constructor(host: Host) {
    lastNumber += 1;
    this.number = lastNumber;
    this.#host = host;
  }

  deliver(event: TransferEvent): void {
    const { uri, state, processed, size } = event;
    const error = downloadErrorOf(event.error);
    this.listeners.emit(() => ({ state, processed, size, uri, error }));
  }

  /** @param unknownUri the cause whose code the member documents for a URI in no space */
  async start(uri: string, unknownUri: ErrorCause): Promise<void> {
    await documented(this.#host.engine.startDownload(this, uri), unknownUri);
  }

  async stop(uri: string, partial: 'keep' | 'remove', unknownUri: ErrorCause): Promise<void> {
    await documented(this.#host.engine.stopDownload(uri, partial), unknownUri);
  }
}

/** The code that a member documents for a URI in no space; the cause stays. */
async function documented(work: Promise<void>, unknownUri: ErrorCause): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof BusinessError) || error.cause !== 'invalidUri') throw error;
    throw new BusinessError('invalidUri', error.detail, { path: error.path, as: unknownUri });
  }
}
