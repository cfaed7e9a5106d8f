// The border to the addon: loads it, gives calls their numbers and answers, spreads what comes up,
// and keeps the process alive exactly while something is under way. The only place with `as`.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NativeEngine } from './native-engine.js';
import type { Engine, EngineSink } from './engine.js';
import { BusinessError, toErrorKind } from './errors.js';
import type {
  NativeAddon,
  NativeConfig,
  NativeError,
  NativeSettled,
  Outcome,
} from './native-types.js';
import { noSpaces } from './no-spaces.js';

/** A call that waits for its answer. */
interface Pending {
  readonly device: number;
  readonly answer: (outcome: Outcome<unknown>) => void;
}

function loadAddon(): NativeAddon {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const built = ['build/native/Release', 'build/Release'];
  const candidates = [
    process.env['CLOUDSYNC_ADDON'] ?? '', // another build, for example one with sanitizers
    join(root, 'prebuilds', `${process.platform}-${process.arch}`, 'cloudsync.node'),
    ...built.map((folder) => join(root, folder, 'cloudsync.node')),
  ];
  const file = candidates.find((candidate) => candidate !== '' && existsSync(candidate));
  if (file === undefined) {
    throw new BusinessError('unavailable', 'the native engine is not built; run `npm run build`');
  }
  return createRequire(import.meta.url)(file) as NativeAddon;
}

const leastMillisecondsBetweenReads = 50;

/** What this JavaScript environment has to do with the addon. One per environment. */
export class Runtime {
  static #instance: Runtime | undefined;
  readonly addon = loadAddon();
  readonly #pending = new Map<number, Pending>();
  readonly #engines = new Map<number, NativeEngine>();
  #lastNumber = 0;
  #holds = 0;
  #lastRead = -Infinity;
  #later: NodeJS.Timeout | undefined;

  static get(): Runtime {
    if (Runtime.#instance === undefined) {
      const runtime = new Runtime();
      runtime.addon.start((hurried) => runtime.#dispatch(hurried));
      // process.exit() runs no cleanup hook on the main thread: without this the engine's threads
      // would run on while the process is taken down around them.
      process.on('exit', () => runtime.addon.shutdown());
      Runtime.#instance = runtime;
    }
    return Runtime.#instance;
  }

  /** Numbers for calls, devices and watchers. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /** From here until as many `release` calls, the process stays alive. */
  hold(): void {
    this.#holds += 1;
    if (this.#holds === 1) this.addon.hold();
  }

  release(): void {
    this.#holds -= 1;
    if (this.#holds === 0) this.addon.release();
  }

  /**
   * Makes a call that is answered later. `accepted` runs before any event that follows the answer.
   */
  call<T>(
    device: number,
    command: (call: number) => Outcome<undefined>,
    accepted?: () => void,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const call = this.nextNumber();
      const answer = (outcome: Outcome<unknown>): void => {
        this.#pending.delete(call);
        this.release();
        if ('error' in outcome) {
          reject(toBusinessError(outcome.error));
          return;
        }
        accepted?.();
        resolve(outcome.value as T);
      };
      this.#pending.set(call, { device, answer });
      this.hold();
      const outcome = command(call);
      if ('error' in outcome) answer(outcome);
    });
  }

  addEngine(engine: NativeEngine): void {
    this.#engines.set(engine.device, engine);
  }

  /** The device is closed: whoever still waits is told. */
  removeEngine(device: number): void {
    this.#engines.delete(device);
    for (const pending of [...this.#pending.values()]) {
      if (pending.device === device) pending.answer({ error: closedWhileWaiting });
    }
    this.addon.forget(device);
  }

  /** Has this environment a device open on this state directory? */
  hasOpen(stateDir: string): boolean {
    return [...this.#engines.values()].some((engine) => engine.stateDir === stateDir);
  }

  /** What nobody stands still for is read a few times a second, however much there is of it. */
  #dispatch(hurried: boolean): void {
    const wait = this.#lastRead + leastMillisecondsBetweenReads - performance.now();
    if (hurried || wait <= 0) this.#read();
    else this.#later ??= setTimeout(() => this.#read(), wait).unref();
  }

  #read(): void {
    clearTimeout(this.#later);
    this.#later = undefined;
    this.#lastRead = performance.now();
    for (const [device, ...events] of this.#unread()) {
      for (const event of events) {
        try {
          if (event.type === 'settled') this.#settle(event);
          else this.#engines.get(device)?.receive(event);
        } catch (error) {
          // A bug of ours. The rest of the batch still arrives, and nothing is thrown into C++.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    }
  }

  #unread(): ReturnType<NativeAddon['drain']> {
    try {
      return this.addon.drain();
    } catch {
      return []; // no JavaScript may run here any more: this environment is being terminated
    }
  }

  #settle(event: NativeSettled): void {
    this.#pending.get(event.call)?.answer(event);
  }
}

const closedWhileWaiting: NativeError = {
  kind: 'unavailable',
  message: 'the device was closed',
  subject: '',
  systemCode: 0,
};

/** The value of a command, or its error thrown. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if ('error' in outcome) throw toBusinessError(outcome.error);
  return outcome.value;
}

export function toBusinessError(error: NativeError): BusinessError {
  const { message, subject } = error;
  const detail = message.includes(subject) ? message : `${subject}: ${message}`;
  return new BusinessError(toErrorKind(error.kind), detail, {
    path: error.subject,
    errno: error.systemCode,
  });
}

function newEngine(config: NativeConfig, sink: EngineSink): NativeEngine {
  const runtime = Runtime.get();
  if (runtime.hasOpen(config.stateDir)) {
    const detail = `this process (pid ${process.pid}) has a device open on ${config.stateDir}; close it first, or give stateDir another directory`;
    throw new BusinessError('locked', detail, { path: config.stateDir });
  }
  const engine = new NativeEngine(runtime, runtime.nextNumber(), config, sink);
  runtime.addEngine(engine);
  return engine;
}

/** Opens the engine of a device. */
export async function openEngine(config: NativeConfig, sink: EngineSink): Promise<Engine> {
  if (config.spaces.length === 0) return noSpaces;
  const engine = newEngine(config, sink);
  const runtime = Runtime.get();
  try {
    await runtime.call(engine.device, (call) => runtime.addon.open(engine.device, call, config));
    engine.opened();
    return engine;
  } catch (error) {
    runtime.removeEngine(engine.device);
    throw error;
  }
}

/** The same for a first use that cannot wait: blocks for some milliseconds. */
export function openEngineNow(config: NativeConfig, sink: EngineSink): Engine {
  if (config.spaces.length === 0) return noSpaces;
  const engine = newEngine(config, sink);
  const runtime = Runtime.get();
  try {
    valueOf(runtime.addon.openNow(engine.device, config));
    engine.opened();
    return engine;
  } catch (error) {
    runtime.removeEngine(engine.device);
    throw error;
  }
}
