export * as cloudSync from './cloud-sync.js';
export * as cloudSyncManager from './cloud-sync-manager.js';
export * as fileUri from './file-uri.js';
export { configure, openDevice } from './device.js';
export { BusinessError } from './errors.js';

export type {
  BatteryInfo,
  Config,
  Logger,
  NetworkInfo,
  RemoteOptions,
  Space,
  ThermalLevel,
  WatchOptions,
} from './config.js';
export type { Device, DeviceEvents } from './device.js';
export type { ErrorCause } from './errors.js';
export type {
  AsyncCallback,
  BandwidthLimits,
  Callback,
  DownloadProgress,
  EntryInfo,
  Notice,
  Plan,
  PlannedOp,
  RunProgress,
  SyncProgress,
} from './types.js';
