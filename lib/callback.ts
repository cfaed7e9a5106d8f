import type { AsyncCallback } from './types.js';

// `AsyncCallback` as it is really called: without an error on success, without data on failure.
interface Callee<T> {
  call(err: unknown, data?: T): void;
}

/**
 * Both forms of an asynchronous call from one implementation: with a callback it is called once,
 * later, and nothing is returned; without one the promise is returned.
 */
export function settle<T>(
  work: Promise<T>,
  callback: AsyncCallback<T> | undefined,
): Promise<T> | undefined {
  if (callback === undefined) return work;
  const callee: Callee<T> = {
    call: (...args) => {
      Reflect.apply(callback, undefined, args);
    },
  };
  // From a microtask of its own, so that what the callback throws is an uncaught exception and not
  // a rejection that nobody sees.
  work.then(
    (data) => queueMicrotask(() => callee.call(undefined, data)),
    (error: unknown) => queueMicrotask(() => callee.call(error)),
  );
  return undefined;
}

/** Does `work` now; what it throws becomes a rejection. */
export function later<T>(work: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}
