// `cloudsync get PATH...`: brings the content of files, or of everything below a directory, here.
import type { Device } from '../device.js';
import { DownloadErrorType } from '../enums.js';
import type { EntryInfo } from '../types.js';
import { chooseSpace, pathIn } from './device.js';
import type { SpaceView } from './device.js';
import { ExitCode } from './exit-codes.js';
import { fetchFiles } from './fetch-files.js';
import type { Fetched } from './fetch-files.js';
import { describeFailure } from './output.js';
import { ProgressView } from './progress-view.js';
import type { Session } from './session.js';
import { count, formatBytes, safeName } from './text.js';

export interface GetOptions {
  space?: string;
}

const reasons: Readonly<Record<DownloadErrorType, string>> = {
  [DownloadErrorType.NO_ERROR]: 'failed',
  [DownloadErrorType.UNKNOWN_ERROR]: 'failed for a reason that has no number',
  [DownloadErrorType.NETWORK_UNAVAILABLE]: 'the remote cannot be reached',
  [DownloadErrorType.LOCAL_STORAGE_FULL]: 'the local disk is full',
  [DownloadErrorType.CONTENT_NOT_FOUND]: 'the cloud does not hold it any more',
  [DownloadErrorType.FREQUENT_USER_REQUESTS]: 'the remote asks for fewer requests',
};

export async function get(
  session: Session,
  paths: readonly string[],
  options: GetOptions,
): Promise<ExitCode> {
  const { output, signal } = session;
  const { device, spaces } = await session.open();
  const space = chooseSpace(spaces, options.space);
  const { found, missing } = await find(device, space, paths);
  for (const path of missing) {
    output.emit('error', { path, message: 'no such file is known' });
    if (!output.json) {
      output.err.line(`  ${output.err.red('✘')} ${safeName(path)}: no such file is known`);
    }
  }
  const wanted = [...found.values()].filter((entry) => entry.location === 'cloud');
  const here = found.size - wanted.length;
  const files = await fetchAll(session, device, wanted);
  if (!output.json) output.out.line(summary(session, files, wanted, here));
  if (signal.aborted) return ExitCode.INTERRUPTED;
  const failed = missing.length > 0 || files.some(({ outcome }) => outcome !== 'downloaded');
  return failed ? ExitCode.SOME_FAILED : ExitCode.DONE;
}

/** Files by URI: those named, and those below the directories that are named. */
async function find(device: Device, space: SpaceView, paths: readonly string[]) {
  const found = new Map<string, EntryInfo>();
  const missing: string[] = [];
  for (const path of paths) {
    const below = pathIn(space, path);
    let known = false;
    for await (const entry of device.list(space.name, below)) {
      const name = entry.path.replace(/\/$/, '');
      if (name !== below && !name.startsWith(`${below}/`) && below !== '') continue;
      known = true;
      if (!entry.directory) found.set(entry.uri, entry);
    }
    if (!known) missing.push(path);
  }
  return { found, missing };
}

async function fetchAll(session: Session, device: Device, wanted: readonly EntryInfo[]) {
  const { output, signal } = session;
  const paths = new Map(wanted.map(({ uri, path }) => [uri, path]));
  const view = output.json || wanted.length === 0 ? undefined : new ProgressView(output.err);
  const tell = ({ uri, outcome, reason }: Fetched) => {
    const path = paths.get(uri);
    if (outcome !== 'failed') {
      output.emit('file', { path, uri, outcome });
      return;
    }
    const { text, fields } =
      typeof reason === 'number' ? numbered(reason) : describeFailure(reason);
    output.emit('file', { path, uri, outcome, ...fields });
    if (!output.json) output.err.line(`  ${output.err.red('✘')} ${safeName(path ?? uri)}: ${text}`);
  };
  try {
    return await fetchFiles(device, wanted, {
      signal,
      onProgress: (progress) => {
        view?.update(progress);
        output.emit('progress', progress);
      },
      onFile: tell,
    });
  } finally {
    view?.stop();
  }
}

function numbered(reason: DownloadErrorType) {
  const text = reasons[reason];
  return { text, fields: { message: text } };
}

function summary(
  { output: { out } }: Session,
  files: readonly Fetched[],
  wanted: readonly EntryInfo[],
  here: number,
): string {
  const sizes = new Map(wanted.map(({ uri, size }) => [uri, size]));
  const done = files.filter(({ outcome }) => outcome === 'downloaded');
  const bytes = done.reduce((sum, { uri }) => sum + (sizes.get(uri) ?? 0), 0);
  const parts = [`${count(done.length, 'file')} downloaded, ${formatBytes(bytes)}`];
  if (here > 0) parts.push(`${here} already here`);
  const left = files.length - done.length;
  if (left > 0) parts.push(out.red(`${left} not downloaded`));
  return `${left > 0 ? out.yellow('!') : out.green('✔')} ${parts.join(', ')}`;
}
