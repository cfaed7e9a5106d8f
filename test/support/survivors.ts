// Where a content may still be had after a history: nothing that somebody wrote, and nobody replaced,
// may be in none of these places.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bucket } from './s3.js';
import { filesOf, told } from './trees.js';

/** The contents in a root and in its local trash. */
function onDevice(root: string): string[] {
  const trash = readdirSync(join(root, '.cloudsync'), { recursive: true, withFileTypes: true });
  const files = trash.filter((entry) => entry.isFile());
  return [
    ...Object.values(filesOf(root)),
    ...files.map((entry) => told(readFileSync(join(entry.parentPath, entry.name)))),
  ];
}

/** The contents in a bucket, its trash and the versions behind them too. */
async function inBucket(bucket: Bucket, prefix: string): Promise<string[]> {
  const objects = (await bucket.versions(prefix)).filter(({ deleted }) => !deleted);
  return await Promise.all(objects.map(async ({ key, id }) => told(await bucket.get(key, id))));
}

/** Every content that a person can still get at. */
export async function survivors(
  bucket: Bucket,
  roots: string[],
  prefix = '',
): Promise<Set<string>> {
  return new Set([...roots.flatMap(onDevice), ...(await inBucket(bucket, prefix))]);
}
