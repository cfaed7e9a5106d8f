// Contents that are too large to be had in memory several times.
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';

export const mebibyte = 1 << 20;

/** Writes a content that no other is like, nor two of its blocks; gives its SHA-256. */
export function writeLarge(path: string, size: number): string {
  const hash = createHash('sha256');
  const block = randomBytes(mebibyte);
  const file = openSync(path, 'w');
  for (let at = 0; at < size; at += block.length) {
    block.writeDoubleLE(at);
    const piece = block.subarray(0, Math.min(block.length, size - at));
    hash.update(piece);
    writeSync(file, piece);
  }
  closeSync(file);
  return hash.digest('hex');
}

export async function sha256Of(chunks: AsyncIterable<Buffer>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) hash.update(chunk);
  return hash.digest('hex');
}

export function sha256OfFile(path: string): Promise<string> {
  return sha256Of(createReadStream(path, { highWaterMark: mebibyte }));
}
