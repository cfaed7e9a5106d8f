// The numbers of the reference API: changing one is a breaking change.
import { expect, it } from 'vitest';
import { cloudSync, cloudSyncManager } from '../../lib/index.js';

const pinned = {
  SyncState: { UPLOADING: 0, UPLOAD_FAILED: 1, DOWNLOADING: 2, DOWNLOAD_FAILED: 3, COMPLETED: 4, STOPPED: 5 },
  ErrorType: {
    NO_ERROR: 0, NETWORK_UNAVAILABLE: 1, WIFI_UNAVAILABLE: 2, BATTERY_LEVEL_LOW: 3,
    BATTERY_LEVEL_WARNING: 4, CLOUD_STORAGE_FULL: 5, LOCAL_STORAGE_FULL: 6,
    DEVICE_TEMPERATURE_TOO_HIGH: 7, REMOTE_SERVER_ABNORMAL: 8, RESPONSE_TIME_OUT: 9,
    UNKNOWN_ERROR: 10,
  },
  State: { RUNNING: 0, COMPLETED: 1, FAILED: 2, STOPPED: 3, MISSING: 4 },
  UploadState: { WAITING: 0, RUNNING: 1, COMPLETED: 2, FAILED: 3, STOPPED: 4, PAUSED: 5 },
  DownloadErrorType: {
    NO_ERROR: 0, UNKNOWN_ERROR: 1, NETWORK_UNAVAILABLE: 2, LOCAL_STORAGE_FULL: 3,
    CONTENT_NOT_FOUND: 4, FREQUENT_USER_REQUESTS: 5,
  },
  DownloadFileType: { CONTENT: 0, THUMBNAIL: 1, LCD: 2 },
  FileState: {
    INITIAL_AFTER_DOWNLOAD: 0, UPLOADING: 1, STOPPED: 2, TO_BE_UPLOADED: 3, UPLOAD_SUCCESS: 4,
    UPLOAD_FAILURE: 5,
  },
  FileSyncState: {
    UPLOADING: 0, DOWNLOADING: 1, COMPLETED: 2, STOPPED: 3, TO_BE_UPLOADED: 4, UPLOAD_SUCCESS: 5,
    UPLOAD_FAILURE: 6,
  },
  NotifyType: { NOTIFY_ADDED: 0, NOTIFY_MODIFIED: 1, NOTIFY_DELETED: 2, NOTIFY_RENAMED: 3 },
  OptimizeState: { RUNNING: 0, COMPLETED: 1, FAILED: 2, STOPPED: 3 },
} as const; // prettier-ignore

const pinnedOfManager = {
  Action: { RETAIN_DATA: 0, CLEAR_DATA: 1 },
  DownloadStopReason: {
    NO_STOP: 0, NETWORK_UNAVAILABLE: 1, LOCAL_STORAGE_FULL: 2, TEMPERATURE_LIMIT: 3,
    USER_STOPPED: 4, APP_UNLOAD: 5, OTHER_REASON: 6,
  },
  DownloadState: { RUNNING: 0, COMPLETED: 1, STOPPED: 2, MISSING: 3 },
  TransferState: { RUNNING: 0, COMPLETED: 1, STOPPED: 2 },
  TransferStopReason: { SWITCH_OFF: 0, ACCOUNT_LOGOUT: 1, OTHER_REASON: 2 },
} as const; // prettier-ignore

// The types are as narrow as the values: this line compiles only if every number is the same.
cloudSync satisfies typeof pinned;
cloudSyncManager satisfies typeof pinnedOfManager;

it.each(Object.entries(pinned))(
  'cloudSync.%s has its numbers, no more, and cannot be changed',
  (name, members) => {
    const actual = Object.entries(cloudSync).find(([exported]) => exported === name)?.[1];
    expect(actual).toEqual(members);
    expect(Object.isFrozen(actual)).toBe(true);
  },
);

it.each(Object.entries(pinnedOfManager))(
  'cloudSyncManager.%s has its numbers and no more',
  (name, members) => {
    const actual = Object.entries(cloudSyncManager).find(([exported]) => exported === name)?.[1];
    expect(actual).toEqual(members);
  },
);
