// A bucket, or what is in it below a prefix, as the cloud of a story.
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Cloud } from './clouds.js';
import type { Bucket } from './s3.js';
import { told } from './trees.js';

const own = '.cloudsync/';

/** As names of files are told: byte for byte. */
const latin1 = (key: string) => Buffer.from(key).toString('latin1');

export function bucketCloud(bucket: Bucket, prefix = 'ada/pictures'): Cloud {
  const start = prefix === '' ? '' : `${prefix}/`;
  const keyOf = (path: string) => start + path;
  const pathsBelow = async (path: string) =>
    (await bucket.keys(keyOf(path))).map((key) => key.slice(start.length));
  const users = async () => (await pathsBelow('')).filter((path) => !path.startsWith(own));
  return {
    remote: {
      url: bucket.url(prefix),
      credentials: {
        accessKeyId: bucket.access.accessKeyId,
        secretAccessKey: bucket.access.secretAccessKey,
      },
    },
    async files() {
      const paths = (await users()).filter((path) => !path.endsWith('/'));
      const read = async (path: string) => [latin1(path), told(await bucket.get(keyOf(path)))];
      return Object.fromEntries(await Promise.all(paths.map(read)));
    },
    async folders() {
      const folders = (await users()).flatMap((path) =>
        path
          .split('/')
          .slice(0, -1)
          .map((_, depth, names) => names.slice(0, depth + 1).join('/')),
      );
      return [...new Set(folders)].map(latin1).sort();
    },
    async stamps() {
      const versions = await bucket.versions(start);
      const stamps = versions.map(({ key, id, stamp }) => [`${key} ${id}`, stamp]);
      return Object.fromEntries(stamps);
    },
    async put(path, content) {
      await bucket.put(keyOf(path), content);
    },
    async makeFolder(path) {
      await bucket.put(keyOf(`${path}/`), '');
    },
    async remove(path) {
      const below = [path, ...(await pathsBelow(`${path}/`))];
      await Promise.all(below.map((name) => bucket.remove(keyOf(name))));
    },
    async touch(path, how) {
      if (how === 'its attributes') await describeAnew(bucket, keyOf(path));
      else await uploadInParts(bucket, keyOf(path));
    },
    async leftovers() {
      const kept = (path: string) => path === `${own}root` || path.startsWith(`${own}trash/`);
      const made = (await pathsBelow(own)).filter((path) => !kept(path));
      return [...made, ...(await bucket.unfinished()).map(({ key }) => key)];
    },
  };
}

/** Copies an object onto itself, with another time told beside it. */
async function describeAnew({ name, client }: Bucket, key: string): Promise<void> {
  const copy = {
    Bucket: name,
    Key: key,
    CopySource: `${name}/${encodeURIComponent(key)}`,
    MetadataDirective: 'REPLACE',
    Metadata: { mtime: '1000000000' },
  } as const;
  await client.send(new CopyObjectCommand(copy));
}

/** Writes the content of an object again so that it gets another ETag. */
async function uploadInParts(bucket: Bucket, key: string): Promise<void> {
  const { name, client } = bucket;
  const Body = await bucket.get(key);
  const object = { Bucket: name, Key: key };
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(object));
  const part = { ...object, UploadId, PartNumber: 1, Body };
  const { ETag } = await client.send(new UploadPartCommand(part));
  const whole = { ...object, UploadId, MultipartUpload: { Parts: [{ ETag, PartNumber: 1 }] } };
  await client.send(new CompleteMultipartUploadCommand(whole));
}
