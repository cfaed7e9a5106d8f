import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/**
 * A file system of `megabytes` on this directory, until the test has finished or the answer is
 * called. Needs root.
 */
export function mountTmpfs(directory: string, megabytes: number): () => void {
  try {
    const options = `size=${String(megabytes)}m`;
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory], { stdio: 'pipe' });
  } catch (error) {
    throw new Error('the tests of a full disk mount a tmpfs: run them as root', { cause: error });
  }
  let mounted = true;
  const unmount = () => {
    if (mounted) execFileSync('umount', ['--lazy', directory]);
    mounted = false;
  };
  onTestFinished(unmount);
  return unmount;
}
