// An HTTP/1.1 proxy in front of a server. What is signed passes as it is (method, path, query, headers
// and body); a script may answer, lose or rewrite what it likes; everything is written down.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { onTestFinished } from 'vitest';
import type { HttpFault, HttpScript, MadeAnswer, SeenRequest } from './http-faults.js';
import { asksFirst, forward, withoutHeaders } from './http-forward.js';

export interface LoggedRequest extends SeenRequest {
  /** Of the answer that the server, or the script in its place, has given. */
  status?: number;
  /** The server was asked. */
  forwarded: boolean;
  /** The client was left without an answer, or with half of one. */
  dropped: boolean;
}

// What holds between us and the server only.
const ofThatConnection = ['connection', 'keep-alive'];

export class HttpFaultProxy {
  /** Decides about every request from now on. */
  script: HttpScript = () => undefined;
  readonly log: LoggedRequest[] = [];

  readonly #target: URL;
  readonly #server = createServer({ keepAliveTimeout: 0, headersTimeout: 0, requestTimeout: 0 });

  constructor(target: URL) {
    this.#target = target;
    for (const event of ['request', 'checkContinue']) {
      this.#server.on(event, (request: IncomingMessage, response: ServerResponse) => {
        const seen = this.#write(request);
        this.#serve(seen, request, response).catch(() => {
          seen.dropped = true;
          response.destroy();
        });
      });
    }
  }

  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(
    seen: LoggedRequest,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const fault: HttpFault = (await this.script(seen)) ?? { pass: true };
    response.sendDate = false;
    if ('answer' in fault) {
      seen.status = fault.answer.status;
      await answer(request, response, fault.answer);
      return;
    }
    if ('drop' in fault && fault.drop === 'request') {
      seen.dropped = true;
      request.socket.destroy();
      return;
    }
    seen.forwarded = true;
    const from = await forward(this.#target, request, response);
    const status = (seen.status = from.statusCode ?? 0);
    // It may never send the body that it has not been asked for.
    if (asksFirst(request) && !request.complete) response.shouldKeepAlive = false;
    const headers = withoutHeaders(from.rawHeaders, ...ofThatConnection);
    if ('drop' in fault) {
      await buffer(from); // the server has done all of it
      seen.dropped = true;
      request.socket.destroy();
    } else if ('rewrite' in fault) {
      const body = Buffer.from(fault.rewrite({ status, body: await buffer(from) }));
      const others = withoutHeaders(headers, 'content-length', 'transfer-encoding');
      response.writeHead(status, [...others, 'Content-Length', String(body.length)]).end(body);
    } else if ('torn' in fault) {
      const body = (await buffer(from)).subarray(0, fault.torn);
      if (fault.chunked) {
        response.writeHead(status, withoutHeaders(headers, 'content-length'));
        await pipeline(Readable.from([body]), response);
        return;
      }
      seen.dropped = true;
      response.writeHead(status, headers);
      response.write(body, () => response.socket?.end());
    } else {
      response.writeHead(status, from.statusMessage, headers);
      await pipeline(from, response);
    }
  }

  #write({ method = '', url = '', headers }: IncomingMessage): LoggedRequest {
    const mark = `${url}?`.indexOf('?');
    const [path, query] = [url.slice(0, mark), url.slice(mark + 1)];
    const number = this.log.length + 1;
    const seen = { number, method, path, query, headers, forwarded: false, dropped: false };
    this.log.push(seen);
    return seen;
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = '' }: MadeAnswer,
): Promise<void> {
  if (asksFirst(request)) response.shouldKeepAlive = false;
  else if (!request.complete) await once(request.resume(), 'end');
  response.writeHead(status, { ...headers, 'Content-Length': Buffer.byteLength(body) }).end(body);
}

/** A proxy in front of `target` (`http://127.0.0.1:7480`), until the test has finished. */
export async function httpFaultProxy(target: string): Promise<HttpFaultProxy> {
  const proxy = new HttpFaultProxy(new URL(target));
  await proxy.listen();
  onTestFinished(() => proxy.close());
  return proxy;
}
