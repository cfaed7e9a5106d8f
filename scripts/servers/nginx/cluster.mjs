// Brings an nginx up that serves the files of a directory as the objects of a bucket.
import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../ports.mjs';
import { answers } from '../signed.mjs';
import { hashesOf, listOf, objectsIn } from './bucket.mjs';
import { nginxConfig } from './config.mjs';

/**
 * @param {string} directory an empty one, for everything it has
 * @param {import('../processes.mjs').Processes} processes
 * @param {{ bucket: string, directory: string }} served
 * @returns {Promise<import('../keeper.mjs').Access>}
 */
export async function bringUp(directory, processes, served) {
  const [port] = await freePorts(1);
  const at = (...names) => join(directory, ...names);
  // What a device of ours that filled the bucket would have left as well: whose place it is.
  mkdirSync(at('marker', '.cloudsync'), { recursive: true });
  writeFileSync(at('marker', '.cloudsync', 'root'), `cloudsync remote 1\nid: ${randomUUID()}\n`);
  const objects = [...(await objectsIn(at('marker'))), ...(await objectsIn(served.directory))];
  writeFileSync(at('list.xml'), listOf(served.bucket, objects));
  writeFileSync(at('empty.xml'), listOf(served.bucket, []));
  writeFileSync(at('hashes'), hashesOf(served.bucket, objects));
  mkdirSync(at('temporary'));
  const config = { directory, served, port, objects: objects.length };
  writeFileSync(at('nginx.conf'), nginxConfig(config));
  processes.start('nginx', 'nginx', ['-p', directory, '-c', at('nginx.conf'), '-e', 'stderr']);
  const endpoint = `http://127.0.0.1:${port}`;
  await processes.until('nginx', () => answers(`${endpoint}/${served.bucket}`));
  return { endpoint, region: 'us-east-1', accessKeyId: '', secretAccessKey: '' };
}
