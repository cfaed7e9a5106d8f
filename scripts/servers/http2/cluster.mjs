// Brings an nginx up that speaks HTTP/2 over TLS and passes every request on, over HTTP/1.1.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePorts } from '../ports.mjs';
import { frontConfig } from './config.mjs';

/**
 * @param {string} directory an empty one, for everything it has
 * @param {import('../processes.mjs').Processes} processes
 * @param {import('../http2.mjs').Http2Options} options
 * @returns {Promise<import('../keeper.mjs').Access>}
 */
export async function bringUp(directory, processes, options) {
  const [port] = await freePorts(1);
  const at = (...names) => join(directory, ...names);
  mkdirSync(at('temporary'));
  writeFileSync(at('nginx.conf'), frontConfig({ directory, port, ...options }));
  processes.start('nginx', 'nginx', ['-p', directory, '-c', at('nginx.conf'), '-e', 'stderr']);
  await processes.until('nginx', () => listens(port));
  return {
    endpoint: `https://127.0.0.1:${port}`,
    region: '',
    accessKeyId: '',
    secretAccessKey: '',
  };
}

/** @returns {Promise<boolean>} */
function listens(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
