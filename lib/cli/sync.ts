// `cloudsync sync [SPACE...]`: one run of each space.
import { SyncState } from '../enums.js';
import type { Notice } from '../types.js';
import type { SpaceView } from './device.js';
import { chooseSpace } from './device.js';
import { ExitCode } from './exit-codes.js';
import { ProgressView } from './progress-view.js';
import { runSync, toProgress } from './run-sync.js';
import type { SyncRun } from './run-sync.js';
import type { Session } from './session.js';
import { errorSentences, errorTypeName, syncStateName } from './states.js';
import { count, formatBytes, safeName } from './text.js';

/** How many lines about single files are shown; the rest is counted. */
const noticesShown = 20;

export async function sync(session: Session, names: readonly string[]): Promise<ExitCode> {
  const { spaces } = await session.open();
  const chosen = names.length === 0 ? spaces : names.map((name) => chooseSpace(spaces, name));
  let worst: ExitCode = ExitCode.DONE;
  for (const space of chosen) {
    if (session.signal.aborted) return ExitCode.INTERRUPTED;
    const code = await syncOne(session, space);
    if (code > worst) worst = code;
  }
  return worst;
}

async function syncOne(session: Session, space: SpaceView): Promise<ExitCode> {
  const { output, signal } = session;
  const { device } = await session.open();
  const view = output.json ? undefined : new ProgressView(output.err);
  let run: SyncRun;
  const began = performance.now();
  try {
    run = await runSync(device, space.name, {
      signal,
      onProgress: (progress) => {
        view?.update(toProgress(progress));
        output.emit('progress', progress);
      },
      onNotice: (notice) => output.emit('notice', notice),
    });
  } finally {
    view?.stop();
  }
  const seconds = (performance.now() - began) / 1000;
  const code = exitCodeOf(run);
  output.emit('result', {
    space: space.name,
    state: syncStateName(run.final.state),
    error: errorTypeName(run.final.error),
    halted: run.halted,
    seconds: Number(seconds.toFixed(3)),
    ...figuresOf(run),
  });
  if (!output.json) {
    sayNotices(session, run.notices);
    output.out.line(summary(session, space, run, seconds));
  }
  return code;
}

function exitCodeOf(run: SyncRun): ExitCode {
  if (run.halted) return ExitCode.HALTED;
  if (run.final.state === SyncState.STOPPED) return ExitCode.INTERRUPTED;
  const failed = run.final.state !== SyncState.COMPLETED || (run.figures?.failed ?? 0) > 0;
  return failed ? ExitCode.SOME_FAILED : ExitCode.DONE;
}

function figuresOf({ figures }: SyncRun): object {
  const { filesDone = 0, bytesDone = 0, scanned = 0, failed = 0, skipped = 0 } = figures ?? {};
  return { filesDone, bytesDone, scanned, failed, skipped };
}

function sayNotices({ output: { err } }: Session, notices: readonly Notice[]): void {
  for (const { path, message, cause } of notices.slice(0, noticesShown)) {
    err.line(`  ${err.yellow('!')} ${safeName(path)}: ${safeName(message)} ${err.dim(cause)}`);
  }
  const more = notices.length - noticesShown;
  if (more > 0) err.line(`  ${err.yellow('!')} and ${count(more, 'more', 'more')}`);
}

function summary(session: Session, space: SpaceView, run: SyncRun, seconds: number): string {
  const { out } = session.output;
  const { filesDone = 0, bytesDone = 0, failed = 0, skipped = 0 } = run.figures ?? {};
  const parts = [
    filesDone === 0
      ? 'nothing to transfer'
      : `${count(filesDone, 'file')}, ${formatBytes(bytesDone)} transferred`,
  ];
  if (failed > 0) parts.push(out.red(`${count(failed, 'file')} failed`));
  if (skipped > 0) parts.push(`${count(skipped, 'entry', 'entries')} set aside`);
  const details = `${parts.join(', ')} ${out.dim(`(${seconds.toFixed(1)} s)`)}`;
  if (run.halted) {
    const advice = `Look at it: cloudsync plan ${space.name}. If it is meant: cloudsync confirm ${space.name}.`;
    return `${out.red('✘')} ${out.bold(space.name)} halted by a safety rule: what it holds back was not done. ${advice}`;
  }
  if (run.final.state === SyncState.STOPPED) {
    return `${out.yellow('■')} ${out.bold(space.name)} stopped: ${details}. Run again to go on.`;
  }
  if (run.final.state === SyncState.COMPLETED) {
    return `${failed > 0 ? out.yellow('!') : out.green('✔')} ${out.bold(space.name)}: ${details}`;
  }
  return `${out.red('✘')} ${out.bold(space.name)}: ${details}. ${errorSentences[run.final.error]}`;
}
