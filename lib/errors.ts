import { DownloadErrorType, ErrorType } from './enums.js';

/** The engine's causes of failure; the same names as in `cpp/base/error.h`. */
export type ErrorKind =
  | 'notFound'
  | 'exists'
  | 'notDirectory'
  | 'isDirectory'
  | 'notEmpty'
  | 'noSpace'
  | 'remoteFull'
  | 'permission'
  | 'notPermitted'
  | 'busy'
  | 'network'
  | 'timeout'
  | 'remoteNotReady'
  | 'remoteFault'
  | 'throttled'
  | 'conflict'
  | 'changed'
  | 'corrupt'
  | 'halted'
  | 'lowBattery'
  | 'overheated'
  | 'invalidUri'
  | 'invalidName'
  | 'invalidArgument'
  | 'limit'
  | 'alreadyRunning'
  | 'locked'
  | 'notSupported'
  | 'notYet'
  | 'unavailable'
  | 'cancelled'
  | 'system'
  | 'internal';

/** Why a call failed: the engine's causes, and those that are found before the engine is asked. */
export type ErrorCause = ErrorKind | 'accessDenied' | 'notSystemApp' | 'invalidValue';

interface Numbers {
  readonly code: number;
  readonly download: DownloadErrorType;
  readonly sync: ErrorType;
}

const { UNKNOWN_ERROR: UNKNOWN } = DownloadErrorType;
const { UNKNOWN_ERROR } = ErrorType;

/**
 * The one table: what a cause is called by the reference API, as the code of an error, as a
 * `DownloadErrorType` and as an `ErrorType`.
 */
export const errorTable = {
  notFound: { code: 13900002, download: DownloadErrorType.CONTENT_NOT_FOUND, sync: UNKNOWN_ERROR },
  exists: { code: 13900015, download: UNKNOWN, sync: UNKNOWN_ERROR },
  notDirectory: { code: 13900018, download: UNKNOWN, sync: UNKNOWN_ERROR },
  isDirectory: { code: 13900019, download: UNKNOWN, sync: UNKNOWN_ERROR },
  notEmpty: { code: 13900032, download: UNKNOWN, sync: UNKNOWN_ERROR },
  noSpace: {
    code: 13900025,
    download: DownloadErrorType.LOCAL_STORAGE_FULL,
    sync: ErrorType.LOCAL_STORAGE_FULL,
  },
  remoteFull: { code: 13900041, download: UNKNOWN, sync: ErrorType.CLOUD_STORAGE_FULL },
  permission: { code: 13900012, download: UNKNOWN, sync: UNKNOWN_ERROR },
  notPermitted: { code: 13900001, download: UNKNOWN, sync: UNKNOWN_ERROR },
  busy: { code: 13900014, download: UNKNOWN, sync: UNKNOWN_ERROR },
  network: {
    code: 22400002,
    download: DownloadErrorType.NETWORK_UNAVAILABLE,
    sync: ErrorType.NETWORK_UNAVAILABLE,
  },
  timeout: {
    code: 22400002,
    download: DownloadErrorType.NETWORK_UNAVAILABLE,
    sync: ErrorType.RESPONSE_TIME_OUT,
  },
  remoteNotReady: { code: 22400001, download: UNKNOWN, sync: ErrorType.REMOTE_SERVER_ABNORMAL },
  remoteFault: { code: 22400001, download: UNKNOWN, sync: ErrorType.REMOTE_SERVER_ABNORMAL },
  throttled: {
    code: 13900010,
    download: DownloadErrorType.FREQUENT_USER_REQUESTS,
    sync: ErrorType.REMOTE_SERVER_ABNORMAL,
  },
  conflict: { code: 13900010, download: UNKNOWN, sync: UNKNOWN_ERROR },
  changed: { code: 13900010, download: UNKNOWN, sync: UNKNOWN_ERROR },
  corrupt: { code: 13900005, download: UNKNOWN, sync: ErrorType.REMOTE_SERVER_ABNORMAL },
  halted: { code: 13900001, download: UNKNOWN, sync: UNKNOWN_ERROR },
  lowBattery: { code: 22400003, download: UNKNOWN, sync: ErrorType.BATTERY_LEVEL_LOW },
  overheated: { code: 13600001, download: UNKNOWN, sync: ErrorType.DEVICE_TEMPERATURE_TOO_HIGH },
  invalidUri: { code: 14000002, download: UNKNOWN, sync: UNKNOWN_ERROR },
  invalidName: { code: 13900020, download: UNKNOWN, sync: UNKNOWN_ERROR },
  invalidArgument: { code: 401, download: UNKNOWN, sync: UNKNOWN_ERROR },
  limit: { code: 22400004, download: UNKNOWN, sync: UNKNOWN_ERROR },
  alreadyRunning: { code: 22400006, download: UNKNOWN, sync: UNKNOWN_ERROR },
  locked: { code: 13600001, download: UNKNOWN, sync: UNKNOWN_ERROR },
  notSupported: { code: 801, download: UNKNOWN, sync: UNKNOWN_ERROR },
  notYet: { code: 13900031, download: UNKNOWN, sync: UNKNOWN_ERROR },
  unavailable: { code: 13600001, download: UNKNOWN, sync: UNKNOWN_ERROR },
  cancelled: { code: 13900049, download: UNKNOWN, sync: UNKNOWN_ERROR },
  system: { code: 13900042, download: UNKNOWN, sync: UNKNOWN_ERROR },
  internal: { code: 22400005, download: UNKNOWN, sync: UNKNOWN_ERROR },
} as const satisfies Record<ErrorKind, Numbers>;

