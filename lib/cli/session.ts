// What a subcommand is given: how to speak, the device (opened at the first question), and the signal
// that stops it.
import { openConfigured } from './device.js';
import type { OpenedDevice } from './device.js';
import type { Output } from './output.js';

export class Session {
  readonly #config: string | undefined;
  readonly #controller = new AbortController();
  #opened: Promise<OpenedDevice> | undefined;

  constructor(
    readonly output: Output,
    config: string | undefined,
  ) {
    this.#config = config;
  }

  /** Aborted by the first interrupt: stop, leave what is done, end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(): void {
    this.#controller.abort();
  }

  open(): Promise<OpenedDevice> {
    this.#opened ??= openConfigured(this.#config, undefined);
    return this.#opened;
  }

  /** The device, which keeps these spaces in sync by itself; none named: all of them. */
  openWatching(spaces: readonly string[]): Promise<OpenedDevice> {
    this.#opened ??= openConfigured(this.#config, spaces);
    return this.#opened;
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    await opened?.device.close();
  }
}
