import { resolve } from 'node:path';
import { BusinessError } from './errors.js';
import { filledStringArgument } from './validate.js';

const scheme = 'file://';

/**
 * The URI of a local file: `file://` and its absolute path, as it is. Nothing is percent-encoded,
 * so every path has exactly one URI. Relative paths are resolved against the working directory.
 *
 * @param path an absolute or relative path; the file does not have to exist
 * @throws {@link BusinessError} 401 (`invalidArgument`) when it is not a string, or empty
 * @example
 * ```ts
 * fileUri.getUriFromPath('/home/ada/Pictures/a.jpg'); // 'file:///home/ada/Pictures/a.jpg'
 * ```
 */
export function getUriFromPath(path: string): string {
  return scheme + resolve(filledStringArgument(path, 'path'));
}

/**
 * The path behind a URI that {@link getUriFromPath} made. Beyond the reference API.
 *
 * @throws {@link BusinessError} 14000002 (`invalidUri`) when it is not `file://` and an absolute
 *   path; 401 (`invalidArgument`) when it is not a string
 * @example
 * ```ts
 * fileUri.getPathFromUri('file:///home/ada/a.jpg'); // '/home/ada/a.jpg'
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
  return path;
}
