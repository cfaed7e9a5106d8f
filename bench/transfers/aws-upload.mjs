// The AWS SDK as a peer, 32 files at a time: node aws-upload.mjs lib-storage|client-s3 JOB NAME...
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const [how, job, ...names] = process.argv.slice(2);
const { place, directory } = JSON.parse(job);
const atOnce = 32;
const { endpoint, region, accessKeyId, secretAccessKey } = place.access;
const client = new S3Client({
  endpoint,
  region,
  credentials: { accessKeyId, secretAccessKey },
  forcePathStyle: true,
  requestChecksumCalculation: 'WHEN_REQUIRED', // a CRC32 besides the hash would cost it more
});

const target = (name) => ({ Bucket: place.bucket, Key: `${place.prefix}/${name}` });

async function inParts(name) {
  const { Upload } = await import('@aws-sdk/lib-storage');
  const Body = createReadStream(join(directory, name), { highWaterMark: 2 ** 20 });
  const params = { ...target(name), Body };
  await new Upload({ client, params, partSize: 16 * 2 ** 20, queueSize: 4 }).done();
}

async function whole(name) {
  const Body = await readFile(join(directory, name));
  await client.send(new PutObjectCommand({ ...target(name), Body }));
}

const waiting = names.values();
const send = how === 'lib-storage' ? inParts : whole;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (const name of waiting) await send(name);
  }),
);
client.destroy();
