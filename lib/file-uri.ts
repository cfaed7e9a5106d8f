import { resolve } from 'node:path';
import { BusinessError } from './errors.js';
import { filledStringArgument } from './validate.js';

const scheme = 'file://';

/**
 * The URI of a local file: `file://` and its absolute path, percent-encoded: every byte of its UTF-8
 * form but letters, digits, `-._~` and `/`. So every path has exactly one such URI. Relative paths
 * are resolved against the working directory. The calls that take a URI accept it unencoded too.
 *
 * @param path an absolute or relative path; the file does not have to exist
 * @throws {@link BusinessError} 401 (`invalidArgument`) when it is not a string, or empty
 * @example
 * ```ts
 * fileUri.getUriFromPath('/home/ada/My Pictures/a.jpg'); // 'file:///home/ada/My%20Pictures/a.jpg'
 * ```
 */
export function getUriFromPath(path: string): string {
  return scheme + encodePath(resolve(filledStringArgument(path, 'path')));
}

/**
 * The path behind a URI, encoded or not. Beyond the reference API.
 *
 * @throws {@link BusinessError} 14000002 (`invalidUri`) when it is not `file://` and an absolute
 *   path; 401 (`invalidArgument`) when it is not a string
 * @example
 * ```ts
 * fileUri.getPathFromUri('file:///home/ada/My%20Pictures/a.jpg'); // '/home/ada/My Pictures/a.jpg'
 * ```
 */
export function getPathFromUri(uri: string): string {
  const text = filledStringArgument(uri, 'uri');
  const path = text.slice(scheme.length);
  if (!text.startsWith(scheme) || !path.startsWith('/')) {
    throw new BusinessError('invalidUri', `'${text}' is not file:// and an absolute path`, {
      path: text,
    });
  }
  return decodePath(path);
}

// As cpp/service/file_uri.cpp does it.
function encodePath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~/]+/g, (text) =>
    Buffer.from(text, 'utf8')
      .toString('hex')
      .replace(/../g, (byte) => `%${byte.toUpperCase()}`),
  );
}

// A `%` without two digits behind it stands for itself.
function decodePath(text: string): string {
  return text.replace(/(?:%[0-9A-Fa-f]{2})+/g, (encoded) =>
    Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}
