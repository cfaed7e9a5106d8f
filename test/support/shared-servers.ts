// Vitest's global setup: a desk where tests get the servers that the whole run shares. The first who
// asks for one has it started; a run in which nobody asks starts none.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { startCeph } from '../../scripts/servers/ceph.mjs';
import { startSwift } from '../../scripts/servers/swift.mjs';

declare module 'vitest' {
  export interface ProvidedContext {
    serverDesk: string;
  }
}

const starters = new Map([
  ['/ceph', startCeph],
  ['/swift', startSwift],
]);

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = new Map<string, ReturnType<typeof startCeph>>();
  const give = async (path: string) => {
    const starting = started.get(path) ?? starters.get(path)?.();
    if (starting === undefined) throw new Error(`there is no server ${path}`);
    started.set(path, starting);
    // Its functions do not travel.
    return JSON.stringify(await starting);
  };
  const desk = createServer((request, response) => {
    give(request.url ?? '').then(
      (access) => response.end(access),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  desk.listen(0, '127.0.0.1');
  await once(desk, 'listening');
  const { port } = desk.address() as AddressInfo;
  project.provide('serverDesk', `http://127.0.0.1:${port}`);
  return async () => {
    desk.close();
    // One that did not start has said so to whoever asked for it, and has left nothing to stop.
    const stop = (server: Awaited<ReturnType<typeof startCeph>>) => server.stop();
    await Promise.allSettled([...started.values()].map((starting) => starting.then(stop)));
  };
}
