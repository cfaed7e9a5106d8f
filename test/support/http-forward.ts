// Passing one HTTP/1.1 request on, so that what was signed arrives as it was signed.
import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

/** Does the client wait for a word before it sends the body? */
export function asksFirst({ headers }: IncomingMessage): boolean {
  return headers.expect?.toLowerCase() === '100-continue';
}

/**
 * Sends the request to `target` and resolves with the head of the answer. `response` is used only to
 * pass "100 Continue" on: whether a body is wanted is for the server to say.
 */
export function forward(
  target: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { hostname: host, port } = target;
    const { method, url: path, rawHeaders: headers } = request;
    // A connection of its own: a kept one may be closed by the server in the moment of its use.
    const onward = httpRequest({ host, port, method, path, headers, agent: false, setHost: false });
    onward.on('error', reject);
    onward.on('response', resolve);
    // A server that has answered may stop reading; one that has not has closed, and 'error' says so.
    const sendBody = () => void pipeline(request, onward).catch(() => request.resume());
    if (!asksFirst(request)) {
      sendBody();
      return;
    }
    onward.flushHeaders();
    onward.on('continue', () => {
      response.writeContinue();
      sendBody();
    });
  });
}

/** Headers as Node gives and takes them (name, value, name, value …) without those of this name. */
export function withoutHeaders(rawHeaders: string[], ...names: string[]): string[] {
  const left: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    if (!names.includes(name.toLowerCase())) left.push(name, value);
  }
  return left;
}
