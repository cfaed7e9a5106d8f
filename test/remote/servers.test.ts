// The servers that other tests stand on: they are real, they check keys, and they leave nothing.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Bucket, freshBucket, s3Client, useServers } from '../support/s3.js';
import { tempDir } from '../support/temp-dir.js';

const scripts = join(import.meta.dirname, '../../scripts/servers');

useServers('ceph', 'swift');

describe.each(['ceph', 'swift'] as const)('%s', (kind) => {
  it('keeps what another program puts there, under any name', async () => {
    const bucket = await freshBucket(kind);
    const keys = ['a.txt', 'b c+d.txt', 'd/%41#?&"<>.txt', 'd/ünï 文.txt', 'd//e.txt'];
    for (const key of keys) await bucket.put(key, `content of ${key}`);
    expect([...(await bucket.keys())].sort()).toEqual([...keys].sort());
    for (const key of keys) expect((await bucket.get(key)).toString()).toBe(`content of ${key}`);
    await bucket.remove('a.txt');
    expect(await bucket.keys('a')).toEqual([]);
  });

  it('refuses who signs with another secret', async () => {
    const { name, access } = await freshBucket(kind);
    const wrong = { ...access, secretAccessKey: 'wrong' };
    const stranger = new Bucket(name, wrong, s3Client(wrong));
    await expect(stranger.keys()).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' });
  });
});

it('further ones start beside them, and go when the process that started them is killed', async () => {
  const directory = tempDir();
  const program = `
    import { keep } from ${JSON.stringify(join(scripts, 'keeper.mjs'))};
    const servers = await Promise.all([keep('ceph', {}), keep('swift', {})]);
    const answers = await Promise.all(servers.map(({ endpoint }) => fetch(endpoint)));
    console.log('answered', answers.length);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...process.env, TMPDIR: directory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  expect(line).toBe('answered 2');
  expect(processesOf(directory).length).toBeGreaterThan(8);
  child.kill('SIGKILL');
  await expect.poll(() => processesOf(directory), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => readdirSync(directory), { timeout: 20_000 }).toEqual([]);
}, 180_000);

/** The processes that have this as their directory for temporary files. */
function processesOf(directory: string): string[] {
  const variable = `TMPDIR=${directory}\0`;
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, 'latin1').includes(variable);
    } catch {
      return false; // it has just gone
    }
  });
}
