// The words for the states of a file and of a run.
import { ErrorType, FileSyncState, SyncState } from '../enums.js';
import type { EntryInfo } from '../types.js';
import type { Terminal } from './terminal.js';

function nameIn(values: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(values).find((name) => values[name] === value) ?? String(value);
}

/** For programs: the names of the API. */
export const fileStateName = (state: FileSyncState): string => nameIn(FileSyncState, state);
export const syncStateName = (state: SyncState): string => nameIn(SyncState, state);
export const errorTypeName = (error: ErrorType): string => nameIn(ErrorType, error);

/** For persons. */
export const stateWords: Readonly<Record<FileSyncState, string>> = {
  [FileSyncState.UPLOADING]: 'uploading',
  [FileSyncState.DOWNLOADING]: 'downloading',
  [FileSyncState.COMPLETED]: 'in sync',
  [FileSyncState.STOPPED]: 'stopped',
  [FileSyncState.TO_BE_UPLOADED]: 'to be uploaded',
  [FileSyncState.UPLOAD_SUCCESS]: 'uploaded',
  [FileSyncState.UPLOAD_FAILURE]: 'upload failed',
};

export const locationWords: Readonly<Record<EntryInfo['location'], string>> = {
  local: 'here only',
  cloud: 'cloud only',
  both: 'here + cloud',
};

/** Green: safe in the cloud. Yellow: not yet. Red: tried in vain. */
export function paintState(terminal: Terminal, words: string): string {
  switch (words.trim()) {
    case stateWords[FileSyncState.COMPLETED]:
    case stateWords[FileSyncState.UPLOAD_SUCCESS]:
      return terminal.green(words);
    case stateWords[FileSyncState.UPLOAD_FAILURE]:
      return terminal.red(words);
    default:
      return terminal.yellow(words);
  }
}

export const paintLocation = (terminal: Terminal, words: string): string =>
  words.trim() === locationWords.cloud ? terminal.cyan(words) : words;

/** Why a run did not complete, as a sentence with what to do. */
export const errorSentences: Readonly<Record<ErrorType, string>> = {
  [ErrorType.NO_ERROR]: '',
  [ErrorType.NETWORK_UNAVAILABLE]: 'The remote cannot be reached. Check the network and run again.',
  [ErrorType.WIFI_UNAVAILABLE]: 'There is no Wi-Fi.',
  [ErrorType.BATTERY_LEVEL_LOW]: 'The battery is below 10 %. Plug it in and run again.',
  [ErrorType.BATTERY_LEVEL_WARNING]: 'The battery is below 15 %. Plug it in and run again.',
  [ErrorType.CLOUD_STORAGE_FULL]: 'The remote takes no more content. Make room there.',
  [ErrorType.LOCAL_STORAGE_FULL]: 'The local disk is full. Make room and run again.',
  [ErrorType.DEVICE_TEMPERATURE_TOO_HIGH]: 'The device is too hot.',
  [ErrorType.REMOTE_SERVER_ABNORMAL]: 'The remote does not answer as it should. Is it writable?',
  [ErrorType.RESPONSE_TIME_OUT]: 'The remote did not answer in time. Run again.',
  [ErrorType.UNKNOWN_ERROR]: 'Some files could not be synced; they are named above.',
};
