// From a fresh clone to something that runs. Node's own modules only: nothing is installed yet.
import { nativeAddon, npmPackages, typescript } from './builds.mjs';
import { systemPackages } from './system-packages.mjs';
import { SetupError } from './terminal.mjs';

/** @param {'use' | 'test'} goal what the checkout is wanted for */
export async function prepare(goal) {
  const [major] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    throw new SetupError(`This needs Node.js 20 or newer; this is ${process.version}.`);
  }
  if (process.platform !== 'linux') {
    throw new SetupError('Only Linux is supported so far. A container of Debian 12 will do.');
  }
  const tests = goal === 'test';
  await systemPackages(tests ? ['build', 'test'] : ['build']);
  await npmPackages();
  await nativeAddon({ tests });
  await typescript();
}
