// The shapes that cross the border to the addon; binding/convert.cpp spells the same names.
import type { DeviceConditions } from './conditions.js';
import type { ErrorType, FileSyncState, State, SyncState } from './enums.js';

export interface NativeConfig {
  readonly stateDir: string;
  readonly deviceName: string;
  readonly spaces: readonly NativeSpace[];
  readonly limits: {
    readonly transfers?: number;
    readonly memoryBytes?: number;
    /** 0: as fast as it goes. */
    readonly uploadBytesPerSecond: number;
    readonly downloadBytesPerSecond: number;
  };
}

export interface NativeSpace {
  readonly name: string;
  readonly root: string;
  readonly remote: { readonly url: string; readonly options: Readonly<Record<string, string>> };
  readonly content: 'all' | 'on-demand';
  readonly mediaOnly: boolean;
  readonly uriPrefix: string;
  readonly deletionLimitFiles: number;
  readonly deletionLimitShare: number;
  readonly trashDays: number;
  readonly direction: 'both' | 'upload' | 'download';
  readonly symlinks: 'skip' | 'preserve';
  readonly ignore: readonly string[];
}

export interface NativeError {
  readonly kind: string;
  readonly message: string;
  readonly subject: string;
  readonly systemCode: number;
}

export type Outcome<T> = { readonly value: T } | { readonly error: NativeError };

export interface NativeSyncEvent {
  readonly type: 'sync';
  readonly space: string;
  readonly state: SyncState;
  readonly error: ErrorType;
  readonly final: boolean;
}

export interface NativeTransferEvent {
  readonly type: 'transfer';
  readonly watcher: number;
  readonly uri: string;
  readonly state: State;
  readonly processed: number;
  readonly size: number;
  readonly error?: string;
}

export interface NativeRunProgress {
  readonly type: 'progress';
  readonly space: string;
  readonly phase: number;
  readonly filesDone: number;
  readonly filesTotal: number;
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly scanned: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface NativeNotice {
  readonly type: 'notice';
  readonly space: string;
  readonly path: string;
  readonly kind: string;
  readonly message: string;
}

export type NativeSettled = { readonly type: 'settled'; readonly call: number } & Outcome<unknown>;

export type NativeEvent =
  NativeSettled | NativeSyncEvent | NativeTransferEvent | NativeRunProgress | NativeNotice;

export interface NativeEntry {
  readonly path: string;
  readonly uri: string;
  readonly directory: boolean;
  readonly size: number;
  readonly state: FileSyncState;
  readonly location: number;
  readonly sha256: string;
  readonly version: string;
  readonly modifyTime: number;
}

export interface NativePage {
  readonly entries: readonly NativeEntry[];
  readonly next: string;
}

export interface NativePlan {
  readonly id: string;
  readonly halts: readonly { readonly reason: string; readonly message: string }[];
  readonly totals: readonly {
    readonly kind: string;
    readonly outcome: string;
    readonly count: number;
    readonly bytes: number;
  }[];
  readonly ops: readonly {
    readonly kind: string;
    readonly path: string;
    readonly size: number;
    readonly outcome: string;
    readonly message: string;
  }[];
}

export interface NativeTrashed {
  readonly id: string;
  readonly path: string;
  readonly inCloud: boolean;
  readonly size: number;
  readonly removedAt: number;
  readonly reason: string;
}

export interface NativeTrashPage {
  readonly entries: readonly NativeTrashed[];
  readonly next: string;
}

export interface NativeOlder {
  readonly id: string;
  readonly size: number;
  readonly modifyTime: number;
  readonly sha256: string;
}

/** What the addon exports. Devices and calls are numbers that lib/native.ts chooses. */
export interface NativeAddon {
  start(dispatch: (hurried: boolean) => void): void;
  drain(): readonly (readonly [number, ...NativeEvent[]])[];
  hold(): void;
  release(): void;
  shutdown(): void;
  openNow(device: number, config: NativeConfig): Outcome<undefined>;
  open(device: number, call: number, config: NativeConfig): Outcome<undefined>;
  close(device: number, call: number): Outcome<undefined>;
  forget(device: number): void;
  startSync(
    device: number,
    call: number,
    space: string,
    conditions: DeviceConditions,
  ): Outcome<undefined>;
  stopSync(device: number, call: number, space: string): Outcome<undefined>;
  syncState(device: number, space: string): Outcome<NativeSyncEvent>;
  lastSyncTime(device: number, space: string): Outcome<number>;
  startDownload(device: number, call: number, watcher: number, uri: string): Outcome<undefined>;
  stopDownload(
    device: number,
    call: number,
    uri: string,
    partial: 'keep' | 'remove',
  ): Outcome<undefined>;
  cleanFile(device: number, uri: string): Outcome<undefined>;
  limitBandwidth(device: number, up: number, down: number): Outcome<undefined>;
  fileState(device: number, uri: string): Outcome<FileSyncState>;
  fileStates(device: number, call: number, uris: readonly string[]): Outcome<undefined>;
  list(
    device: number,
    call: number,
    space: string,
    prefix: string,
    after: string,
    limit: number,
  ): Outcome<undefined>;
  plan(device: number, call: number, space: string): Outcome<undefined>;
  confirm(device: number, call: number, planId: string): Outcome<undefined>;
  unlink(device: number, call: number, space: string): Outcome<undefined>;
  remove(
    device: number,
    call: number,
    uri: string,
    depth: 'alone' | 'withContent',
  ): Outcome<undefined>;
  move(device: number, call: number, uri: string, to: string): Outcome<undefined>;
  trash(device: number, call: number, space: string, after: string): Outcome<undefined>;
  restore(device: number, call: number, space: string, id: string): Outcome<undefined>;
  versions(device: number, call: number, uri: string): Outcome<undefined>;
  restoreVersion(device: number, call: number, uri: string, id: string): Outcome<undefined>;
  whenIdle(device: number, call: number): Outcome<undefined>;
}
