import type { DeviceConditions } from './conditions.js';
import { State } from './enums.js';
import type { FileSyncState } from './enums.js';
import type { Engine, EngineSink, EntryPage, TransferEvent, TrashPage, Watcher } from './engine.js';
import { BusinessError, toErrorKind } from './errors.js';
import { valueOf } from './native.js';
import type { Runtime } from './native.js';
import type {
  NativeConfig,
  NativeEntry,
  NativeEvent,
  NativeOlder,
  NativePage,
  NativePlan,
  NativeRunProgress,
  NativeSyncEvent,
  NativeTransferEvent,
  NativeTrashed,
  NativeTrashPage,
} from './native-types.js';
import type {
  EntryInfo,
  OlderVersion,
  Plan,
  RunProgress,
  SyncProgress,
  TrashEntry,
} from './types.js';

const phases = ['scanning', 'downloading', 'uploading', 'done'] as const;
const locations = ['local', 'cloud', 'both'] as const;

interface Watched {
  readonly watcher: Watcher;
  /** The URIs whose final event is still to come. */
  readonly uris: Set<string>;
}

/**
 * One device of the addon. Keeps the process alive while a run or a download that was started here
 * has not had its final event: a listener alone does not.
 */
export class NativeEngine implements Engine {
  readonly device: number;
  readonly stateDir: string;
  readonly #runtime: Runtime;
  readonly #config: NativeConfig;
  readonly #sink: EngineSink;
  readonly #states = new Map<string, SyncProgress>();
  readonly #runs = new Set<string>();
  readonly #finals = new Map<string, number>(); // final states seen, by space
  readonly #watched = new Map<number, Watched>();
  #closing: Promise<void> | undefined;

  constructor(runtime: Runtime, device: number, config: NativeConfig, sink: EngineSink) {
    this.#runtime = runtime;
    this.device = device;
    this.stateDir = config.stateDir;
    this.#config = config;
    this.#sink = sink;
  }

