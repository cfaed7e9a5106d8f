import type { Callback } from './types.js';

/** The listeners of one event of one object, in the order in which they came. */
export class Listeners<T> {
  readonly #listeners = new Set<Callback<T>>();

  get size(): number {
    return this.#listeners.size;
  }

  has(listener: Callback<T>): boolean {
    return this.#listeners.has(listener);
  }

  /** Whether it is new: the same function twice counts once. */
  add(listener: Callback<T>): boolean {
    if (this.#listeners.has(listener)) return false;
    this.#listeners.add(listener);
    return true;
  }

  /** Removes one, or all of them. One that is not there is no error. */
  remove(listener?: Callback<T>): void {
    if (listener === undefined) this.#listeners.clear();
    else this.#listeners.delete(listener);
  }

  /** Calls those that listen now; `make` gives each its own event. */
  emit(make: () => T): void {
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) callListener(listener, make());
    }
  }
}

/** Calls a listener. What it throws reaches `uncaughtException` and disturbs nobody else. */
export function callListener<T>(listener: Callback<T>, event: T): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
