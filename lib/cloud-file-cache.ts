import { checkSyncAccess, checkSystemApp } from './access.js';
import { hostOf } from './host.js';
import type { Host } from './host.js';
import { countedArguments, filledStringArgument, stringArgument } from './validate.js';

/**
 * The local content of files that are in the cloud too.
 *
 * @example
 * ```ts
 * const cache = new cloudSync.CloudFileCache();
 * cache.cleanCache(fileUri.getUriFromPath('/home/ada/Pictures/a.jpg'));
 * ```
 */
export class CloudFileCache {
  readonly #host: Host;
  readonly #bundleName: string | undefined;

  /**
   * @param bundleName for whom to act. Absent: the caller
   * @throws {@link BusinessError} 401 (`invalidArgument`); with a bundle name 202 (`notSystemApp`)
   */
  constructor(bundleName?: string);
  constructor(...args: unknown[]) {
    const [bundleName] = countedArguments(args, 0, 1);
    this.#host = hostOf(new.target);
    if (bundleName === undefined) return;
    this.#bundleName = filledStringArgument(bundleName, 'bundleName');
    checkSystemApp(this.#host.config.caller);
  }

  /**
   * Frees the local content of a file; its name, size and state stay known, and `Download` brings
   * the content back. Only if the cloud verifiably holds the same bytes and the file is neither
   * changed, open for writing nor pinned. Synchronous: it waits for the cloud, but not longer than
   * 10 seconds for one that says nothing. Survives a crash at any moment.
   *
   * System API: demands `ohos.permission.CLOUDFILE_SYNC` and a system application.
   *
   * @param uri the file's URI
   * @throws {@link BusinessError} 401 (`invalidArgument`) · 201 (`accessDenied`) · 202
   *   (`notSystemApp`) · 14000002 (`invalidUri`: in no space) · 13900002 (`notFound`: not known
   *   there) · 13900001 (`notPermitted`: changed, not uploaded yet, or damaged in the cloud) ·
   *   13900014 (`busy`: open for writing) · 22400002 (`network`, `timeout`: try again later) ·
   *   13600001 (`locked`, `unavailable`)
   * @example
   * ```ts
   * cache.cleanCache(uri);
   * cloudSync.getFileSyncState(uri); // COMPLETED: known, content in the cloud
   * ```
   */
  cleanCache(uri: string): void;
  cleanCache(...args: unknown[]): void {
    const [uri] = countedArguments(args, 1, 1);
    const file = stringArgument(uri, 'uri');
    checkSyncAccess(this.#host.config.caller, this.#bundleName);
    this.#host.engine.cleanFile(file);
  }
}
