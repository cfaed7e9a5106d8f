// Credentials that a service hands out for a while, and that end in the middle of a transfer.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { drive } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { s3Error } from '../support/http-faults.js';
import type { SeenRequest } from '../support/http-faults.js';
import { freshBucket, furtherKeys, useServers } from '../support/s3.js';
import type { Access } from '../support/s3.js';
import { syncedApart } from '../support/sync-program.js';
import { configOf, place } from '../support/temp-dir.js';
import { told } from '../support/trees.js';

useServers('ceph');

const mebibyte = 1 << 20;

/** As of a container that has a role: whoever asks gets what `current` says; counts how often. */
async function credentialService(current: () => Access) {
  const service = { url: '', asked: 0 };
  const server = createServer((_, response) => {
    service.asked += 1;
    const { accessKeyId, secretAccessKey } = current();
    const hour = new Date(Date.now() + 3_600_000).toISOString();
    const answer = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: '' };
    response.end(JSON.stringify({ ...answer, Expiration: hour }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/role`;
  return service;
}

it('S100 credentials that end in the middle of a run are fetched anew, and the run goes on', async () => {
  const bucket = await freshBucket('ceph');
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  const old = bucket.access;
  const fresh = furtherKeys(old);
  const isSignedBy = ({ headers }: SeenRequest, { accessKeyId }: Access) =>
    String(headers['authorization']).includes(`Credential=${accessKeyId}/`);

  let parts = 0;
  const oldIsGood = () => parts < 2;
  const service = await credentialService(() => (oldIsGood() ? old : fresh));
  proxy.script = (request) => {
    if (isSignedBy(request, old) && !oldIsGood()) return s3Error(403, 'ExpiredToken');
    if (request.query.includes('partNumber=')) parts += 1;
    return undefined;
  };

  const at = place();
  const content = randomBytes(52 * mebibyte);
  writeFileSync(join(at.root, 'film.bin'), content);
  const remote = { url: bucket.url('', { endpoint: proxy.endpoint }) };
  const none = Object.keys(process.env).filter((name) => name.startsWith('AWS_'));
  const lines = await syncedApart(configOf(at, drive, { remote }), {
    env: {
      ...Object.fromEntries(none.map((name) => [name, undefined])),
      HOME: at.base, // no profile of this machine
      AWS_CONTAINER_CREDENTIALS_FULL_URI: service.url,
    },
  });
  expect(lines).toEqual(['state 4 0']);
  expect(told(await bucket.get('film.bin'))).toBe(told(content));
  expect(service.asked).toBe(2); // once, and once for all who were refused
  expect(proxy.log.some((request) => isSignedBy(request, fresh))).toBe(true);
  expect(await bucket.unfinished()).toEqual([]);
});
