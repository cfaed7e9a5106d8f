// Checks of arguments. All throw synchronously: a wrong call is a bug at the place of the call.
import { BusinessError } from './errors.js';
import type { AsyncCallback, Callback } from './types.js';

function invalid(detail: string): BusinessError {
  return new BusinessError('invalidArgument', detail);
}

/**
 * The arguments without trailing `undefined`s: leaving an optional one out and handing over
 * `undefined` is the same. Throws when there are too few or too many.
 */
export function countedArguments(
  args: readonly unknown[],
  least: number,
  most: number,
): readonly unknown[] {
  let count = args.length;
  while (count > 0 && args[count - 1] === undefined) count -= 1;
  if (count < least || count > most) {
    const wanted = least === most ? String(least) : `${least} to ${most}`;
    throw invalid(`${wanted} arguments are wanted, ${count} were given`);
  }
  return args.slice(0, count);
}

function isFunction(value: unknown): value is (...args: never[]) => unknown {
  return typeof value === 'function';
}

function isCallback<T>(value: unknown): value is Callback<T> {
  return isFunction(value);
}

function isAsyncCallback<T>(value: unknown): value is AsyncCallback<T> {
  return isFunction(value);
}

/** A listener. */
export function listenerArgument<T>(value: unknown): Callback<T> {
  if (isCallback<T>(value)) return value;
  throw invalid(`the callback must be a function, not ${describe(value)}`);
}

/** The callback of a call that may also be made without one. */
export function callbackArgument<T>(value: unknown): AsyncCallback<T> | undefined {
  if (value === undefined || isAsyncCallback<T>(value)) return value;
  throw invalid(`the callback must be a function, not ${describe(value)}`);
}

/** The name of an event. */
export function eventArgument(value: unknown, known: string): void {
  if (value !== known) throw invalid(`the event must be '${known}', not ${describe(value)}`);
}

export function stringArgument(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  throw invalid(`${name} must be a string, not ${describe(value)}`);
}

export function filledStringArgument(value: unknown, name: string): string {
  const text = stringArgument(value, name);
  if (text === '') throw invalid(`${name} must not be empty`);
  return text;
}

export function booleanArgument(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(`${name} must be true or false, not ${describe(value)}`);
}

/** A whole number that is exact as a JavaScript number. */
export function countArgument(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw invalid(`${name} must be a whole number from 0, not ${describe(value)}`);
}

export function stringsArgument(value: unknown, name: string, most: number): string[] {
  if (!Array.isArray(value)) throw invalid(`${name} must be an array, not ${describe(value)}`);
  if (value.length > most) {
    throw invalid(`${name} may hold ${most} entries at most, not ${value.length}`);
  }
  const entries: readonly unknown[] = value;
  return entries.map((entry, index) => stringArgument(entry, `${name}[${index}]`));
}

/** A value as an error message shows it. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return value.length > 60 ? 'a long string' : `'${value}'`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}
