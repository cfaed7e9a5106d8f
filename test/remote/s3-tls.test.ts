// HTTPS to an S3 server with a certificate authority that nobody knows: believed by those who were
// told of it, in each of the ways in which they can be, and by nobody else.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../lib/index.js';
import { drive } from '../support/devices.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { openedOn, remoteOf } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import { syncedApart } from '../support/sync-program.js';
import { configOf, place } from '../support/temp-dir.js';
import { testingAddon } from '../support/testing-addon.js';
import { errorOf } from '../support/thrown.js';
import { Authority, tlsFront } from '../support/tls.js';

useServers('ceph');

const COMPLETED = { state: 4, error: 0 };

interface Secured {
  readonly bucket: Bucket;
  readonly authority: Authority;
  /** The way to the bucket. */
  readonly access: { endpoint: string };
}

/** A bucket behind HTTPS; the certificate is for these names. */
async function secured(names?: string[]): Promise<Secured> {
  const bucket = await freshBucket('ceph');
  const authority = new Authority();
  const endpoint = await tlsFront(bucket.access.endpoint, authority.sign(names));
  return { bucket, authority, access: { endpoint } };
}

/** A device's configuration, with one file to send. */
function withFile({ bucket, access }: Secured, ca?: string): Config {
  const at = place();
  writeFileSync(join(at.root, 'a.txt'), 'content');
  return configOf(at, drive, { remote: remoteOf(bucket, { access, ...(ca && { ca }) }) });
}

describe('a certificate that nobody vouches for', () => {
  it('S105 is refused, with the ways to name its authority; nothing is sent', async () => {
    const { bucket, access } = await secured();
    for (const ca of [undefined, new Authority().caFile]) {
      const at = await openedOn(bucket, { access, ...(ca && { ca }) });
      at.write('a.txt', 'content');
      const error = await errorOf(() => at.sync());
      expect(error).toMatchObject({ code: 22400001, cause: 'remoteNotReady', retryable: false });
      expect(error.detail).toContain("the server's certificate is not trusted");
      expect(error.detail).toMatch(/option ca.*AWS_CA_BUNDLE.*NODE_EXTRA_CA_CERTS/);
    }
    expect(await bucket.keys()).toEqual([]);
  });

  it('S105 is refused too when it is for another server', async () => {
    const { bucket, authority, access } = await secured(['DNS:elsewhere.example']);
    const at = await openedOn(bucket, { access, ca: authority.caFile });
    const error = await errorOf(() => at.sync());
    expect(error).toMatchObject({ code: 22400001, cause: 'remoteNotReady' });
    expect(error.detail).toMatch(/not trusted.*or correct the host name/);
  });

  it.each([
    ['its time is over', ['faketime', '30 days ago'], {}, /certificate.*not trusted/],
    [
      'TLS 1.1 is all that the server speaks',
      [],
      { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const,
      /TLS|SSL|protocol/,
    ],
  ])('S105 is refused too when %s', async (_, under, more, said) => {
    const bucket = await freshBucket('ceph');
    const authority = new Authority();
    const front = await tlsFront(bucket.access.endpoint, authority.sign(undefined, under), more);
    const at = await openedOn(bucket, { access: { endpoint: front }, ca: authority.caFile });
    at.write('a.txt', 'content');
    expect((await errorOf(() => at.sync())).detail).toMatch(said);
    expect(await bucket.keys()).toEqual([]);
  });

  it('S105 is taken with insecure=true', async () => {
    const { bucket, access } = await secured(['DNS:elsewhere.example']);
    const at = await openedOn(bucket, { access, url: { insecure: 'true' } });
    at.write('a.txt', 'content');
    expect((await at.sync()).at(-1)).toEqual(COMPLETED);
    expect((await bucket.get('a.txt')).toString()).toBe('content');
  });
});

it('a CA file that is not there: the error says so', async () => {
  const { bucket, access } = await secured();
  const at = await openedOn(bucket, { access, ca: '/there/is/no/ca.pem' });
  const error = await errorOf(() => at.sync());
  expect(error).toMatchObject({ code: 22400001, cause: 'remoteNotReady' });
  expect(error.detail).toMatch(/the CA file cannot be read: correct its path/);
});

describe('its authority is believed when it is named', () => {
  // What this machine says of authorities must not decide.
  const none = {
    AWS_CA_BUNDLE: undefined,
    SSL_CERT_FILE: undefined,
    NODE_EXTRA_CA_CERTS: undefined,
  };

  it('S105 by the option ca, whatever the environment says', async () => {
    const to = await secured();
    const env = { ...none, AWS_CA_BUNDLE: new Authority().caFile };
    expect(await syncedApart(withFile(to, to.authority.caFile), { env })).toEqual(['state 4 0']);
    expect((await to.bucket.get('a.txt')).toString()).toBe('content');
  });

  it.each(Object.keys(none))('S105 by %s', async (name) => {
    const to = await secured();
    const config = withFile(to);
    const [refused] = await syncedApart(config, { env: none });
    expect(refused).toMatch(/^refused 22400001 .*certificate is not trusted/);
    const env = { ...none, [name]: to.authority.caFile };
    expect(await syncedApart(config, { env })).toEqual(['state 4 0']);
    expect((await to.bucket.get('a.txt')).toString()).toBe('content');
  });
});

it('200 of 200 requests of four worker threads succeed', async () => {
  const { bucket, authority, access } = await secured();
  const names = Array.from({ length: 50 }, (_, index) => `file-${String(index).padStart(2, '0')}`);
  const contents = new Map<string, Buffer>();
  const configs = ['a', 'b', 'c', 'd'].map((prefix) => {
    const at = place();
    for (const name of names) {
      const content = randomBytes(4096);
      contents.set(`${prefix}/${name}`, content);
      writeFileSync(join(at.root, name), content);
    }
    return configOf(at, drive, {
      remote: remoteOf(bucket, { access, prefix, ca: authority.caFile }),
    });
  });
  const worker = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const cloudsync = await import(workerData.module);
      const device = await cloudsync.openDevice(workerData.config);
      const sync = new device.cloudSync.FileSync('${drive}');
      await sync.start();
      await device.whenIdle();
      sync.on('progress', ({ state, error }) => {
        sync.off('progress');
        parentPort.postMessage('state ' + state + ' ' + error);
      });
    })();`;
  const { exit, lines, errors } = await runProgram(
    `import { Worker } from 'node:worker_threads';
     const module = new URL('dist/index.js', 'file://' + process.cwd() + '/').href;
     const workers = input.configs.map((config) =>
       new Worker(input.worker, { eval: true, execArgv: [], workerData: { module, config } }));
     await Promise.all(workers.map((made) => new Promise((resolve) => {
       made.on('message', (text) => console.log(text));
       made.on('error', (error) => console.log(error));
       made.on('exit', resolve);
     })));`,
    { configs, worker },
    { deadlineMilliseconds: 50_000 },
  ).ended;
  expect({ exit, lines, errors }).toEqual({
    exit: 0,
    lines: configs.map(() => 'state 4 0'),
    errors: '',
  });
  const own = '/.cloudsync/';
  const keys = (await bucket.keys()).filter((key) => !key.includes(own));
  expect(keys).toEqual([...contents.keys()]);
  for (const [key, content] of contents) {
    expect((await bucket.get(key)).equals(content), key).toBe(true);
  }
});

it('libcurl speaks TLS with OpenSSL: with GnuTLS, new connections would be slow', () => {
  expect(testingAddon().curlVersion()).toMatch(/^libcurl\/\S+ OpenSSL\/\d/);
});
