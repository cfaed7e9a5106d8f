// One run of one space: started, watched until it is over, told as a result.
import type { Device } from '../device.js';
import { ErrorType, SyncState } from '../enums.js';
import type { Notice, RunProgress, SyncProgress } from '../types.js';
import type { Progress } from './progress-view.js';

export interface SyncRun {
  readonly final: SyncProgress;
  /** The last figures of the run; undefined when it told none. */
  readonly figures: RunProgress | undefined;
  readonly notices: readonly Notice[];
  /** A safety rule stopped it. */
  readonly halted: boolean;
}

export interface SyncWatch {
  onProgress?: (progress: RunProgress) => void;
  onNotice?: (notice: Notice) => void;
  /** Stops the run; it can be resumed. */
  signal?: AbortSignal;
}

/** Runs a space once. Rejects when the run could not even start. */
export async function runSync(
  device: Device,
  space: string,
  watch: SyncWatch = {},
): Promise<SyncRun> {
  const { GallerySync, FileSync } = device.cloudSync;
  const sync = space === 'gallery' ? new GallerySync() : new FileSync(space);
  let final: SyncProgress = { state: SyncState.COMPLETED, error: ErrorType.NO_ERROR };
  let figures: RunProgress | undefined;
  const notices: Notice[] = [];

  const onState = (state: SyncProgress) => {
    final = state;
  };
  const onProgress = (progress: RunProgress) => {
    if (progress.space !== space) return;
    figures = progress;
    watch.onProgress?.(progress);
  };
  const onNotice = (notice: Notice) => {
    if (notice.space !== space) return;
    notices.push(notice);
    watch.onNotice?.(notice);
  };
  const onAbort = () => {
    void sync.stop();
  };

  sync.on('progress', onState);
  device.on('progress', onProgress);
  device.on('notice', onNotice);
  watch.signal?.addEventListener('abort', onAbort);
  try {
    await sync.start();
    if (watch.signal?.aborted === true) await sync.stop();
    await device.whenIdle();
  } finally {
    watch.signal?.removeEventListener('abort', onAbort);
    sync.off('progress', onState);
    device.off('progress', onProgress);
    device.off('notice', onNotice);
  }
  const halted = notices.some(({ cause }) => cause === 'halted');
  return { final, figures, notices, halted };
}

/** The figures of a run as a progress bar wants them. */
export const toProgress = (run: RunProgress): Progress => ({
  phase: run.phase,
  filesDone: run.filesDone,
  filesTotal: run.filesTotal,
  bytesDone: run.bytesDone,
  bytesTotal: run.bytesTotal,
  scanned: run.scanned,
});
