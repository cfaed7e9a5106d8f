// What a story needs from a cloud, and the kinds of clouds that it is told for.
import { beforeAll } from 'vitest';
import type { RemoteOptions } from '../../lib/index.js';
import { bucketCloud } from './bucket-cloud.js';
import { directoryCloud } from './directory-cloud.js';
import { freshBucket, s3Server } from './s3.js';
import type { S3Kind } from './s3.js';

/** A place in the cloud, looked at and changed as another program would. Paths are UTF-8. */
export interface Cloud {
  /** For the configuration of a space. */
  readonly remote: RemoteOptions;
  /** The files with their contents, as `filesOf` tells those of a root. */
  files(): Promise<Record<string, string>>;
  /** The folders, in order, whatever makes them one. */
  folders(): Promise<string[]>;
  /** What shows that anything was written, replaced or removed, equal bytes or not. */
  stamps(): Promise<Record<string, string>>;
  put(path: string, content: string | Buffer): Promise<void>;
  makeFolder(path: string): Promise<void>;
  /** Takes away a file, or a folder with all that is in it. */
  remove(path: string): Promise<void>;
  /** Changes something of a file, but not its content. */
  touch(path: string, how: Touch): Promise<void>;
  /** What the engine makes for a moment only, and has left. */
  leftovers(): Promise<string[]>;
}

/** What is told beside a file's content, or which write it comes from. */
export type Touch = 'its attributes' | 'its version';

export type CloudKind = 'directory' | S3Kind;

export const cloudKinds: readonly CloudKind[] = ['directory', 'ceph', 'swift'];

/** Clouds of this kind, before the tests of the file or the block that asks for them. */
export function useCloud(kind: CloudKind): void {
  const startingMilliseconds = 180_000; // of a server, on a machine that is busy otherwise
  if (kind !== 'directory')
    beforeAll(() => s3Server(kind).then(() => undefined), startingMilliseconds);
}

/** A new cloud of this kind, until the test has finished. */
export async function freshCloud(kind: CloudKind): Promise<Cloud> {
  return kind === 'directory' ? directoryCloud() : bucketCloud(await freshBucket(kind));
}
