// One request in so many meets a fault of some kind. Which does is decided by the seed, the request and how
// often it has come before, and not by the order in which threads send them: a seed harms the same ones
// again.
import { createHash } from 'node:crypto';
import { s3Error, slowDown } from './http-faults.js';
import type { HttpFault, HttpScript, SeenRequest } from './http-faults.js';

/** What a fault makes of a request; `chance` is evenly in [0, 1). */
type Kind = (chance: number) => HttpFault | Promise<HttpFault>;

const gatewayPage = '<html><body><h1>502 Bad Gateway</h1></body></html>';

function withByteChanged(body: Buffer, chance: number): Buffer {
  const changed = Buffer.from(body);
  const at = Math.floor(chance * body.length);
  if (at < body.length) changed.writeUInt8(body.readUInt8(at) ^ 0x01, at);
  return changed;
}

async function after(milliseconds: number): Promise<HttpFault> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  return { pass: true };
}

export const faultKinds = {
  'lost request': () => ({ drop: 'request' }),
  'lost answer': () => ({ drop: 'answer' }),
  'cut answer': (chance) => ({ torn: Math.floor(chance * 200) }),
  'short answer': (chance) => ({ torn: Math.floor(chance * 200), chunked: true }),
  'changed byte': (chance) => ({ rewrite: ({ body }) => withByteChanged(body, chance) }),
  latency: (chance) => after(chance * 1000),
  'slow down': () => slowDown,
  'too many requests': () => ({ answer: { status: 429, headers: { 'Retry-After': '1' } } }),
  'internal error': () => s3Error(500, 'InternalError'),
  'request timeout': () => s3Error(400, 'RequestTimeout'),
  'bad gateway': () => ({
    answer: { status: 502, headers: { 'Content-Type': 'text/html' }, body: gatewayPage },
  }),
  silence: () => new Promise<HttpFault>(() => undefined),
} satisfies Record<string, Kind>;

export type FaultKind = keyof typeof faultKinds;

export interface SeededFaults {
  readonly script: HttpScript;
  /** How many requests have met each kind so far. */
  readonly met: Partial<Record<FaultKind, number>>;
  /** Those that did, by their numbers. */
  readonly harmed: Map<number, FaultKind>;
}

/** A share of requests meets a fault of one of these kinds. */
export function seededFaults(seed: number, share: number, kinds: FaultKind[]): SeededFaults {
  const times = new Map<string, number>();
  const met: SeededFaults['met'] = {};
  const harmed = new Map<number, FaultKind>();
  const script = (request: SeenRequest) => {
    const [chance, which, detail] = chancesOf(seed, request, times);
    if (chance >= share) return undefined;
    const kind = kinds[Math.floor(which * kinds.length)]!;
    met[kind] = (met[kind] ?? 0) + 1;
    harmed.set(request.number, kind);
    const make: Kind = faultKinds[kind];
    return make(detail);
  };
  return { script: (request) => script(request), met, harmed };
}

/** Three numbers in [0, 1). The bucket, first in the path, has another name each time. */
function chancesOf(seed: number, request: SeenRequest, times: Map<string, number>) {
  const key = request.path.replace(/^\/[^/]*/, '');
  const name = `${request.method} ${key}?${request.query}`;
  const time = (times.get(name) ?? 0) + 1;
  times.set(name, time);
  const hash = createHash('sha256').update(`${seed} ${name} ${time}`).digest();
  const chance = (at: number) => hash.readUInt32BE(at) / 2 ** 32;
  return [chance(0), chance(4), chance(8)] as const;
}
