// A TCP proxy on 127.0.0.1 with which a test makes a network bad, while it is in use.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { freePorts } from '../../scripts/servers/ports.mjs';
import { pump } from './paced-pipe.js';
import type { Pace } from './paced-pipe.js';

/** `up` is towards the server. */
export type Way = 'up' | 'down';

/** `end`: the other side sees everything that came before, then a normal end. `reset` may lose some. */
export type Cut = 'end' | 'reset';

/** How one connection behaves. */
export interface Link extends Pace {
  /** Exactly so many bytes pass that way, then both sides lose the connection. */
  cut?: { way: Way; after: number; how?: Cut };
  /** Exactly so many bytes pass that way, then nothing does, either way, and nobody is told. */
  stall?: { way: Way; after: number };
  /** Exactly so many bytes pass that way, then their receiver sees an end; the other way goes on. */
  halfClose?: { way: Way; after: number };
  /** The byte at that offset arrives as another one. */
  corrupt?: { way: Way; at: number };
}

interface Connection {
  readonly client: Socket;
  readonly server: Socket;
  stalled: boolean;
}

export class TcpFaultProxy {
  /** How connections behave that have no link of their own; latency and bandwidth apply at once. */
  link: Link = {};
  /** Since the start; bytes are those that were passed on. */
  readonly counts = { connections: 0, up: 0, down: 0 };

  readonly #target: URL;
  readonly #port: number;
  readonly #own: Link[] = [];
  readonly #open = new Set<Connection>();
  readonly #awaited = new Set<{ way: Way; bytes: number; reached: () => void }>();
  #server: Server | undefined;
  #held: Promise<void> = Promise.resolve();
  #release = (): void => undefined;

  constructor(target: URL, port: number) {
    this.#target = target;
    this.#port = port;
  }

  /** The target's URL, by way of this proxy. */
  get endpoint(): string {
    return `${this.#target.protocol}//127.0.0.1:${this.#port}`;
  }

  get open(): number {
    return this.#open.size;
  }

  /** Settles in the moment in which the count of that way has reached `bytes`. */
  passed(way: Way, bytes: number): Promise<void> {
    return new Promise((reached) => {
      this.#awaited.add({ way, bytes, reached });
      this.#count(way, 0);
    });
  }

  /** Gives the next connections links of their own, one each. */
  next(...links: Link[]): void {
    this.#own.push(...links);
  }

  /** Listens (again). */
  async accept(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => this.#join(client));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
  }

  /** New connections are refused from now on; those that are open stay. */
  refuse(): void {
    this.#server?.close();
    this.#server = undefined;
  }

  /** Nothing passes any more, and nobody is told. */
  stall(): void {
    this.#release();
    this.#held = new Promise((resolve) => (this.#release = resolve));
  }

  resume(): void {
    this.#release();
    this.#held = Promise.resolve();
  }

  /** Ends every open connection. */
  cut(how: Cut = 'reset'): void {
    for (const connection of this.#open) sever(connection, how);
  }

  close(): void {
    this.refuse();
    this.cut();
    this.resume();
  }

  #join(client: Socket): void {
    this.counts.connections += 1;
    const own = this.#own.shift();
    const server = connect({
      host: this.#target.hostname,
      port: Number(this.#target.port),
      allowHalfOpen: true,
      noDelay: true,
    });
    client.setNoDelay();
    const connection: Connection = { client, server, stalled: false };
    this.#open.add(connection);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => other.resetAndDestroy());
      one.on('close', () => {
        if (other.closed) this.#open.delete(connection);
      });
    }
    void this.#carry('up', connection, own);
    void this.#carry('down', connection, own);
  }

  #count(way: Way, count: number): void {
    this.counts[way] += count;
    for (const one of this.#awaited) {
      if (one.way !== way || this.counts[way] < one.bytes) continue;
      this.#awaited.delete(one);
      one.reached();
    }
  }

  async #carry(way: Way, connection: Connection, own?: Link): Promise<void> {
    const { cut, stall, halfClose, corrupt } = own ?? this.link;
    const limits = [cut, stall, halfClose].filter((limit) => limit?.way === way);
    const most = Math.min(...limits.map((limit) => limit?.after ?? Infinity), Infinity);
    let bytes = 0;
    const [from, to] =
      way === 'up'
        ? [connection.client, connection.server]
        : [connection.server, connection.client];
    const how = await pump(from, to, {
      pace: () => own ?? this.link,
      room: () => most - bytes,
      altered: (piece) =>
        corrupt?.way === way ? withByteChanged(piece, corrupt.at - bytes) : piece,
      gate: () => (connection.stalled ? new Promise(() => undefined) : this.#held),
      passed: (count) => {
        bytes += count;
        this.#count(way, count);
      },
    });
    const atLimit = (limit: Link['stall']) => limit?.way === way && limit.after === most;
    if (how === 'ended') {
      to.end();
    } else if (atLimit(cut)) {
      sever(connection, cut?.how ?? 'end');
    } else if (atLimit(halfClose)) {
      to.end();
      from.resume(); // what is still sent goes nowhere
    } else {
      connection.stalled = true;
    }
  }
}

function withByteChanged(piece: Buffer, at: number): Buffer {
  if (at < 0 || at >= piece.length) return piece;
  const altered = Buffer.from(piece);
  altered.writeUInt8(piece.readUInt8(at) ^ 0x20, at);
  return altered;
}

function sever({ client, server }: Connection, how: Cut): void {
  for (const socket of [client, server]) {
    if (how === 'reset') socket.resetAndDestroy();
    else socket.destroySoon();
  }
}

/** A proxy in front of `target` (`http://127.0.0.1:7480`), until the test has finished. */
export async function tcpFaultProxy(target: string): Promise<TcpFaultProxy> {
  const [port = 0] = await freePorts(1);
  const proxy = new TcpFaultProxy(new URL(target), port);
  await proxy.accept();
  onTestFinished(() => proxy.close());
  return proxy;
}
