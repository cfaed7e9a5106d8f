// Ports of 127.0.0.1 that are free and stay ours: servers that start side by side, in this process or
// in another, never choose the same one.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const first = 20_000;

/**
 * Ports from which the kernel takes no outgoing connections: one of those could sit on a port between
 * the moment we choose it and the moment a server listens on it.
 */
function lastPort() {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const lowest = Number(range.split('\t')[0]);
  return lowest > first + 1000 ? lowest - 1 : 32_767;
}

/** Nothing where somebody else listens. */
async function listen(/** @type {import('node:net').ListenOptions} */ options) {
  const server = createServer();
  try {
    server.listen({ ...options, exclusive: true });
    await once(server, 'listening');
  } catch {
    return undefined;
  }
  return server.unref();
}

/**
 * @param {number} count how many
 * @returns {Promise<number[]>} ports that are this process's until it ends
 */
export async function freePorts(count) {
  const last = lastPort();
  const ports = [];
  let port = first + Math.floor(Math.random() * (last - first));
  for (let tries = 0; ports.length < count; tries += 1) {
    if (tries > last - first) throw new Error('there is no free port on 127.0.0.1');
    port = port >= last ? first : port + 1;
    // An abstract socket is the lock: the kernel lets go of it when the process dies, however it dies.
    const claim = await listen({ path: `\0cloudsync-port-${port}` });
    if (claim === undefined) continue;
    const probe = await listen({ host: '127.0.0.1', port });
    if (probe === undefined) {
      claim.close();
      continue;
    }
    probe.close();
    await once(probe, 'close');
    ports.push(port);
  }
  return ports;
}
