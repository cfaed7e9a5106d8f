import { SyncState, ErrorType } from './enums.js';
import type { Engine } from './engine.js';
import { BusinessError } from './errors.js';

const advice =
  'call configure({ spaces: { … } }), set CLOUDSYNC_CONFIG, or write cloudsync.config.json';

function notReady(space: string): BusinessError {
  return new BusinessError('remoteNotReady', `no space is configured; ${advice}`, { path: space });
}

function noSuchUri(uri: string): BusinessError {
  return new BusinessError('invalidUri', `no space is configured; ${advice}`, { path: uri });
}

/** The device of a process that configured no space: it answers, and touches nothing on disk. */
export const noSpaces: Engine = {
  startSync: (space) => Promise.reject(notReady(space)),
  stopSync: () => Promise.resolve(),
  syncState: () => ({ state: SyncState.COMPLETED, error: ErrorType.NO_ERROR }),
  lastSyncTime: () => 0,
  startDownload: (_watcher, uri) => Promise.reject(noSuchUri(uri)),
  stopDownload: () => Promise.resolve(),
  cleanFile(uri) {
    throw noSuchUri(uri);
  },
  limitBandwidth: () => undefined,
  fileState(uri) {
    throw noSuchUri(uri);
  },
  fileStates(uris) {
    const [first] = uris;
    return first === undefined ? Promise.resolve([]) : Promise.reject(noSuchUri(first));
  },
  list: (space) => Promise.reject(notReady(space)),
  leaveList: () => Promise.resolve(),
  plan: (space) => Promise.reject(notReady(space)),
  confirm: () => Promise.reject(new BusinessError('notFound', `no space is configured; ${advice}`)),
  unlink: (space) => Promise.reject(notReady(space)),
  remove: (uri) => Promise.reject(noSuchUri(uri)),
  move: (uri) => Promise.reject(noSuchUri(uri)),
  trash: (space) => Promise.reject(notReady(space)),
  restore: (space) => Promise.reject(notReady(space)),
  versions: (uri) => Promise.reject(noSuchUri(uri)),
  restoreVersion: (uri) => Promise.reject(noSuchUri(uri)),
  whenIdle: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
