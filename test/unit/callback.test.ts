import { expect, it, vi } from 'vitest';
import { later, settle } from '../../lib/callback.js';
import { BusinessError } from '../../lib/errors.js';
import type { AsyncCallback } from '../../lib/types.js';

/** A callback, and a promise of the arguments of its first call. */
function recorded<T>(): {
  callback: AsyncCallback<T>;
  called: Promise<unknown[]>;
  calls: () => number;
} {
  let calls = 0;
  let callback: AsyncCallback<T> = () => undefined;
  const called = new Promise<unknown[]>((resolve) => {
    callback = (...args: unknown[]) => {
      calls += 1;
      resolve(args);
    };
  });
  return { callback, called, calls: () => calls };
}

it('without a callback the promise is returned', async () => {
  expect(await settle(Promise.resolve(7), undefined)).toBe(7);
});

it('with a callback nothing is returned, and it gets no error and the data', async () => {
  const { callback, called } = recorded<number>();
  expect(settle(Promise.resolve(7), callback)).toBeUndefined();
  expect(await called).toEqual([undefined, 7]);
});

it('on failure the callback gets only the error', async () => {
  const { callback, called } = recorded<number>();
  const error = new BusinessError('network');
  void settle(Promise.reject(error), callback);
  expect(await called).toEqual([error]);
});

it('the callback is not called within the call, and only once', async () => {
  const { callback, called, calls } = recorded<number>();
  void settle(Promise.resolve(7), callback);
  expect(calls()).toBe(0);
  await called;
  await Promise.resolve();
  expect(calls()).toBe(1);
});

it('what a callback throws is an uncaught exception, not a second call', async () => {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve));
  const callback = vi.fn(() => {
    throw new Error('from a callback');
  });
  void settle(Promise.resolve(7), callback);
  expect(await uncaught).toMatchObject({ message: 'from a callback' });
  for (const listener of others) process.on('uncaughtException', listener);
  expect(callback).toHaveBeenCalledTimes(1);
});

it('what fails at once becomes a rejection', async () => {
  const failing = later(() => {
    throw new BusinessError('unavailable');
  });
  await expect(failing).rejects.toMatchObject({ cause: 'unavailable' });
});
