// `cloudsync watch [SPACE...]`: keeps spaces in sync until it is interrupted; a line for each run
// that did something or failed.
import type { Device } from '../device.js';
import { SyncState } from '../enums.js';
import type { Notice, RunProgress, SyncProgress } from '../types.js';
import type { SpaceView } from './device.js';
import { ExitCode } from './exit-codes.js';
import type { Session } from './session.js';
import { errorSentences, errorTypeName, syncStateName } from './states.js';
import { count, formatBytes, safeName } from './text.js';

/** How many lines about single files one run may say; the rest is counted. */
const noticesShown = 20;
const oneDay = 86_400_000;

export async function watch(session: Session, names: readonly string[]): Promise<ExitCode> {
  const { device, spaces } = await session.openWatching(names);
  const teller = new Teller(session, device);
  for (const space of spaces) teller.follow(space);
  await Promise.race([device.whenIdle(), aborted(session.signal)]);
  for (const space of spaces) teller.sayWatching(space);
  await aborted(session.signal);
  return ExitCode.INTERRUPTED;
}

/** Keeps the process alive until then: a device that is watching does not. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const alive = setInterval(() => undefined, oneDay);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

/** What was told of a space since its last line. */
interface Story {
  running: boolean;
  figures: RunProgress | undefined;
  notices: number;
  failing: boolean;
}

class Teller {
  readonly #session: Session;
  readonly #device: Device;
  readonly #stories = new Map<string, Story>();

  constructor(session: Session, device: Device) {
    this.#session = session;
    this.#device = device;
    device.on('progress', (progress) => this.#onFigures(progress));
    device.on('notice', (notice) => this.#onNotice(notice));
  }

  follow({ name }: SpaceView): void {
    this.#stories.set(name, { running: false, figures: undefined, notices: 0, failing: false });
    const { GallerySync, FileSync } = this.#device.cloudSync;
    const sync = name === 'gallery' ? new GallerySync() : new FileSync(name);
    sync.on('progress', (state) => this.#onState(name, state));
  }

  sayWatching({ name, root, remote }: SpaceView): void {
    const { output, signal } = this.#session;
    if (signal.aborted) return;
    output.emit('watching', { space: name, root, remote });
    if (output.json) return;
    const { out } = output;
    out.line(`${out.bold(name)}: watching ${safeName(root)} ⇄ ${safeName(remote)}, Ctrl-C ends it`);
  }

  #onState(name: string, { state, error }: SyncProgress): void {
    const story = this.#stories.get(name);
    if (story === undefined) return;
    if (state === SyncState.DOWNLOADING || state === SyncState.UPLOADING) {
      story.running = true;
      return;
    }
    if (!story.running) return; // the state of an earlier run, told to a new listener
    const { filesDone = 0, bytesDone = 0, failed = 0 } = story.figures ?? {};
    const failing = state !== SyncState.COMPLETED && state !== SyncState.STOPPED;
    const worthALine = filesDone > 0 || failing || story.failing;
    const hidden = story.notices - noticesShown;
    Object.assign(story, { running: false, figures: undefined, notices: 0, failing });
    if (!worthALine) return;
    const { output } = this.#session;
    const words = { state: syncStateName(state), error: errorTypeName(error) };
    output.emit('run', { space: name, ...words, filesDone, bytesDone, failed });
    if (output.json) return;
    const { out, err } = output;
    if (hidden > 0) err.line(`  ${err.yellow('!')} and ${count(hidden, 'more', 'more')}`);
    const done =
      filesDone === 0
        ? failing
          ? 'not in sync'
          : 'in sync again'
        : `${count(filesDone, 'file')}, ${formatBytes(bytesDone)}`;
    const sign = failing ? out.red('✘') : out.green('✔');
    const why = failing ? `. ${errorSentences[error]}` : '';
    out.line(`${sign} ${out.dim(clock())} ${out.bold(name)}: ${done}${why}`);
  }

  #onFigures(progress: RunProgress): void {
    const story = this.#stories.get(progress.space);
    if (story !== undefined) story.figures = progress;
  }

  #onNotice(notice: Notice): void {
    const story = this.#stories.get(notice.space);
    if (story === undefined) return;
    const { output } = this.#session;
    output.emit('notice', notice);
    story.notices += 1;
    if (output.json || story.notices > noticesShown) return;
    const { err } = output;
    const about = notice.path === '' ? '' : `${safeName(notice.path)}: `;
    err.line(`  ${err.yellow('!')} ${about}${safeName(notice.message)} ${err.dim(notice.cause)}`);
  }
}

const clock = () => new Date().toTimeString().slice(0, 8);
