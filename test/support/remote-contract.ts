// The C++ contract suite of remotes (test/native/remote), run against a URL that a test provides.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { nativeFolder } from '../../scripts/bootstrap/builds.mjs';

const root = join(import.meta.dirname, '../..');

/** The build tree that the addon under test comes from, or the one that was built last. */
function program(): string {
  const addon = process.env['CLOUDSYNC_ADDON'];
  const folders =
    addon === undefined
      ? [nativeFolder(), 'build/quick', 'build/core'].map((folder) => join(root, folder))
      : [dirname(dirname(addon))];
  const candidates = folders.map((folder) => join(folder, 'test/native/remote/remote_test'));
  const built = candidates.filter((file) => existsSync(file));
  const age = (file: string) => -statSync(file).mtimeMs;
  const [newest] = built.sort((one, other) => age(one) - age(other));
  if (newest === undefined) throw new Error(`remote_test is not built: npm test -- contract`);
  return newest;
}

/**
 * Runs the suite's tests of these names on this remote; gives the number of those that passed, or
 * rejects with what the others have said.
 */
export async function runRemoteContract(
  url: string,
  env: NodeJS.ProcessEnv,
  names: string[] = ['*'],
): Promise<number> {
  const filter = names.map((name) => `*.${name}/url`).join(':');
  const child = spawn(program(), [`--gtest_filter=${filter}`, '--gtest_brief=1'], {
    env: { ...env, CLOUDSYNC_REMOTE_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'close');
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code, signal] = await ended;
  const passed = Number(/^\[  PASSED  \] (\d+) test/m.exec(output)?.[1] ?? 0);
  if (code === 0 && passed > 0) return passed;
  throw new Error(`remote_test on ${url} ended with ${String(signal ?? code)}\n${output}${errors}`);
}
