import type { DownloadErrorType, ErrorType, FileSyncState, State, SyncState } from './enums.js';
import type { BusinessError, ErrorCause } from './errors.js';

/** A listener: called with each event. */
export type Callback<T> = (data: T) => void;

/**
 * The callback form of an asynchronous call: called once, never within the call itself. On success
 * `err` is `undefined`; on failure it is the only argument. (The type says `BusinessError` because
 * the reference API's does, so that code written for it compiles.)
 */
export type AsyncCallback<T> = (err: BusinessError, data: T) => void;

/** How a sync run is doing. */
export interface SyncProgress {
  state: SyncState;
  error: ErrorType;
}

/** How the download of one file is doing. */
export interface DownloadProgress {
  state: State;
  /** Bytes that have arrived; never decreases, and equals `size` on COMPLETED. */
  processed: number;
  /** Size of the file in bytes. */
  size: number;
  /** The URI that was given to `start`. */
  uri: string;
  error: DownloadErrorType;
}

/** Bytes a second; 0 or absent: as fast as it goes. */
export interface BandwidthLimits {
  uploadBytesPerSecond?: number | undefined;
  downloadBytesPerSecond?: number | undefined;
}

/** How far a sync run is, in figures. Beyond the reference API; see `Device.on`. */
export interface RunProgress {
  /** `gallery`, or the bundle name of a drive. */
  space: string;
  phase: 'scanning' | 'downloading' | 'uploading' | 'done';
  filesDone: number;
  filesTotal: number;
  bytesDone: number;
  bytesTotal: number;
  /** Entries looked at so far. */
  scanned: number;
  failed: number;
  /**
   * Left alone: symbolic links, special files, names that cannot be carried, what is ignored (a
   * folder counts once), and differences that a space with a `direction` leaves as they are.
   */
  skipped: number;
}

/** Something that was set aside or failed. Beyond the reference API; see `Device.on`. */
export interface Notice {
  space: string;
  /** The path as a person reads it: control characters are escaped. */
  path: string;
  cause: ErrorCause;
  message: string;
}

/** One entry of `Device.list`. */
export interface EntryInfo {
  /** Below the space's root, without a leading slash. */
  path: string;
  uri: string;
  directory: boolean;
  /** Bytes. */
  size: number;
  state: FileSyncState;
  /** Where its content is; `local` before it was synced. */
  location: 'local' | 'cloud' | 'both';
  /** Last change of the content, in ms since the epoch. */
  modifyTime: number;
  /** Of the content that both sides agreed on, in hex; absent when it is not known, or changed here. */
  sha256?: string;
  /** The remote's name for this version; absent when it has none. */
  version?: string;
}

/** What a run would do now. */
export interface Plan {
  /** Names this plan for `Device.confirm`. */
  id: string;
  /** The safety rule that holds it back; absent when nothing does. */
  halted?: string;
  ops: PlannedOp[];
}

/** One step of a `Plan`. */
export interface PlannedOp {
  kind: string;
  path: string;
  /** Bytes. */
  size: number;
  /** What became of it, once it was carried out. */
  outcome: string;
  message: string;
}
