// What is wrong with an s3:// remote is said when the device is opened: which space, which word of
// it, and what to write instead. Secrets are never part of that.
import { describe, expect, it } from 'vitest';
import { openDevice } from '../../lib/index.js';
import { drive } from '../support/devices.js';
import { configOf, place } from '../support/temp-dir.js';
import { errorOf } from '../support/thrown.js';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: secret };
const endpoint = 'endpoint=http://127.0.0.1:1';

/** Opens a device with a space that is right and one whose remote is not. */
async function refused(remote: unknown) {
  const [good, bad] = [place(), place()];
  const spaces = {
    ...configOf(good, 'gallery').spaces,
    ...configOf(bad, drive, { remote }).spaces,
  };
  const error = await errorOf(() => openDevice({ stateDir: good.stateDir, spaces }));
  expect(error.code).toBe(401);
  expect(error.cause).toBe('invalidArgument');
  expect(error.path).toMatch(/^spaces\.com\.example\.notes\.remote/);
  const said = [error.message, error.detail, error.path, error.stack];
  for (const part of secret.split('/')) expect(said.join('\n')).not.toContain(part);
  return error;
}

describe('a URL', () => {
  it.each<[string, RegExp]>([
    ['s3://', /the bucket's name .* must not be missing: s3:\/\/BUCKET\/PREFIX/],
    ['s3:///prefix', /must not be missing/],
    ['s3://bucket:9000/p', /no port: name the server with \?endpoint=http:\/\/HOST:PORT/],
    [`s3://AKIAIOSFODNN7EXAMPLE:${secret}@bucket/p`, /is not a URL/],
    ['s3://AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI@bucket/p', /credentials do not belong into the URL/],
    ['s3://bucket/%zz', /a % must be followed by two hex digits/],
    ['s3://bucket/a//b', /write single slashes between names/],
    ['s3://bucket/../b', /prefix cannot be carried/],
    ['s3://bucket/.cloudsync', /reserved/],
    ['s3://bucket/a#b', /takes no #; in a name it is written %23/],
  ])('%s', async (url, said) => {
    expect((await refused(url)).detail).toMatch(said);
  });
});

describe('a parameter of the URL', () => {
  it.each<[string, RegExp]>([
    ['endpoint=nohost', /endpoint must be a URL: http:\/\/HOST:PORT or https:\/\/HOST/],
    ['endpoint=ftp://host', /endpoint: only http:\/\/ and https:\/\/ can be reached/],
    [`endpoint=http://user:${secret}@host/`, /endpoint/],
    ['endpoint=http://user:wJalrXUtnFEMI@host/', /endpoint: credentials do not belong/],
    [`secretAccessKey=${secret}`, /credentials do not belong into the URL.*AWS_ACCESS_KEY_ID/],
    [`${endpoint}&secret_access_key=${secret}`, /'secret_access_key' is not known/],
    [`${endpoint}&regionn=eu`, /'regionn' is not known; did you mean 'region'\?/],
    [`${endpoint}&region=`, /region is empty: leave it out, or give it a value/],
    [`${endpoint}&region=a%20b`, /the region may hold letters, digits and hyphens only/],
    [`${endpoint}&pathStyle=yes`, /pathStyle must be true or false/],
    [`${endpoint}&pathStyle=false`, /use pathStyle=true/],
    [`${endpoint}&insecure`, /write insecure=VALUE in the URL/],
    [`${endpoint}&${endpoint}2`, /endpoint is given twice, and differently/],
  ])('%s', async (query, said) => {
    expect((await refused({ url: `s3://bucket?${query}`, credentials: keys })).detail).toMatch(
      said,
    );
  });
});

describe('an option', () => {
  it.each<[object, RegExp]>([
    [{ credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }, /need both accessKeyId and secretA/],
    [{ credentials: { secretAccessKey: secret } }, /need both accessKeyId and secretAccessKey/],
    [
      { credentials: { ...keys, sesionToken: secret } },
      /did you mean 'credentials\.sessionToken'\?/,
    ],
    [
      { credentials: { ...keys, secretAccessKey: `${secret}\n` } },
      /secretAccessKey holds a line b/,
    ],
    [
      { credentials: { ...keys, secretAccessKey: '' } },
      /credentials\.secretAccessKey must be a str/,
    ],
    [
      { credentials: { ...keys, secretAccessKey: [secret] } },
      /credentials\.secretAccessKey must be/,
    ],
    [{ credentials: secret }, /remote\.credentials must be an object/],
    [{ credential: keys }, /credential is not known; did you mean credentials\?/],
    [{ credentials: keys, ca: 'ca.pem' }, /remote\.ca must be an absolute path; write '\//],
    [
      { headers: { authorization: secret } },
      /headers\.authorization sets a header that the remote/,
    ],
    [{ headers: { 'x y': secret } }, /headers: not a header name/],
    [{ headers: { 'x-a': `${secret}\r\nx-b: c` } }, /headers\.x-a holds a line break/],
    [{ headers: [secret] }, /remote\.headers must be an object/],
    [
      { url: `s3://bucket?${endpoint}&profile=x`, credentials: keys },
      /either credentials or a profi/,
    ],
    [
      { url: `s3://bucket?${endpoint}&anonymous=true`, credentials: keys },
      /anonymous=true uses no c/,
    ],
  ])('%o', async (options, said) => {
    expect((await refused({ url: `s3://bucket?${endpoint}`, ...options })).detail).toMatch(said);
  });
});
