// How fast something goes: over the last seconds, so that it follows a line that gets slower, but
// does not jump with every file.

const windowMilliseconds = 5000;

/** Per second, over a sliding window of five seconds. Times are given, never read: easy to test. */
export class Rate {
  private readonly samples: { at: number; total: number }[] = [];

  add(at: number, total: number): void {
    this.samples.push({ at, total });
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) > windowMilliseconds) {
      this.samples.shift();
    }
  }

  /** 0 until two samples with time between them are known. */
  perSecond(): number {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at <= first.at) return 0;
    return (Math.max(0, last.total - first.total) / (last.at - first.at)) * 1000;
  }
}
