import { expect, it, vi } from 'vitest';
import { Listeners } from '../../lib/listeners.js';

it('calls listeners in the order in which they came', () => {
  const called: string[] = [];
  const listeners = new Listeners<number>();
  listeners.add(() => called.push('a'));
  listeners.add(() => called.push('b'));
  listeners.emit(() => 1);
  expect(called).toEqual(['a', 'b']);
});

it('counts the same function once', () => {
  const listener = vi.fn();
  const listeners = new Listeners<number>();
  expect(listeners.add(listener)).toBe(true);
  expect(listeners.add(listener)).toBe(false);
  listeners.emit(() => 1);
  expect(listener).toHaveBeenCalledTimes(1);
});

it('removes one, or all, and does not mind one that is not there', () => {
  const [a, b] = [vi.fn(), vi.fn()];
  const listeners = new Listeners<number>();
  listeners.add(a);
  listeners.add(b);
  listeners.remove(vi.fn());
  expect(listeners.size).toBe(2);
  listeners.remove(a);
  listeners.emit(() => 1);
  expect(a).not.toHaveBeenCalled();
  expect(b).toHaveBeenCalledTimes(1);
  listeners.remove();
  expect(listeners.size).toBe(0);
});

it('gives every listener an event of its own', () => {
  const seen: object[] = [];
  const listeners = new Listeners<object>();
  listeners.add((event) => seen.push(event));
  listeners.add((event) => seen.push(event));
  listeners.emit(() => ({}));
  expect(seen[0]).not.toBe(seen[1]);
});

it('one that is removed by another during an event is not called', () => {
  const late = vi.fn();
  const listeners = new Listeners<number>();
  listeners.add(() => listeners.remove(late));
  listeners.add(late);
  listeners.emit(() => 1);
  expect(late).not.toHaveBeenCalled();
});

it('one that throws reaches uncaughtException and disturbs nobody else', async () => {
  const other = vi.fn();
  const uncaught = new Promise((resolve) => {
    // The runner listens too; while this test waits, only we do.
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', (error) => {
      for (const listener of others) process.on('uncaughtException', listener);
      resolve(error);
    });
  });
  const listeners = new Listeners<number>();
  listeners.add(() => {
    throw new Error('from a listener');
  });
  listeners.add(other);
  listeners.emit(() => 1);
  expect(other).toHaveBeenCalledTimes(1);
  expect(await uncaught).toMatchObject({ message: 'from a listener' });
});
