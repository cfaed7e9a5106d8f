import fc from 'fast-check';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { getPathFromUri, getUriFromPath } from '../../lib/file-uri.js';
import { thrownBy } from '../support/thrown.js';

it('the URI of a path is file:// and the path', () => {
  expect(getUriFromPath('/data/storage/el2/cloud/1.txt')).toBe(
    'file:///data/storage/el2/cloud/1.txt',
  );
});

it('a relative path is taken from the working directory', () => {
  expect(getUriFromPath('a/../b.txt')).toBe(`file://${resolve('b.txt')}`);
});

it('every byte but letters, digits and -._~/ is percent-encoded', () => {
  expect(getUriFromPath("/a b%20#?ü!'().txt")).toBe(
    'file:///a%20b%2520%23%3F%C3%BC%21%27%28%29.txt',
  );
});

it('a URI that was written by hand means the same path', () => {
  expect(getPathFromUri('file:///a b/100%/ü.txt')).toBe('/a b/100%/ü.txt');
});

it('every absolute path comes back from its URI', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[/\0]/.test(text));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 6 }), (names) => {
      const path = resolve('/', ...names);
      expect(getPathFromUri(getUriFromPath(path))).toBe(path);
    }),
  );
});

it('two paths never share a URI', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/[/\0]/.test(text));
  fc.assert(
    fc.property(name, name, (a, b) => {
      const [left, right] = [resolve('/', a), resolve('/', b)];
      expect(getUriFromPath(left) === getUriFromPath(right)).toBe(left === right);
    }),
  );
});

it.each([undefined, null, 7, {}, ''])('%s is no path: 401', (path) => {
  const call: (path: never) => string = getUriFromPath;
  expect(thrownBy(() => Reflect.apply(call, undefined, [path])).code).toBe(401);
});

it.each(['/a/b', 'http:///a', 'file://host/a', 'file:'])(
  '%s is no URI of a file: 14000002',
  (uri) => {
    expect(thrownBy(() => getPathFromUri(uri)).code).toBe(14000002);
  },
);
