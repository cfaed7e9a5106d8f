// One signed S3 request (AWS Signature Version 4), for paths that need no escaping: enough to see that
// keys are accepted and to make a bucket, without a library that may not be installed yet.
import { createHash, createHmac } from 'node:crypto';

const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/**
 * @param {import('./keeper.mjs').Access} access
 * @param {string} method
 * @param {string} path such as `/` or `/bucket`
 */
export async function signedRequest(access, method, path) {
  const { endpoint, region, accessKeyId, secretAccessKey } = access;
  const { host } = new URL(endpoint);
  const time = new Date().toISOString().replace(/[:-]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const body = sha256('');
  const headers = { host, 'x-amz-content-sha256': body, 'x-amz-date': time };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const canonical = [method, path, '', lines.join(''), names, body].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day, region, 's3', 'aws4_request'].reduce(hmac, `AWS4${secretAccessKey}`);
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n');
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  const signal = AbortSignal.timeout(10_000);
  const answer = await fetch(endpoint + path, {
    method,
    headers: { ...headers, authorization },
    signal,
  });
  return { status: answer.status, body: await answer.text() };
}

/**
 * Are its keys accepted? Any failure counts as "not yet".
 * @param {import('./keeper.mjs').Access} access
 */
export async function answersSigned(access) {
  try {
    return (await signedRequest(access, 'GET', '/')).status === 200;
  } catch {
    return false;
  }
}

/** Does anything answer there, whatever it says? */
export async function answers(url) {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(2000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
