// Brings a Swift up: its cache, the three kinds of storage servers, and the proxy that speaks S3.
import { writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../ports.mjs';
import { answers, answersSigned } from '../signed.mjs';
import { proxyConfig, storageConfig, swiftConfig } from './config.mjs';

const accessKeyId = 'test:tester';
const secretAccessKey = 'testsecret';
const kinds = /** @type {const} */ (['account', 'container', 'object']);

// Swift belongs to the system's Python, whatever else is first in the PATH.
const python = '/usr/bin/python3';
// Half of what its programs do before they listen is to load what nobody needs here.
const env = { EVENTLET_NO_GREENDNS: 'yes', SETUPTOOLS_USE_DISTUTILS: 'stdlib' };
const prepare = fileURLToPath(new URL('prepare.py', import.meta.url));

/**
 * @param {string} directory an empty one, for everything it has
 * @param {import('../processes.mjs').Processes} processes
 * @returns {Promise<import('../keeper.mjs').Access>}
 */
export async function bringUp(directory, processes) {
  processes.env = env;
  const [proxyPort, cachePort, ...ports] = await freePorts(2 + kinds.length);
  const { username: user } = userInfo();
  const write = (name, text) => writeFileSync(join(directory, name), text, { mode: 0o600 });
  write('swift.conf', swiftConfig);
  write('container-sync-realms.conf', '');
  const named = kinds.map((kind, index) => `${kind}=${ports[index]}`);
  processes.start('memcached', 'memcached', ['-u', user, '-l', '127.0.0.1', '-p', `${cachePort}`]);
  await processes.run('prepare', python, [prepare, directory, ...named]);

  const serve = (kind, config) => {
    write(`${kind}-server.conf`, config);
    processes.start(kind, `swift-${kind}-server`, [join(directory, `${kind}-server.conf`)]);
  };
  kinds.forEach((kind, index) => {
    serve(kind, storageConfig(kind, { directory, port: ports[index], user }));
  });
  const keys = { accessKeyId, secretAccessKey };
  serve('proxy', proxyConfig({ directory, port: proxyPort, user, cachePort, ...keys }));
  const access = { endpoint: `http://127.0.0.1:${proxyPort}`, region: 'us-east-1', ...keys };
  // One after the other: the proxy would remember that storage was not there.
  for (const port of ports) {
    await processes.until('storage', () => answers(`http://127.0.0.1:${port}/healthcheck`));
  }
  await processes.until('Swift', () => answersSigned(access));
  return access;
}
