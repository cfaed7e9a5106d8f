import type { ResolvedConfig } from './resolve-config.js';
import { defaultConfig } from './resolve-config.js';
import type { Engine, EngineSink } from './engine.js';
import { BusinessError } from './errors.js';
import { follow } from './following.js';
import { Listeners } from './listeners.js';
import { openEngineNow } from './native.js';
import type { Notice, RunProgress, SyncProgress } from './types.js';

/** Who wants to know the states of a space's runs. */
export interface SyncObserver {
  readonly space: string;
  deliver(progress: SyncProgress): void;
}

/** What the classes of the API act on: a configuration, its engine, and who listens. */
export class Host implements EngineSink {
  readonly progress = new Listeners<RunProgress>();
  readonly notices = new Listeners<Notice>();
  readonly #observers = new Set<SyncObserver>();
  readonly #standard: (() => ResolvedConfig) | undefined;
  #config: ResolvedConfig | undefined;
  #engine: Engine | undefined;

  /** @param standard what configures it when nobody did before its first use */
  constructor(standard?: () => ResolvedConfig) {
    this.#standard = standard;
  }

  /** Acts on this from now on. */
  use(config: ResolvedConfig, engine: Engine): void {
    this.#config = config;
    this.#engine = engine;
    follow(config, engine, this);
  }

  get current(): Engine | undefined {
    return this.#engine;
  }

  get config(): ResolvedConfig {
    if (this.#config === undefined) {
      if (this.#standard === undefined) throw new BusinessError('unavailable', 'not open yet');
      this.#config = this.#standard();
    }
    return this.#config;
  }

  get engine(): Engine {
    if (this.#engine !== undefined) return this.#engine;
    const opened = openEngineNow(this.config.native, this);
    this.use(this.config, opened);
    return opened;
  }

  observe(observer: SyncObserver): void {
    this.#observers.add(observer);
  }

  ignore(observer: SyncObserver): void {
    this.#observers.delete(observer);
  }

  synced(space: string, progress: SyncProgress): void {
    for (const observer of [...this.#observers]) {
      if (observer.space === space) observer.deliver(progress);
    }
  }

  progressed(progress: RunProgress): void {
    this.progress.emit(() => ({ ...progress }));
  }

  noticed(notice: Notice): void {
    const { message, ...details } = notice;
    this.#config?.log?.warn(details, message);
    this.notices.emit(() => ({ ...notice }));
  }
}

/** The device of this process, on which the exported `cloudSync` acts. */
export const processHost = new Host(() => defaultConfig());

const hosts = new WeakMap<object, Host>();

type Constructor = new (...args: never[]) => object;

/** The class, for the objects of another device. Instances are instances of `base` too. */
export function boundTo<C extends Constructor>(host: Host, base: C): C {
  const bound = new Proxy(base, {});
  hosts.set(bound, host);
  return bound;
}

/** Whose objects `new.target` makes: those of the nearest class that is bound to a device. */
export function hostOf(newTarget: object): Host {
  for (let at: unknown = newTarget; typeof at === 'function'; at = Reflect.getPrototypeOf(at)) {
    const host = hosts.get(at);
    if (host !== undefined) return host;
  }
  return processHost;
}
