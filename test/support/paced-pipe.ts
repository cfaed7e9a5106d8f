// One direction of a connection that a test may slow down, hold, or limit to a number of bytes.
import type { Socket } from 'node:net';

/** How fast bytes are under way; may change while they are. */
export interface Pace {
  /** Milliseconds until a byte arrives. */
  latency?: number;
  /** Bytes a second. */
  bandwidth?: number;
}

export interface Direction {
  pace(): Pace;
  /** How many more bytes may pass. */
  room(): number;
  /** Resolves when bytes may go on; at once unless they are held. */
  gate(): Promise<void>;
  /** What arrives in the place of these bytes. */
  altered(piece: Buffer): Buffer;
  passed(bytes: number): void;
}

/** What may be under way before the sender has to wait. */
const inFlight = 4 << 20;

/** Moves bytes until the sender has ended, or until there is no more room. */
export async function pump(from: Socket, to: Socket, on: Direction): Promise<'ended' | 'full'> {
  let free = 0; // when the line has sent what it was given
  if (on.room() <= 0) return 'full';
  for await (const chunk of delayed(from, on)) {
    for (let at = 0; at < chunk.length;) {
      await on.gate();
      const { bandwidth = Infinity } = on.pace();
      const most = Math.min(on.room(), Math.ceil(bandwidth / 50));
      const piece = chunk.subarray(at, at + most);
      const lost = await new Promise((resolve) => to.write(on.altered(piece), resolve));
      if (lost instanceof Error) return 'ended'; // that connection is gone
      at += piece.length;
      on.passed(piece.length);
      if (on.room() <= 0) return 'full';
      free = Math.max(free, performance.now()) + (1000 * piece.length) / bandwidth;
      await until(free);
    }
  }
  return 'ended';
}

/** What arrives, each piece after the latency of its moment, in order. */
async function* delayed(from: Socket, on: Direction): AsyncGenerator<Buffer> {
  const line: { chunk: Buffer; due: number }[] = [];
  let bytes = 0;
  const sender = { over: false };
  let wake = (): void => undefined;
  from.on('data', (chunk: Buffer) => {
    line.push({ chunk, due: performance.now() + (on.pace().latency ?? 0) });
    bytes += chunk.length;
    if (bytes > inFlight) from.pause();
    wake();
  });
  for (const event of ['end', 'close']) {
    from.on(event, () => {
      sender.over = true;
      wake();
    });
  }
  for (;;) {
    const head = line.shift();
    if (head !== undefined) {
      await until(head.due);
      yield head.chunk;
      bytes -= head.chunk.length;
      if (bytes <= inFlight) from.resume();
    } else if (sender.over) {
      return;
    } else {
      await new Promise<void>((resolve) => (wake = resolve));
    }
  }
}

async function until(moment: number): Promise<void> {
  const wait = moment - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}
