// A directory as a bucket: what its list says, and which metadata its objects have.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** @typedef {{ key: string, size: number, mtime: number, sha256: string }} StaticObject */

/** @returns {Promise<StaticObject[]>} in the order of their keys */
export async function objectsIn(directory) {
  const objects = [];
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtimeMs } = await stat(path);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
    const mtime = Math.floor(mtimeMs / 1000);
    objects.push({ key: relative(directory, path), size, mtime, sha256: hash.digest('hex') });
  }
  return objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

/** nginx makes ETags of time and size; a list must tell the same. */
const etagOf = ({ mtime, size }) => `${mtime.toString(16)}-${size.toString(16)}`;

/** One page with all of them, whatever is asked for: more than a server of AWS's would put on one. */
export function listOf(bucket, objects) {
  const contents = objects.map(
    (object) =>
      `<Contents><Key>${object.key}</Key><Size>${object.size}</Size>` +
      `<ETag>&quot;${etagOf(object)}&quot;</ETag>` +
      `<LastModified>${new Date(object.mtime * 1000).toISOString()}</LastModified>` +
      `<StorageClass>STANDARD</StorageClass></Contents>\n`,
  );
  return (
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' +
    `<Name>${bucket}</Name><KeyCount>${objects.length}</KeyCount>` +
    `<IsTruncated>false</IsTruncated>\n${contents.join('')}</ListBucketResult>\n`
  );
}

/** nginx's maps from an object's address to what a device of ours would have stored beside it. */
export function hashesOf(bucket, objects) {
  const map = (name, valueOf) =>
    `map $uri $${name} {\n` +
    objects.map((object) => `"/${bucket}/${object.key}" "${valueOf(object)}";\n`).join('') +
    '}\n';
  return (
    map('sha256', ({ sha256 }) => sha256) +
    map('mtime', ({ mtime }) => mtime) +
    map('bound', ({ size, mtime }) => `${size} ${mtime}`)
  );
}
