// Two devices that work on one bucket at the same moment.
import { expect } from 'vitest';
import { bucketCloud } from './bucket-cloud.js';
import type { Cloud } from './clouds.js';
import { opened } from './devices.js';
import type { Opened } from './devices.js';
import { freshBucket } from './s3.js';
import type { Bucket } from './s3.js';
import { filesOf, foldersOf, stampsOf } from './trees.js';

export type Files = Record<string, string>;

/** Buckets that differ in what becomes of two changes of one object in the same moment. */
export type BucketKind = 'ceph' | 'ceph with versions' | 'swift';

export const bucketKinds: readonly BucketKind[] = ['ceph', 'ceph with versions', 'swift'];

/** What is replaced or deleted stays as a version. */
export function keepsVersions(kind: BucketKind): boolean {
  return kind === 'ceph with versions';
}

/** Of two changes in the same moment one is refused. Ceph forgets how to where it keeps versions. */
export function keepsConditions(kind: BucketKind): boolean {
  return kind === 'ceph';
}

export interface Story {
  readonly bucket: Bucket;
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

export async function bucketOf(kind: BucketKind): Promise<Bucket> {
  const bucket = await freshBucket(kind === 'swift' ? 'swift' : 'ceph');
  if (keepsVersions(kind)) await bucket.keepVersions();
  return bucket;
}

/** Two devices that keep a prefix of this bucket. */
export async function twoDevicesOn(bucket: Bucket, prefix?: string): Promise<Story> {
  const cloud = bucketCloud(bucket, prefix);
  const a = await opened({ cloud, more: { device: { name: 'a' } } });
  const b = await opened({ cloud, more: { device: { name: 'b' } } });
  return { bucket, cloud, a, b };
}

/** Two devices with these files, which are in a bucket of their own. */
export async function twoDevices(kind: BucketKind, files: Files): Promise<Story> {
  const story = await twoDevicesOn(await bucketOf(kind));
  const { a, b } = story;
  for (const [path, content] of Object.entries(files)) a.write(path, content);
  await a.sync();
  await b.sync();
  expect(filesOf(b.root)).toEqual(files);
  return story;
}

/** One run of each, at the same time; both complete. */
export async function bothRun({ a, b }: Story): Promise<void> {
  const states = await Promise.all([a.sync(), b.sync()]);
  const completed = { state: a.cloudSync.SyncState.COMPLETED, error: 0 };
  expect(states.map((all) => all.at(-1))).toEqual([completed, completed]);
}

/**
 * After two runs of each, at the same time, everybody has the same: resolves with what it is. One more
 * run of each writes nothing.
 */
export async function settle(story: Story): Promise<Files> {
  const { cloud, a, b } = story;
  await Promise.all([a.sync(), b.sync()]);
  await bothRun(story);
  const files = filesOf(a.root);
  expect(filesOf(b.root)).toEqual(files);
  expect(await cloud.files()).toEqual(files);
  expect(foldersOf(b.root)).toEqual(foldersOf(a.root));
  expect(await cloud.folders()).toEqual(foldersOf(a.root));
  const stamps = async () => [stampsOf(a.root), stampsOf(b.root), await cloud.stamps()];
  const before = await stamps();
  await bothRun(story);
  expect(await stamps()).toEqual(before);
  expect(await cloud.leftovers()).toEqual([]);
  return files;
}
