// What an HTTP fault proxy can do to a request, and when: ready-made faults and conditions.

/** A request as it arrived. */
export interface SeenRequest {
  /** Counted from 1, over all connections. */
  readonly number: number;
  readonly method: string;
  /** Before the `?`, exactly as sent. */
  readonly path: string;
  /** Behind the `?`, exactly as sent. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface MadeAnswer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}

export interface ServerAnswer {
  readonly status: number;
  readonly body: Buffer;
}

export type HttpFault =
  | { readonly pass: true }
  /** The server never sees the request. */
  | { readonly answer: MadeAnswer }
  /** The connection is lost: before the server has seen the request, or after it has acted. */
  | { readonly drop: 'request' | 'answer' }
  /** The answer's body is another one. */
  | { readonly rewrite: (answer: ServerAnswer) => Buffer | string }
  /**
   * So many bytes of the answer's body arrive, under a head that is the server's; then the connection
   * ends, or, `chunked`, the body does, as if that were all of it.
   */
  | { readonly torn: number; readonly chunked?: boolean };

/** Decides about each request; undefined leaves it alone. */
export type HttpScript = (
  request: SeenRequest,
) => HttpFault | undefined | Promise<HttpFault | undefined>;

export function s3Error(status: number, code: string): HttpFault {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>made by a test</Message></Error>`;
  return { answer: { status, headers: { 'Content-Type': 'application/xml' }, body } };
}

export const slowDown = s3Error(503, 'SlowDown');

type Condition = (request: SeenRequest) => boolean;

const always: Condition = () => true;

/** Every `nth` request for which the condition holds, the nth first. */
export function every(nth: number, fault: HttpFault, condition = always): HttpScript {
  let seen = 0;
  return (request) => {
    if (!condition(request)) return undefined;
    seen += 1;
    return seen % nth === 0 ? fault : undefined;
  };
}

/** The first `times` requests for which the condition holds. */
export function first(times: number, fault: HttpFault, condition = always): HttpScript {
  let left = times;
  return (request) => {
    if (left === 0 || !condition(request)) return undefined;
    left -= 1;
    return fault;
  };
}

/** Once for each request for which the condition holds: not when the same is sent again. */
export function onceForEach(fault: HttpFault, condition = always): HttpScript {
  const seen = new Set<string>();
  return (request) => {
    const name = `${request.method} ${request.path}?${request.query}`;
    if (!condition(request) || seen.has(name)) return undefined;
    seen.add(name);
    return fault;
  };
}

/** Holds the requests for which the condition holds, whatever becomes of the others. */
export function holding(condition: Condition) {
  const held = new Gate();
  const free = new Gate();
  const script: HttpScript = async (request) => {
    if (!condition(request)) return undefined;
    held.open();
    await free.passing;
    return undefined;
  };
  /** Settles when one is held; `release` lets all go on, those that come later too. */
  return { script, reached: held.passing, release: () => free.open() };
}

class Gate {
  open = (): void => undefined;
  readonly passing = new Promise<void>((resolve) => (this.open = resolve));
}

/** Half of the requests, as a coin falls; the coin is this seed's. */
export function halfOfAll(seed: number, fault: HttpFault): HttpScript {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; // its high bits are good enough
    return state >>> 31 === 1 ? fault : undefined;
  };
}
