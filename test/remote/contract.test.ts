// Every S3 that we can have keeps the contract of remotes: the same C++ suite as on a directory.
import { describe, expect, it } from 'vitest';
import { runRemoteContract } from '../support/remote-contract.js';
import { freshBucket, programEnvironment, useServers } from '../support/s3.js';
import type { Bucket, S3Kind } from '../support/s3.js';

const kinds: S3Kind[] = ['ceph', 'swift'];
const timeout = 300_000;

useServers(...kinds);

/** The server by a name, below which names of buckets lead to it too. */
const byName = ({ access }: Bucket) => access.endpoint.replace('127.0.0.1', 'localhost');

describe.each(kinds)('%s', (kind) => {
  it(
    'keeps the contract',
    async () => {
      const bucket = await freshBucket(kind);
      const url = bucket.url('some/prefix');
      const passed = await runRemoteContract(url, programEnvironment(bucket.access));
      expect(passed).toBeGreaterThan(30);
    },
    timeout,
  );

  // Those parts of it in which the form of the URL matters.
  const part = ['CarriesOddNames', 'ReadsRanges', 'ListsInKeyOrder', 'PutsPartsTogether*'];
  it.each([
    ['in the whole bucket', (bucket: Bucket) => bucket.url('', { pathStyle: 'true' })],
    [
      'with the bucket in the host name',
      (bucket: Bucket) => bucket.url('ünï', { endpoint: byName(bucket), pathStyle: 'false' }),
    ],
  ])(
    'keeps it %s',
    async (_, urlOf) => {
      const bucket = await freshBucket(kind);
      const env = programEnvironment(bucket.access);
      expect(await runRemoteContract(urlOf(bucket), env, part)).toBe(part.length);
    },
    timeout,
  );
});
