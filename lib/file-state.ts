import { checkSyncAccess } from './access.js';
import { later, settle } from './callback.js';
import type { FileSyncState } from './enums.js';
import type { Host } from './host.js';
import type { AsyncCallback } from './types.js';
import { callbackArgument, countedArguments, stringArgument, stringsArgument } from './validate.js';

const mostUris = 100;

/**
 * The sync state of files, as it is at this moment: from what is recorded of a file and a look at it.
 * Of one file it is returned; of an array of up to 100, in their order, promised or handed to the
 * callback. An array fails as a whole at its first error.
 *
 * System API: demands `ohos.permission.CLOUDFILE_SYNC` and a system application; that is checked
 * before the arguments.
 *
 * @throws {@link BusinessError} at once 201 (`accessDenied`) · 202 (`notSystemApp`) · 401
 *   (`invalidArgument`); of one file at once, else later: 14000002 (`invalidUri`: in no space) ·
 *   13900002 (`notFound`: not known there) · 13900012 (`permission`) · 13600001 (`locked`,
 *   `unavailable`)
 * @example
 * ```ts
 * if (cloudSync.getFileSyncState(uri) === cloudSync.FileSyncState.UPLOAD_SUCCESS) console.log('safe');
 * const states = await cloudSync.getFileSyncState([uri, other]);
 * ```
 */
export interface GetFileSyncState {
  (uri: string): FileSyncState;
  (uri: string[]): Promise<FileSyncState[]>;
  (uri: string[], callback: AsyncCallback<FileSyncState[]>): void;
}

/** `getFileSyncState` of one device. */
export function fileSyncStateOf(host: Host): GetFileSyncState {
  function getFileSyncState(uri: string): FileSyncState;
  function getFileSyncState(uri: string[]): Promise<FileSyncState[]>;
  function getFileSyncState(uri: string[], callback: AsyncCallback<FileSyncState[]>): void;
  function getFileSyncState(
    ...args: unknown[]
  ): FileSyncState | Promise<FileSyncState[]> | undefined {
    checkSyncAccess(host.config.caller);
    const [uri, callback] = countedArguments(args, 1, 2);
    if (!Array.isArray(uri)) {
      countedArguments(args, 1, 1);
      return host.engine.fileState(stringArgument(uri, 'uri'));
    }
    const uris = stringsArgument(uri, 'uri', mostUris);
    const answer = callbackArgument<FileSyncState[]>(callback);
    return settle(
      later(() => host.engine.fileStates(uris)),
      answer,
    );
  }
  return getFileSyncState;
}
