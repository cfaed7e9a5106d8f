// A server lives in a process of its own, its keeper (keeper-main.mjs), which ends it and removes what
// it had on disk as soon as the pipe from here closes: by stop(), or because this process has died.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('keeper-main.mjs', import.meta.url));

/**
 * What a program needs to use the S3 interface of a server; `configuration`: the file by which Ceph's
 * own commands find it.
 * @typedef {{ endpoint: string, region: string, accessKeyId: string, secretAccessKey: string,
 *   configuration?: string }} Access
 */

/** @typedef {Access & { stop(): Promise<void> }} S3Server */

/**
 * @param {'ceph' | 'swift' | 'nginx' | 'http2'} kind
 * @param {object} options of that kind
 * @returns {Promise<S3Server>} as soon as it answers
 */
export async function keep(kind, options) {
  // What is preloaded here (a sanitizer) is not meant for servers, nor are our options of Ceph.
  const { LD_PRELOAD: _, CEPH_ARGS: __, ...env } = process.env;
  // A session of its own: Ctrl-C in the terminal is for whoever holds the pipe, not for the daemons.
  const child = spawn(process.execPath, [main, kind, JSON.stringify(options)], {
    detached: true,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => {
    child.on('error', () => resolve());
    child.on('exit', () => resolve());
  });
  child.stdin.on('error', () => undefined); // it has gone before us
  const report = await firstLine(child.stdout);
  if (report?.access === undefined) {
    await gone;
    throw new Error(`${kind} did not start: ${report?.error ?? 'its keeper died'}`);
  }
  // A server alone is no reason for this process to stay.
  for (const handle of [child, child.stdin, child.stdout]) handle.unref();
  return {
    ...report.access,
    async stop() {
      child.ref();
      child.stdin.end();
      await gone;
    },
  };
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return JSON.parse(line);
  return undefined;
}