// Found by lib/ itself. `invalidValue` is a wrong argument of the members that document it so.
const apiCodes = {
  accessDenied: 201,
  notSystemApp: 202,
  invalidValue: 13900020,
} as const satisfies Record<Exclude<ErrorCause, ErrorKind>, number>;

const texts: Readonly<Record<number, string>> = {
  201: 'Permission verification failed',
  202: 'The caller is not a system application',
  401: 'The input parameter is invalid',
  801: "The device doesn't support this api",
  13600001: 'IPC error. Possible causes: 1.IPC failed or timed out. 2.Failed to load the service',
  13900001: 'Operation not permitted',
  13900002: 'No such file or directory',
  13900003: 'No such process',
  13900004: 'Interrupted system call',
  13900005: 'I/O error',
  13900006: 'No such device or address',
  13900007: 'Arg list too long',
  13900008: 'Bad file descriptor',
  13900009: 'No child processes',
  13900010: 'Try again',
  13900011: 'Out of memory',
  13900012: 'Permission denied',
  13900013: 'Bad address',
  13900014: 'Device or resource busy',
  13900015: 'File exists',
  13900016: 'Cross-device link',
  13900017: 'No such device',
  13900018: 'Not a directory',
  13900019: 'Is a directory',
  13900020: 'Invalid argument',
  13900021: 'File table overflow',
  13900022: 'Too many open files',
  13900023: 'Text file busy',
  13900024: 'File too large',
  13900025: 'No space left on device',
  13900026: 'Illegal seek',
  13900027: 'Read-only file system',
  13900028: 'Too many links',
  13900029: 'Resource deadlock would occur',
  13900030: 'File name too long',
  13900031: 'Function not implemented',
  13900032: 'Directory not empty',
  13900033: 'Too many symbolic links encountered',
  13900037: 'No data available',
  13900038: 'Value too large for defined data type',
  13900041: 'Quota exceeded',
  13900042:
    'Unknown error. Possible causes: 1.Insufficient memory.2.Memory operation error. 3.Null pointer. 4.Failed to obtain expected resources.',
  13900043: 'No record locks available',
  13900044: 'Network is unreachable',
  13900045: 'Connection failed',
  13900046: 'Software caused connection abort',
  13900049: 'Operation canceled',
  14000002: 'Invalid uri',
  22400001: 'Cloud status not ready',
  22400002: 'Network unavailable',
  22400003: 'Battery level warning',
  22400004: 'Exceed the maximum limit',
  22400005:
    'Inner error. Possible causes: 1.Failed to access the database or execute the SQL statement.2.System error, such as a null pointer, insufficient memory or a JS engine exception.',
  22400006: 'The same task is already in progress',
  22400007: 'The version file specified to replace the original file does not exist.',
};

