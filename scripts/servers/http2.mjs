// nginx as the HTTP/2 of a server that has none: what S3 behind a load balancer looks like.
import { systemPackages } from '../bootstrap/system-packages.mjs';
import { keep } from './keeper.mjs';

/**
 * `target`: `http://127.0.0.1:7480`. `key` and `cert`: files. `log`: where it writes each request down
 * once it has ended. `requestsPerConnection`: after so many it says GOAWAY.
 * @typedef {{ target: string, key: string, cert: string, log: string,
 *   requestsPerConnection: number }} Http2Options
 */

/** @param {Http2Options} options */
export async function startHttp2(options) {
  await systemPackages(['nginx']);
  return keep('http2', options);
}