  /** Reads the states of earlier processes, to which events add from here on. */
  opened(): void {
    for (const { name } of this.#config.spaces) {
      const { state, error } = valueOf(this.#runtime.addon.syncState(this.device, name));
      if (!this.#states.has(name)) this.#states.set(name, { state, error });
    }
  }

  startSync(space: string, conditions: DeviceConditions): Promise<void> {
    const finals = this.#finals.get(space);
    return this.#call(
      (call) => this.#runtime.addon.startSync(this.device, call, space, conditions),
      () => {
        // A final state that came since may be that of the run before, or already that of this one.
        if (finals === this.#finals.get(space)) this.#holdRun(space);
        else this.whenIdle().catch(() => undefined); // holds by itself until nothing runs
      },
    );
  }

  stopSync(space: string): Promise<void> {
    return this.#call((call) => this.#runtime.addon.stopSync(this.device, call, space));
  }

  syncState(space: string): SyncProgress {
    if (this.#closing !== undefined) throw new BusinessError('unavailable', 'the device is closed');
    const known = this.#states.get(space);
    if (known !== undefined) return { ...known };
    const { state, error } = valueOf(this.#runtime.addon.syncState(this.device, space));
    return { state, error };
  }

  lastSyncTime(space: string): number {
    return valueOf(this.#runtime.addon.lastSyncTime(this.device, space));
  }

  startDownload(watcher: Watcher, uri: string): Promise<void> {
    return this.#call(
      (call) => this.#runtime.addon.startDownload(this.device, call, watcher.number, uri),
      () => this.#holdDownload(watcher, uri),
    );
  }

  stopDownload(uri: string, partial: 'keep' | 'remove'): Promise<void> {
    return this.#call((call) => this.#runtime.addon.stopDownload(this.device, call, uri, partial));
  }

  cleanFile(uri: string): void {
    valueOf(this.#runtime.addon.cleanFile(this.device, uri));
  }

  limitBandwidth(up: number, down: number): void {
    valueOf(this.#runtime.addon.limitBandwidth(this.device, up, down));
  }

  fileState(uri: string): FileSyncState {
    return valueOf(this.#runtime.addon.fileState(this.device, uri));
  }

  fileStates(uris: readonly string[]): Promise<FileSyncState[]> {
    return this.#call((call) => this.#runtime.addon.fileStates(this.device, call, uris));
  }

  async list(space: string, prefix: string, after: string, limit: number): Promise<EntryPage> {
    const page = await this.#call<NativePage>((call) =>
      this.#runtime.addon.list(this.device, call, space, prefix, after, limit),
    );
    const entries = page.entries.map(toEntryInfo);
    return page.next === '' ? { entries } : { entries, next: page.next };
  }

  async leaveList(space: string, prefix: string, after: string): Promise<void> {
    const left = this.#call<NativePage>((call) =>
      this.#runtime.addon.list(this.device, call, space, prefix, after, 0),
    );
    await left.catch(() => undefined); // what is closed meanwhile holds nothing any more
  }

  async plan(space: string): Promise<Plan> {
    const plan = await this.#call<NativePlan>((call) =>
      this.#runtime.addon.plan(this.device, call, space),
    );
    const [ops, halts, totals] = [copies(plan.ops), copies(plan.halts), copies(plan.totals)];
    const [first] = halts;
    const halted = first === undefined ? {} : { halted: first.reason };
    return { id: plan.id, ...halted, halts, totals, ops };
  }

  confirm(planId: string): Promise<void> {
    return this.#call((call) => this.#runtime.addon.confirm(this.device, call, planId));
  }

  unlink(space: string): Promise<void> {
    return this.#call((call) => this.#runtime.addon.unlink(this.device, call, space));
  }

  remove(uri: string, depth: 'alone' | 'withContent'): Promise<void> {
    return this.#call((call) => this.#runtime.addon.remove(this.device, call, uri, depth));
  }

  move(uri: string, to: string): Promise<void> {
    return this.#call((call) => this.#runtime.addon.move(this.device, call, uri, to));
  }

  async trash(space: string, after: string): Promise<TrashPage> {
    const page = await this.#call<NativeTrashPage>((call) =>
      this.#runtime.addon.trash(this.device, call, space, after),
    );
    const entries = page.entries.map(toTrashEntry);
    return page.next === '' ? { entries } : { entries, next: page.next };
  }

  restore(space: string, id: string): Promise<string> {
    return this.#call((call) => this.#runtime.addon.restore(this.device, call, space, id));
  }

  async versions(uri: string): Promise<OlderVersion[]> {
    const versions = await this.#call<readonly NativeOlder[]>((call) =>
      this.#runtime.addon.versions(this.device, call, uri),
    );
    return versions.map(({ sha256, ...rest }) => (sha256 === '' ? rest : { ...rest, sha256 }));
  }

  restoreVersion(uri: string, id: string): Promise<void> {
    return this.#call((call) => this.#runtime.addon.restoreVersion(this.device, call, uri, id));
  }

  whenIdle(): Promise<void> {
    return this.#call((call) => this.#runtime.addon.whenIdle(this.device, call));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** An event of the engine, in order. */
  receive(event: Exclude<NativeEvent, { type: 'settled' }>): void {
    switch (event.type) {
      case 'sync':
        this.#onSync(event);
        return;
      case 'transfer':
        this.#onTransfer(event);
        return;
      case 'progress':
        this.#sink.progressed(toRunProgress(event));
        return;
      case 'notice': {
        const { space, path, kind, message } = event;
        this.#sink.noticed({ space, path, cause: toErrorKind(kind), message });
      }
    }
  }

  #call<T>(command: Parameters<Runtime['call']>[1], accepted?: () => void): Promise<T> {
    return this.#runtime.call<T>(this.device, command, accepted);
  }

  async #close(): Promise<void> {
    try {
      await this.#call((call) => this.#runtime.addon.close(this.device, call));
    } finally {
      for (const space of [...this.#runs]) this.#releaseRun(space);
      for (const watched of [...this.#watched.values()]) {
        for (const uri of [...watched.uris]) this.#releaseDownload(watched, uri);
      }
      this.#runtime.removeEngine(this.device);
    }
  }

  // A start during a run lets the run go on to one common end: it counts once.
  #holdRun(space: string): void {
    if (this.#runs.has(space)) return;
    this.#runs.add(space);
    this.#runtime.hold();
  }

  #releaseRun(space: string): void {
    if (this.#runs.delete(space)) this.#runtime.release();
  }

  #holdDownload(watcher: Watcher, uri: string): void {
    let watched = this.#watched.get(watcher.number);
    if (watched === undefined) {
      watched = { watcher, uris: new Set() };
      this.#watched.set(watcher.number, watched);
    }
    if (watched.uris.has(uri)) return;
    watched.uris.add(uri);
    this.#runtime.hold();
  }

  #releaseDownload(watched: Watched, uri: string): void {
    if (!watched.uris.delete(uri)) return;
    if (watched.uris.size === 0) this.#watched.delete(watched.watcher.number);
    this.#runtime.release();
  }

  #onSync(event: NativeSyncEvent): void {
    const { space, state, error } = event;
    this.#states.set(space, { state, error });
    if (event.final) {
      this.#finals.set(space, (this.#finals.get(space) ?? 0) + 1);
      this.#releaseRun(space);
    }
    this.#sink.synced(space, { state, error });
  }

  #onTransfer(event: NativeTransferEvent): void {
    const watched = this.#watched.get(event.watcher);
    if (watched === undefined) return;
    const { error, ...rest } = event;
    const told: TransferEvent = error === undefined ? rest : { ...rest, error: toErrorKind(error) };
    if (event.state !== State.RUNNING) this.#releaseDownload(watched, event.uri);
    watched.watcher.deliver(told);
  }
}

function toRunProgress(event: NativeRunProgress): RunProgress {
  const { space, filesDone, filesTotal, bytesDone, bytesTotal, scanned, failed, skipped } = event;
  const phase = phases[event.phase] ?? 'scanning';
  return { space, phase, filesDone, filesTotal, bytesDone, bytesTotal, scanned, failed, skipped };
}

const copies = <T extends object>(list: readonly T[]): T[] => list.map((one) => ({ ...one }));

function toTrashEntry({ inCloud, ...entry }: NativeTrashed): TrashEntry {
  return { ...entry, location: inCloud ? 'cloud' : 'local' };
}

function toEntryInfo(entry: NativeEntry): EntryInfo {
  const { location, sha256, version, ...rest } = entry;
  return {
    ...rest,
    location: locations[location] ?? 'local',
    ...(sha256 === '' ? {} : { sha256 }),
    ...(version === '' ? {} : { version }),
  };
}
