// A progress bar with files, bytes, rate and time left. In a terminal it is one line that moves
// (cli-progress draws it); elsewhere a plain line now and then.
import { SingleBar } from 'cli-progress';
import stringWidth from 'string-width';
import { Rate } from './rate.js';
import type { Terminal } from './terminal.js';
import { count, fit, formatBytes, formatDuration } from './text.js';

export interface Progress {
  /** A word for what is going on: `scanning`, `uploading`, `downloading`. */
  phase: string;
  filesDone: number;
  filesTotal: number;
  bytesDone: number;
  bytesTotal: number;
  /** Entries looked at so far, shown while the totals are not known yet. */
  scanned?: number;
}

const plainEveryMilliseconds = 2000;

/** One transfer or one run on the screen. Create, `update` as often as you like, `stop`. */
export class ProgressView {
  private readonly bar: SingleBar | undefined;
  private readonly rate = new Rate();
  private latest: Progress | undefined;
  private plainAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly terminal: Terminal) {
    if (!terminal.interactive) return;
    this.bar = new SingleBar({
      format: () => this.barLine(),
      stream: terminal.stream,
      hideCursor: true,
      clearOnComplete: true,
      gracefulExit: false, // interrupts are for whoever runs the transfer
      fps: 15,
    });
    this.bar.start(1, 0);
  }

  update(progress: Progress, now = performance.now()): void {
    const phaseChanged = this.latest?.phase !== progress.phase;
    this.latest = progress;
    this.rate.add(now, progress.bytesDone);
    if (this.bar !== undefined) {
      this.bar.update(0); // redraws when it is time; the line is made of `latest`
      return;
    }
    if (progress.phase === 'done') return; // the summary follows
    if (phaseChanged || now - this.plainAt >= plainEveryMilliseconds) {
      this.plainAt = now;
      this.terminal.line(`  ${progress.phase}: ${this.figures(progress).join(', ')}`);
    }
  }

  /** Takes the bar away; what was reached is for the caller to say. */
  stop(): void {
    this.bar?.stop();
  }

  private figures(progress: Progress): string[] {
    if (progress.filesTotal === 0)
      return [`${count(progress.scanned ?? 0, 'entry', 'entries')} seen`];
    const parts = [
      `${progress.filesDone.toLocaleString('en')} of ${count(progress.filesTotal, 'file')}`,
      `${formatBytes(progress.bytesDone)} of ${formatBytes(progress.bytesTotal)}`,
    ];
    const rate = this.rate.perSecond();
    if (rate > 0) {
      const left = (progress.bytesTotal - progress.bytesDone) / rate;
      parts.push(`${formatBytes(rate)}/s`, `${formatDuration(left)} left`);
    }
    return parts;
  }

  private barLine(): string {
    const { latest: progress, terminal } = this;
    if (progress === undefined) return '';
    const figures = this.figures(progress);
    const share = shareDone(progress);
    const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
    const head = `  ${fit(progress.phase, 11)} `;
    // The figures on the right go first when the terminal is narrow, the last of them first.
    let tail = '';
    for (const figure of figures) {
      const longer = `${tail}  ${figure}`;
      if (stringWidth(head + percent + longer) + 14 > terminal.width) break;
      tail = longer;
    }
    const room = terminal.width - stringWidth(head + percent + tail) - 3;
    const width = Math.max(5, Math.min(30, room));
    return `${head}${this.drawBar(share, width)} ${percent}${terminal.dim(tail)}`;
  }

  private drawBar(share: number, width: number): string {
    const full = Math.round(share * width);
    return this.terminal.cyan('━'.repeat(full)) + this.terminal.dim('─'.repeat(width - full));
  }
}

/** Bytes tell most; where all files are empty, the number of files does. */
function shareDone(progress: Progress): number {
  const [done, total] =
    progress.bytesTotal > 0
      ? [progress.bytesDone, progress.bytesTotal]
      : [progress.filesDone, progress.filesTotal];
  return total === 0 ? 0 : Math.min(1, done / total);
}
