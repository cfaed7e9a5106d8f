// The TLS front: real HTTPS before a real server, trusted only by those who have its authority.
import { Agent } from 'node:https';
import { expect, it } from 'vitest';
import { freshBucket, useServers } from '../support/s3.js';
import { Authority, tlsFront } from '../support/tls.js';

useServers('ceph');

const trusting = (ca: string) => ({ requestHandler: { httpsAgent: new Agent({ ca }) } });

it('serves those who trust its authority, and nobody else', async () => {
  const bucket = await freshBucket('ceph');
  const authority = new Authority();
  const endpoint = await tlsFront(bucket.access.endpoint, authority.sign());
  const far = bucket.by(endpoint, trusting(authority.ca));
  await far.put('a', 'content');
  expect((await far.get('a')).toString()).toBe('content');
  for (const stranger of [bucket.by(endpoint), bucket.by(endpoint, trusting(new Authority().ca))]) {
    await expect(stranger.get('a')).rejects.toMatchObject({
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  }
});

it('can have the name of somebody else', async () => {
  const bucket = await freshBucket('ceph');
  const authority = new Authority();
  const certificate = authority.sign(['DNS:elsewhere.example']);
  const endpoint = await tlsFront(bucket.access.endpoint, certificate);
  await expect(bucket.by(endpoint, trusting(authority.ca)).keys()).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});
