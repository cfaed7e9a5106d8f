// HTTP/2 over TLS in front of a server that speaks HTTP/1.1 only, and what was said there.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { startHttp2 } from '../../scripts/servers/http2.mjs';
import { tempDir } from './temp-dir.js';
import { Authority } from './tls.js';

/** A request that has ended, well or not. */
export interface EndedRequest {
  /** `HTTP/2.0` */
  readonly protocol: string;
  /** The connection's number: requests of one number were side by side in it, or one after another. */
  readonly connection: string;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  /** Of the answer's body. */
  readonly sent: number;
  readonly range: string;
  /** The whole answer was passed on. */
  readonly complete: boolean;
}

export interface Http2Front {
  readonly endpoint: string;
  /** Who is given it believes the front. */
  readonly caFile: string;
  /** In the order in which they ended. */
  requests(): EndedRequest[];
}

const line = /^(\S+) (\d+) (\S+) (\S+) (\d+) (\d+) "(.*)" "(.*)"$/;

/** Stands before `target` (`http://127.0.0.1:7480`) until the test has finished. */
export async function http2Front(
  target: string,
  { requestsPerConnection = 1_000_000 } = {},
): Promise<Http2Front> {
  const directory = tempDir();
  const authority = new Authority();
  const made = authority.sign();
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  writeFileSync(key, made.key);
  writeFileSync(cert, made.cert);
  const log = join(directory, 'requests');
  writeFileSync(log, '');
  const server = await startHttp2({ target, key, cert, log, requestsPerConnection });
  onTestFinished(() => server.stop());
  return {
    endpoint: server.endpoint,
    caFile: authority.caFile,
    requests() {
      const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
      return lines.map((text) => {
        const [, protocol = '', connection = '', method = '', uri = '', ...more] =
          line.exec(text) ?? [];
        const [status = '', sent = '', range = '', complete = ''] = more;
        const counts = { status: Number(status), sent: Number(sent) };
        return { protocol, connection, method, uri, ...counts, range, complete: complete === 'OK' };
      });
    },
  };
}
