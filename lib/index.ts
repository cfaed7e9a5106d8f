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
} from './config.js';
export type { Device, DeviceEvents } from './device.js';
export type { ErrorCause } from './errors.js';
export type {
  AsyncCallback,
  BandwidthLimits,
  Callback,
  DownloadProgress,
  EntryInfo,
  Halt,
  Notice,
  OlderVersion,
  Plan,
  PlannedOp,
  PlanTotal,
  RemoveOptions,
  RunProgress,
  SyncProgress,
  TrashEntry,
} from './types.js';
