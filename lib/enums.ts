// The enumerations of the reference API, with its numbers. Plain frozen objects, as they are there:
// no reverse mapping. `test/types` pins every number.

/** State of a device-cloud sync run. */
export const SyncState = Object.freeze({
  /** Files are being uploaded. */
  UPLOADING: 0,
  /** The run ended; something could not be uploaded. */
  UPLOAD_FAILED: 1,
  /** The state of the cloud is being fetched, and files with it. */
  DOWNLOADING: 2,
  /** The run ended; something could not be downloaded. */
  DOWNLOAD_FAILED: 3,
  /** Every file in scope is in sync and verified. Also the state before the first run. */
  COMPLETED: 4,
  /** The run was stopped; the next one goes on from there. */
  STOPPED: 5,
} as const);
export type SyncState = (typeof SyncState)[keyof typeof SyncState];

/** Why a sync run failed, or an upload did. */
export const ErrorType = Object.freeze({
  NO_ERROR: 0,
  /** The remote cannot be reached. */
  NETWORK_UNAVAILABLE: 1,
  WIFI_UNAVAILABLE: 2,
  /** The battery is below 10 % and not charging. */
  BATTERY_LEVEL_LOW: 3,
  /** The battery is below 15 % and not charging. */
  BATTERY_LEVEL_WARNING: 4,
  /** The remote takes no more content. */
  CLOUD_STORAGE_FULL: 5,
  /** The local disk, or its quota, is full. */
  LOCAL_STORAGE_FULL: 6,
  DEVICE_TEMPERATURE_TOO_HIGH: 7,
  /** The remote answers, but wrongly. */
  REMOTE_SERVER_ABNORMAL: 8,
  /** The remote did not answer in time. */
  RESPONSE_TIME_OUT: 9,
  /** Anything else; the log and `device.plan()` say what. */
  UNKNOWN_ERROR: 10,
} as const);
export type ErrorType = (typeof ErrorType)[keyof typeof ErrorType];

/** State of one download, or of a batch of them. */
export const State = Object.freeze({
  RUNNING: 0,
  /** The file is complete, verified and durable on the local disk. */
  COMPLETED: 1,
  FAILED: 2,
  STOPPED: 3,
  /** There is no such task. */
  MISSING: 4,
} as const);
export type State = (typeof State)[keyof typeof State];

/** State of one upload. */
export const UploadState = Object.freeze({
  WAITING: 0,
  RUNNING: 1,
  COMPLETED: 2,
  FAILED: 3,
  STOPPED: 4,
  PAUSED: 5,
} as const);
export type UploadState = (typeof UploadState)[keyof typeof UploadState];

/** Why a download failed. */
export const DownloadErrorType = Object.freeze({
  NO_ERROR: 0,
  UNKNOWN_ERROR: 1,
  /** The remote cannot be reached, also after the retries. */
  NETWORK_UNAVAILABLE: 2,
  /** The local disk, or its quota, is full. */
  LOCAL_STORAGE_FULL: 3,
  /** The cloud does not hold this file (any more). */
  CONTENT_NOT_FOUND: 4,
  /** The remote asks for fewer requests. */
  FREQUENT_USER_REQUESTS: 5,
} as const);
export type DownloadErrorType = (typeof DownloadErrorType)[keyof typeof DownloadErrorType];

/** What of a file is to be downloaded. */
export const DownloadFileType = Object.freeze({
  /** The file itself. */
  CONTENT: 0,
  /** A small picture of it. */
  THUMBNAIL: 1,
  /** A picture of it that fills a screen. */
  LCD: 2,
} as const);
export type DownloadFileType = (typeof DownloadFileType)[keyof typeof DownloadFileType];

/** Sync state of a file, as applications of the Drive Kit see it. */
export const FileState = Object.freeze({
  INITIAL_AFTER_DOWNLOAD: 0,
  UPLOADING: 1,
  STOPPED: 2,
  TO_BE_UPLOADED: 3,
  UPLOAD_SUCCESS: 4,
  UPLOAD_FAILURE: 5,
} as const);
export type FileState = (typeof FileState)[keyof typeof FileState];

/** Sync state of a file. */
export const FileSyncState = Object.freeze({
  UPLOADING: 0,
  /** Its content is coming. */
  DOWNLOADING: 1,
  /** In sync; or known, with its content in the cloud only. */
  COMPLETED: 2,
  /** Its transfer was stopped by the user. */
  STOPPED: 3,
  /** Changed since the last upload. */
  TO_BE_UPLOADED: 4,
  /** This device uploaded it, the cloud confirmed its checksum, and nothing changed since. */
  UPLOAD_SUCCESS: 5,
  UPLOAD_FAILURE: 6,
} as const);
export type FileSyncState = (typeof FileSyncState)[keyof typeof FileSyncState];

/** What happened to a file. */
export const NotifyType = Object.freeze({
  NOTIFY_ADDED: 0,
  NOTIFY_MODIFIED: 1,
  NOTIFY_DELETED: 2,
  NOTIFY_RENAMED: 3,
} as const);
export type NotifyType = (typeof NotifyType)[keyof typeof NotifyType];

/** State of freeing local space. */
export const OptimizeState = Object.freeze({
  RUNNING: 0,
  COMPLETED: 1,
  FAILED: 2,
  STOPPED: 3,
} as const);
export type OptimizeState = (typeof OptimizeState)[keyof typeof OptimizeState];
