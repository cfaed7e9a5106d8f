// Downloads many files and watches them as one.
import type { Device } from '../device.js';
import { State } from '../enums.js';
import type { DownloadErrorType } from '../enums.js';
import type { DownloadProgress } from '../types.js';
import type { Progress } from './progress-view.js';

export interface Wanted {
  readonly uri: string;
  /** Bytes. */
  readonly size: number;
}

export interface Fetched {
  readonly uri: string;
  readonly outcome: 'downloaded' | 'failed' | 'stopped';
  /** What `Download` reported, or what its `start` rejected with. */
  readonly reason?: DownloadErrorType | Error;
}

export interface FetchWatch {
  onProgress?: (progress: Progress) => void;
  onFile?: (file: Fetched) => void;
  signal?: AbortSignal;
}

const outcomes = {
  [State.COMPLETED]: 'downloaded',
  [State.FAILED]: 'failed',
  [State.STOPPED]: 'stopped',
} as const;

/** Settles when every file has reached an end: fetched, failed or stopped. */
export async function fetchFiles(
  device: Device,
  wanted: readonly Wanted[],
  watch: FetchWatch = {},
): Promise<Fetched[]> {
  const download = new device.cloudSync.Download();
  const arrived = new Map<string, number>();
  const ends = new Map<string, (file: Fetched) => void>();
  const results: Fetched[] = [];
  const bytesTotal = wanted.reduce((sum, { size }) => sum + size, 0);
  let bytesDone = 0;

  const tell = () => {
    const counts = { filesDone: results.length, filesTotal: wanted.length };
    watch.onProgress?.({ phase: 'downloading', ...counts, bytesDone, bytesTotal });
  };
  const listener = ({ uri, state, processed, error }: DownloadProgress) => {
    bytesDone += processed - (arrived.get(uri) ?? 0);
    arrived.set(uri, processed);
    if (state === State.COMPLETED || state === State.FAILED || state === State.STOPPED) {
      const outcome = outcomes[state];
      ends.get(uri)?.(outcome === 'failed' ? { uri, outcome, reason: error } : { uri, outcome });
    }
    tell();
  };
  const fetchOne = async ({ uri }: Wanted) => {
    const end = new Promise<Fetched>((resolve) => ends.set(uri, resolve));
    const file = await download.start(uri).then(
      () => end,
      (error: unknown): Fetched => {
        const reason = error instanceof Error ? error : new Error(String(error));
        return { uri, outcome: 'failed', reason };
      },
    );
    results.push(file);
    watch.onFile?.(file);
    tell();
  };
  const onAbort = () => {
    for (const { uri } of wanted) void download.stop(uri);
  };

  download.on('progress', listener);
  watch.signal?.addEventListener('abort', onAbort);
  try {
    await Promise.all(wanted.map(fetchOne));
  } finally {
    watch.signal?.removeEventListener('abort', onAbort);
    download.off('progress', listener);
  }
  return results;
}
