import type { DeviceConditions } from './conditions.js';
import type { FileSyncState } from './enums.js';
import type { ErrorKind } from './errors.js';
import type {
  EntryInfo,
  Notice,
  OlderVersion,
  Plan,
  RunProgress,
  SyncProgress,
  TrashEntry,
} from './types.js';
import type { NativeTransferEvent } from './native-types.js';

/** The engine behind one device. Every method throws, or rejects with, a `BusinessError`. */
export interface Engine {
  /** Settles when the run is accepted. From then until its final state it keeps the process alive. */
  startSync(space: string, conditions: DeviceConditions): Promise<void>;
  /** Settles when nothing of the run is active any more. */
  stopSync(space: string): Promise<void>;
  /** The state that listeners were told last, or the one of an earlier process. */
  syncState(space: string): SyncProgress;
  /** ms since the epoch; 0: never. */
  lastSyncTime(space: string): number;
  /** Settles when the download is admitted; its events go to `watcher` until the final one. */
  startDownload(watcher: Watcher, uri: string): Promise<void>;
  stopDownload(uri: string, partial: 'keep' | 'remove'): Promise<void>;
  cleanFile(uri: string): void;
  /** Bytes a second; 0: as fast as it goes. */
  limitBandwidth(up: number, down: number): void;
  fileState(uri: string): FileSyncState;
  fileStates(uris: readonly string[]): Promise<FileSyncState[]>;
  list(space: string, prefix: string, after: string, limit: number): Promise<EntryPage>;
  /** Whoever listed up to `after` wants no more. Never rejects. */
  leaveList(space: string, prefix: string, after: string): Promise<void>;
  plan(space: string): Promise<Plan>;
  confirm(planId: string): Promise<void>;
  unlink(space: string): Promise<void>;
  remove(uri: string, depth: 'alone' | 'withContent'): Promise<void>;
  move(uri: string, to: string): Promise<void>;
  trash(space: string, after: string): Promise<TrashPage>;
  /** Settles with the path where it is now. */
  restore(space: string, id: string): Promise<string>;
  versions(uri: string): Promise<OlderVersion[]>;
  restoreVersion(uri: string, id: string): Promise<void>;
  whenIdle(): Promise<void>;
  /** Idempotent. What runs is stopped and can be resumed. */
  close(): Promise<void>;
}

export interface EntryPage {
  entries: EntryInfo[];
  /** Where the next page begins; absent at the end. */
  next?: string;
}

export interface TrashPage {
  entries: TrashEntry[];
  /** Where the next page begins; absent at the end. */
  next?: string;
}

/** Somebody who started downloads: one instance of `Download` or `CloudFileCache`. */
export interface Watcher {
  readonly number: number;
  deliver(event: TransferEvent): void;
}

export type TransferEvent = Omit<NativeTransferEvent, 'error'> & { readonly error?: ErrorKind };

/** Who is told what the engine says to everybody. */
export interface EngineSink {
  synced(space: string, progress: SyncProgress): void;
  progressed(progress: RunProgress): void;
  noticed(notice: Notice): void;
}