// Linux errno -> code, for the causes where the system's own word says more than ours.
const errnoCodes: Readonly<Record<number, number>> = {
  1: 13900001, 2: 13900002, 3: 13900003, 4: 13900004, 5: 13900005, 6: 13900006, 7: 13900007,
  9: 13900008, 10: 13900009, 11: 13900010, 12: 13900011, 13: 13900012, 14: 13900013,
  16: 13900014, 17: 13900015, 18: 13900016, 19: 13900017, 20: 13900018, 21: 13900019,
  22: 13900020, 23: 13900021, 24: 13900022, 26: 13900023, 27: 13900024, 28: 13900025,
  29: 13900026, 30: 13900027, 31: 13900028, 35: 13900029, 36: 13900030, 37: 13900043,
  38: 13900031, 39: 13900032, 40: 13900033, 61: 13900037, 75: 13900038, 101: 13900044,
  103: 13900046, 111: 13900045, 122: 13900041, 125: 13900049,
}; // prettier-ignore

const retryable: ReadonlySet<ErrorCause> = new Set<ErrorCause>([
  'network', 'timeout', 'throttled', 'conflict', 'changed', 'busy', 'locked', 'lowBattery',
  'overheated',
]); // prettier-ignore

function isKind(cause: ErrorCause): cause is ErrorKind {
  return Object.hasOwn(errorTable, cause);
}

function codeOf(cause: ErrorCause, errno: number): number {
  if (!isKind(cause)) return apiCodes[cause];
  if (cause === 'system' || cause === 'permission') {
    return errnoCodes[errno] ?? errorTable[cause].code;
  }
  return errorTable[cause].code;
}

/** What a failed call throws, rejects with or hands to its callback. */
export class BusinessError extends Error {
  override readonly name = 'BusinessError';
  /** The number of the reference API. */
  readonly code: number;
  /** Why, more finely than `code`: several causes may share one. */
  override readonly cause: ErrorCause;
  /** The file, URI or configuration key that it is about, where there is one. */
  readonly path: string | undefined;
  /** What happened and what to do: the message without the reference API's text. */
  readonly detail: string;
  /** May the same call succeed later without anybody changing anything? */
  readonly retryable: boolean;

  /**
   * @param cause why
   * @param detail what happened and what to do; stands behind the reference API's own text
   * @param options `path`: what it is about; `errno`: the system's error number behind it;
   *   `as`: the cause whose code a member documents instead
   */
  constructor(
    cause: ErrorCause,
    detail = '',
    options: { path?: string | undefined; errno?: number; as?: ErrorCause | undefined } = {},
  ) {
    const code = codeOf(options.as ?? cause, options.errno ?? 0);
    const text = texts[code] ?? 'Unknown error';
    super(detail === '' ? text : `${text}: ${detail}`);
    this.code = code;
    this.cause = cause;
    this.detail = detail;
    this.path = options.path === '' ? undefined : options.path;
    this.retryable = retryable.has(cause);
  }
}

/** The `DownloadErrorType` of a cause that the engine reported. */
export function downloadErrorOf(cause: ErrorKind | undefined): DownloadErrorType {
  return cause === undefined ? DownloadErrorType.NO_ERROR : errorTable[cause].download;
}

/** Is it one of the causes that this version knows? (The addon may be newer.) */
export function toErrorKind(name: string): ErrorKind {
  return isErrorKind(name) ? name : 'internal';
}

function isErrorKind(name: string): name is ErrorKind {
  return Object.hasOwn(errorTable, name);
}
