// Real S3 servers for tests, and the AWS SDK as the other program that works on them.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { ListObjectVersionsCommandOutput, S3ClientConfig } from '@aws-sdk/client-s3';
import { beforeAll, inject, onTestFinished } from 'vitest';
import type { Access } from '../../scripts/servers/keeper.mjs';

export type { Access };

export type S3Kind = 'ceph' | 'swift';

/** The server of this kind that this vitest run shares; started when nobody has asked before. */
export async function s3Server(kind: S3Kind): Promise<Access> {
  const answer = await fetch(`${inject('serverDesk')}/${kind}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return JSON.parse(text);
}

/** Has these servers before the tests of this file; both start at one time. */
export function useServers(...kinds: S3Kind[]): void {
  const startingMilliseconds = 180_000; // on a machine that is busy otherwise; usually 5 s
  beforeAll(async () => {
    await Promise.all(kinds.map(s3Server));
  }, startingMilliseconds);
}

/** The environment of a program that is to find these keys, and no others of this machine. */
export function programEnvironment(access: Access): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(others),
    AWS_ACCESS_KEY_ID: access.accessKeyId,
    AWS_SECRET_ACCESS_KEY: access.secretAccessKey,
  };
}

/** Other keys of the same user of Ceph; the old ones stay good. */
export function furtherKeys({ configuration = '', ...access }: Access): Access {
  const accessKeyId = `further${randomBytes(8).toString('hex')}`;
  const secretAccessKey = randomBytes(20).toString('hex');
  const gateway = ['-c', configuration, '-n', 'client.rgw'];
  const keys = ['--access-key', accessKeyId, '--secret-key', secretAccessKey];
  const command = ['key', 'create', '--uid=test', '--key-type=s3', ...keys];
  const env = { ...process.env, LD_PRELOAD: '' }; // a sanitizer is not meant for it
  const options = { env, stdio: 'pipe', timeout: 60_000 } as const;
  execFileSync('radosgw-admin', [...gateway, ...command], options);
  return { ...access, accessKeyId, secretAccessKey };
}

/** A client of the AWS SDK, which tries once, until the test has finished. */
export function s3Client(access: Access, more: S3ClientConfig = {}): S3Client {
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const client = new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    // Not every S3 knows the SDK's newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...more,
  });
  onTestFinished(() => client.destroy());
  return client;
}

// A key may hold what XML cannot: then a server fails, or says something else, unless it is asked
// to write keys as in URLs.
export const asInUrls = { EncodingType: 'url' } as const;

export function keyOf(encoded = ''): string {
  return decodeURIComponent(encoded.replaceAll('+', ' '));
}

export interface Version {
  readonly key: string;
  readonly id: string;
  /** What is told of it, and when it was written. */
  readonly stamp: string;
  /** It says that the key has no content any more. */
  readonly deleted: boolean;
}

/** A bucket of this test's own, looked at and changed by a program that is not ours. */
export class Bucket {
  constructor(
    readonly name: string,
    readonly access: Access,
    readonly client: S3Client,
  ) {}

  /** The same bucket, reached another way. */
  by(endpoint: string, more: S3ClientConfig = {}): Bucket {
    const access = { ...this.access, endpoint };
    return new Bucket(this.name, access, s3Client(access, more));
  }

  /** The remote's URL; `endpoint` leads there through a proxy. */
  url(prefix = '', { endpoint = this.access.endpoint, ...more }: Record<string, string> = {}) {
    const query = Object.entries({ endpoint, region: this.access.region, ...more });
    const words = query.map(([name, value]) => `${name}=${value}`);
    const below = prefix === '' ? '' : `/${prefix}`;
    return `s3://${this.name}${below}?${words.join('&')}`;
  }

  /** Gives the new ETag. */
  async put(key: string, content: string | Buffer, metadata: Record<string, string> = {}) {
    const Body = Buffer.from(content);
    const object = { Bucket: this.name, Key: key, Body, Metadata: metadata };
    return (await this.client.send(new PutObjectCommand(object))).ETag;
  }

  async get(key: string, version?: string): Promise<Buffer> {
    const object = { Bucket: this.name, Key: key, VersionId: version };
    const answer = await this.client.send(new GetObjectCommand(object));
    return Buffer.from(await answer.Body!.transformToByteArray());
  }

  async remove(key: string, version?: string): Promise<void> {
    const object = { Bucket: this.name, Key: key, VersionId: version };
    await this.client.send(new DeleteObjectCommand(object));
  }

  /** All keys that begin with `prefix`, in the server's order. */
  async keys(prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = { Bucket: this.name, Prefix: prefix, ContinuationToken: token, ...asInUrls };
      const answer = await this.client.send(new ListObjectsV2Command(page));
      keys.push(...(answer.Contents ?? []).map(({ Key }) => keyOf(Key)));
      token = answer.NextContinuationToken;
    } while (token !== undefined);
    return keys;
  }

  /** From now on replaced and deleted contents stay as versions. */
  async keepVersions(): Promise<void> {
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    const versioning = { Bucket: this.name, VersioningConfiguration };
    await this.client.send(new PutBucketVersioningCommand(versioning));
  }

  /** Everything below `prefix`, older versions and marks of deletions too. */
  async versions(prefix = ''): Promise<Version[]> {
    const found: Version[] = [];
    let more = true;
    let from: { KeyMarker?: string; VersionIdMarker?: string | undefined } = {};
    while (more) {
      const page = { Bucket: this.name, Prefix: prefix, ...from, ...asInUrls };
      const answer: ListObjectVersionsCommandOutput = await this.client.send(
        new ListObjectVersionsCommand(page),
      );
      for (const { Key, VersionId, ETag, LastModified } of answer.Versions ?? []) {
        const stamp = `${ETag ?? ''} ${LastModified?.toISOString() ?? ''}`;
        found.push({ key: keyOf(Key), id: VersionId!, stamp, deleted: false });
      }
      for (const { Key, VersionId, LastModified } of answer.DeleteMarkers ?? []) {
        const stamp = `deleted ${LastModified?.toISOString() ?? ''}`;
        found.push({ key: keyOf(Key), id: VersionId!, stamp, deleted: true });
      }
      more = answer.IsTruncated ?? false;
      from = {
        KeyMarker: keyOf(answer.NextKeyMarker),
        VersionIdMarker: answer.NextVersionIdMarker,
      };
    }
    return found;
  }

  /** Uploads in parts that nobody has finished or aborted. */
  async unfinished(): Promise<{ key: string; id: string }[]> {
    const list = new ListMultipartUploadsCommand({ Bucket: this.name, ...asInUrls });
    const { Uploads = [] } = await this.client.send(list);
    return Uploads.map(({ Key, UploadId }) => ({ key: keyOf(Key), id: UploadId! }));
  }

  /** Removes it with everything that is in it. */
  async delete(): Promise<void> {
    for (const { key, id } of await this.unfinished()) {
      const upload = { Bucket: this.name, Key: key, UploadId: id };
      await this.client.send(new AbortMultipartUploadCommand(upload));
    }
    for (;;) {
      const all = await this.versions();
      if (all.length === 0) break;
      await Promise.all(all.map(({ key, id }) => this.remove(key, id)));
    }
    await this.client.send(new DeleteBucketCommand({ Bucket: this.name }));
  }
}

/** A new bucket, removed when the test has finished. */
export async function freshBucket(kind: S3Kind): Promise<Bucket> {
  const access = await s3Server(kind);
  const bucket = new Bucket(`test-${randomBytes(6).toString('hex')}`, access, s3Client(access));
  await bucket.client.send(new CreateBucketCommand({ Bucket: bucket.name }));
  onTestFinished(() => bucket.delete());
  return bucket;
}
