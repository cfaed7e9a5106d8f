// What `cloudSyncManager` exports. So far its enumerations, with the numbers of the reference API;
// its functions come with a later version.

/** What becomes of local data when the cloud is cleaned. */
export const Action = Object.freeze({ RETAIN_DATA: 0, CLEAR_DATA: 1 } as const);
export type Action = (typeof Action)[keyof typeof Action];

/** Why a download of everything stopped. */
export const DownloadStopReason = Object.freeze({
  NO_STOP: 0,
  NETWORK_UNAVAILABLE: 1,
  LOCAL_STORAGE_FULL: 2,
  TEMPERATURE_LIMIT: 3,
  USER_STOPPED: 4,
  APP_UNLOAD: 5,
  OTHER_REASON: 6,
} as const);
export type DownloadStopReason = (typeof DownloadStopReason)[keyof typeof DownloadStopReason];

/** State of a download of everything. */
export const DownloadState = Object.freeze({
  RUNNING: 0,
  COMPLETED: 1,
  STOPPED: 2,
  MISSING: 3,
} as const);
export type DownloadState = (typeof DownloadState)[keyof typeof DownloadState];

/** State of a transfer to another place. */
export const TransferState = Object.freeze({ RUNNING: 0, COMPLETED: 1, STOPPED: 2 } as const);
export type TransferState = (typeof TransferState)[keyof typeof TransferState];

/** Why a transfer to another place stopped. */
export const TransferStopReason = Object.freeze({
  SWITCH_OFF: 0,
  ACCOUNT_LOGOUT: 1,
  OTHER_REASON: 2,
} as const);
export type TransferStopReason = (typeof TransferStopReason)[keyof typeof TransferStopReason];
