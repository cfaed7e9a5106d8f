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
  /** Set aside: symbolic links, special files, names that cannot be carried. */
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
  /** Names what waits for a person, for `Device.confirm`; the same as long as that is the same. */
  id: string;
  /** The first of the safety rules that hold something back; absent when nothing waits. */
  halted?: string;
  /** All of them, each with a sentence for a person. */
  halts: Halt[];
  /** How much there is of each kind and outcome, over everything that is planned. */
  totals: PlanTotal[];
  /** Single steps: the first thousand of each outcome. */
  ops: PlannedOp[];
}

/**
 * Why something waits for a person, by a stable name:
 *
 * - `deletion-limit-local`, `deletion-limit-remote`: more files would be removed from this device, or
 *   from the cloud, than `deletionLimit` allows
 * - `all-changed-local`, `all-changed-remote`: all files, and more than 25, have other content here,
 *   or in the cloud: they are not replaced on the other side
 * - `local-root-unmarked`, `local-root-foreign`, `local-root-moved`: the root is not the directory
 *   that it was
 * - `local-root-missing`, `local-root-replaced`: the root is not there; nothing to confirm
 * - `remote-unmarked`, `remote-foreign`: the remote was emptied, or is another one
 */
export interface Halt {
  reason: string;
  message: string;
}

/** A line of `Plan.totals`. */
export interface PlanTotal {
  kind: PlannedOp['kind'];
  outcome: PlannedOp['outcome'];
  count: number;
  /** Of the contents that are concerned. */
  bytes: number;
}

/** One step of a `Plan`. */
export interface PlannedOp {
  /** `upload`, `download`, `compare`, `removeLocal`, `removeRemote`, … */
  kind: string;
  path: string;
  /** Bytes. */
  size: number;
  /** `pending`, `held`, or what became of it once it was carried out: `failed`, `postponed`. */
  outcome: string;
  /** Why it failed; of what is held, the name of the rule. */
  message: string;
}

/** A file that was removed or replaced, and can be brought back. */
export interface TrashEntry {
  /** For `Device.restore`. */
  id: string;
  /** Where it was, below the space's root. */
  path: string;
  /** In which trash it lies. */
  location: 'local' | 'cloud';
  /** Bytes. */
  size: number;
  /** When it was removed or replaced, in ms since the epoch. */
  removedAt: number;
  reason: string;
}

/** An older content of a file. */
export interface OlderVersion {
  /** Digits. For `Device.restoreVersion`. */
  id: string;
  /** Bytes. */
  size: number;
  /** Last change of that content, in ms since the epoch. */
  modifyTime: number;
  /** In hex; absent when it is not known. */
  sha256?: string;
}

/** What else goes with what is removed. */
export interface RemoveOptions {
  /** A directory goes with everything in it. Default: only an empty one goes. */
  recursive?: boolean | undefined;
}
