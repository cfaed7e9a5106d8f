// What `cloudSync` exports, acting on the device of this process.
import { fileSyncStateOf } from './file-state.js';
import { processHost } from './host.js';

export * from './enums.js';
export { CloudFileCache } from './cloud-file-cache.js';
export { Download } from './download.js';
export { FileSync } from './file-sync.js';
export { GallerySync } from './gallery-sync.js';
export type { DownloadProgress, SyncProgress } from './types.js';

/** See {@link GetFileSyncState}. */
export const getFileSyncState = fileSyncStateOf(processHost);
export type { GetFileSyncState } from './file-state.js';
