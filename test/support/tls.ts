// HTTPS for servers that speak HTTP only: a certificate authority for one test, and a front that ends
// TLS and passes the bytes on.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { onTestFinished } from 'vitest';
import { tempDir } from './temp-dir.js';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export class Authority {
  /** Its own certificate, as a file and as text: whoever is given it trusts what it signs. */
  readonly caFile: string;
  readonly ca: string;

  readonly #directory = tempDir();
  #signed = 0;

  constructor() {
    const marks = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
    const { cert } = this.#make('ca', 'CN=an authority for one test', marks, []);
    this.ca = cert;
    this.caFile = join(this.#directory, 'ca.pem');
  }

  /** A certificate for a server of these names; `under` is the command that signs it: `faketime …`. */
  sign(
    names = ['IP:127.0.0.1', 'DNS:localhost', 'DNS:*.localhost'],
    under: readonly string[] = [],
  ): Certificate {
    this.#signed += 1;
    const marks = [`subjectAltName=${names.join(',')}`, 'basicConstraints=critical,CA:FALSE'];
    const signer = ['-CA', this.caFile, '-CAkey', join(this.#directory, 'ca.key')];
    return this.#make(`server-${this.#signed}`, 'CN=a server', marks, signer, under);
  }

  #make(
    name: string,
    subject: string,
    marks: string[],
    signer: string[],
    under: readonly string[] = [],
  ): Certificate {
    const key = join(this.#directory, `${name}.key`);
    const cert = join(this.#directory, `${name}.pem`);
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const about = ['-subj', `/${subject}`, ...marks.flatMap((mark) => ['-addext', mark])];
    const files = ['-days', '2', '-keyout', key, '-out', cert];
    const [command, ...args] = [...under, 'openssl', 'req', '-x509'];
    // A sanitizer is not meant for it, and under one libfaketime waits for ever.
    const env = { ...process.env, LD_PRELOAD: '' };
    const options = { env, stdio: 'pipe', timeout: 30_000 } as const;
    execFileSync(command, [...args, ...curve, ...about, ...files, ...signer], options);
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  }
}

/** An HTTPS endpoint that leads to `target` (`http://127.0.0.1:7480`), until the test has finished. */
export async function tlsFront(
  target: string,
  certificate: Certificate,
  more: TlsOptions = {},
): Promise<string> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const front = createServer({ ...certificate, ...more }, (client) => {
    const server = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroySoon();
      });
      one.pipe(other);
    }
  });
  front.on('tlsClientError', () => undefined); // a client that does not trust us says so itself
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  onTestFinished(() => {
    front.close();
    for (const socket of open) socket.destroy();
  });
  return `https://127.0.0.1:${(front.address() as AddressInfo).port}`;
}
