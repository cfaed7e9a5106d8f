// Reads plain objects of a configuration. Every error names the key, what is wrong and what to do.
import { BusinessError } from './errors.js';
import { describe } from './validate.js';

/** An error of the configuration at `key`, for example `spaces.gallery.root`. */
export function configError(key: string, problem: string): BusinessError {
  return new BusinessError('invalidArgument', `configuration: ${key} ${problem}`, { path: key });
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One object of the configuration, whose keys are known. */
export class ConfigReader {
  readonly #at: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param known the keys that may stand here; absent: any */
  constructor(value: unknown, at: string, known?: readonly string[]) {
    if (!isRecord(value)) {
      throw configError(at === '' ? 'as a whole' : at, `must be an object, not ${describe(value)}`);
    }
    this.#at = at;
    this.#values = value;
    for (const key of known === undefined ? [] : Object.keys(value)) {
      if (known !== undefined && !known.includes(key)) throw this.#unknown(key, known);
    }
  }

  /** The full name of a key: `spaces.gallery.root`. */
  name(key: string): string {
    return this.#at === '' ? key : `${this.#at}.${key}`;
  }

  keys(): string[] {
    return Object.keys(this.#values).filter((key) => this.#values[key] !== undefined);
  }

  has(key: string): boolean {
    return this.#values[key] !== undefined;
  }

  raw(key: string): unknown {
    return this.#values[key];
  }

  text(key: string): string | undefined {
    return this.#typed(
      key,
      'a string',
      (value): value is string => typeof value === 'string' && value !== '',
    );
  }

  flag(key: string): boolean | undefined {
    return this.#typed(
      key,
      'true or false',
      (value): value is boolean => typeof value === 'boolean',
    );
  }

  choice<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const list = words.map((word) => `'${word}'`).join(' or ');
    throw configError(this.name(key), `must be ${list}, not ${describe(value)}`);
  }

  /** A whole number. */
  count(key: string, least: number, most = Number.MAX_SAFE_INTEGER): number | undefined {
    const range =
      most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    return this.#typed(
      key,
      `a whole number ${range}`,
      (value): value is number =>
        typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
    );
  }

  /** A number from 0 to 1. */
  share(key: string): number | undefined {
    return this.#typed(
      key,
      'a share from 0 to 1',
      (value): value is number => typeof value === 'number' && value >= 0 && value <= 1,
    );
  }

  texts(key: string): string[] | undefined {
    return this.#typed(
      key,
      'an array of strings',
      (value): value is string[] =>
        Array.isArray(value) && value.every((entry) => typeof entry === 'string'),
    );
  }

  /** An object of strings that no message shows. */
  secrets(key: string): Readonly<Record<string, string>> {
    const value = this.#values[key];
    if (value === undefined) return {};
    if (!isRecord(value)) throw configError(this.name(key), 'must be an object of strings');
    const read: Record<string, string> = {};
    for (const [name, entry] of Object.entries(value)) {
      if (entry === undefined) continue;
      if (typeof entry !== 'string' || entry === '') {
        throw configError(`${this.name(key)}.${name}`, 'must be a string that is not empty');
      }
      read[name] = entry;
    }
    return read;
  }

  /** A function; what it answers is checked where it is asked. */
  func(key: string): (() => unknown) | undefined {
    const isFunction = (value: unknown): value is () => unknown => typeof value === 'function';
    return this.#typed(key, 'a function', isFunction);
  }

  object(key: string, known?: readonly string[]): ConfigReader | undefined {
    const value = this.#values[key];
    return value === undefined ? undefined : new ConfigReader(value, this.name(key), known);
  }

  #typed<T>(key: string, wanted: string, test: (value: unknown) => value is T): T | undefined {
    const value = this.#values[key];
    if (value === undefined || test(value)) return value;
    throw configError(this.name(key), `must be ${wanted}, not ${describe(value)}`);
  }

  #unknown(key: string, known: readonly string[]): BusinessError {
    const nearest = nearestWord(key, known);
    const advice =
      nearest === undefined ? `known here: ${known.join(', ')}` : `did you mean ${nearest}?`;
    return configError(this.name(key), `is not known; ${advice}`);
  }
}

/** The word that needs the fewest changes to become `word`; undefined when none is near. */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(word.length / 2)) + 1;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i += 1) {
    const row = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const replaced = (previous[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j + 1] ?? 0) + 1, (row[j] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
