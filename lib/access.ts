// Who may call what. Pure.
import { BusinessError } from './errors.js';

/** For whom this process acts. */
export interface Caller {
  /** Absent: for every bundle. */
  readonly bundleName?: string;
  readonly systemApp: boolean;
  readonly permissions: readonly string[];
}

const SYNC = 'ohos.permission.CLOUDFILE_SYNC';
const MANAGER = 'ohos.permission.CLOUDFILE_SYNC_MANAGER';

export const defaultCaller: Caller = Object.freeze({ systemApp: true, permissions: [SYNC] });

/**
 * What the system API of `cloudSync` demands, in the documented order: the permission (201), a
 * system application (202), and the manager's permission when acting for another bundle (201).
 */
export function checkSyncAccess(caller: Caller, bundleName?: string): void {
  if (!caller.permissions.includes(SYNC)) {
    throw new BusinessError('accessDenied', `the caller does not hold ${SYNC}`);
  }
  checkSystemApp(caller);
  const another = caller.bundleName !== undefined && caller.bundleName !== bundleName;
  if (bundleName !== undefined && another && !caller.permissions.includes(MANAGER)) {
    throw new BusinessError(
      'accessDenied',
      `acting for ${bundleName} as ${caller.bundleName ?? ''} needs ${MANAGER}`,
    );
  }
}

/** What system API without a permission demands (202). */
export function checkSystemApp(caller: Caller): void {
  if (!caller.systemApp) {
    throw new BusinessError('notSystemApp', 'caller.systemApp is false in the configuration');
  }
}
