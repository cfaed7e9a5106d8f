// npm packages, the native addon and the TypeScript build: each done only when its inputs changed.
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { firstLine, run } from './run.mjs';
import { fingerprint, isDone, markDone, root } from './stamps.mjs';
import { step } from './terminal.mjs';

const runtime = `${process.version} ${process.arch}`;

export async function npmPackages() {
  const print = fingerprint(['package.json', 'package-lock.json'], runtime);
  if (isDone('npm', print) && existsSync(join(root, 'node_modules'))) return;
  await step('npm packages', 'npm ci', async (show) => {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--include=dev'], {
      log: 'npm-ci',
      show,
      advice: 'Is the npm registry reachable? Then run the same command again.',
    });
    const lock = readdirSync(join(root, 'node_modules')).filter((name) => !name.startsWith('.'));
    return `installed from package-lock.json (${lock.length} folders)`;
  });
  markDone('npm', print);
}

/**
 * Builds the addon with cmake-js into build/native, or with sanitizers into build/SANITIZERS. With
 * `tests`, the C++ tests are built in the same tree, so that the core is compiled only once.
 */
export async function nativeAddon({ tests = false, sanitize = '', werror = false } = {}) {
  const folder = nativeFolder(sanitize);
  const stamp = folder.replaceAll('/', '-');
  // Two stamps: a tree built with tests serves those who only want the addon.
  const print = fingerprint(['CMakeLists.txt', 'cpp', 'binding'], runtime, String(werror));
  const testPrint = fingerprint(['test/native', 'test/fuzz', 'test/sim'], print);
  const upToDate = isDone(stamp, print) && (!tests || isDone(`${stamp}-tests`, testPrint));
  if (upToDate && existsSync(join(root, folder))) return;
  const onOff = (value) => (value ? 'ON' : 'OFF');
  await step(
    sanitize === '' ? 'native engine' : 'native engine*',
    'compiling; minutes the first time',
    async (show) => {
      const cmakeJs = join(root, 'node_modules/cmake-js/bin/cmake-js');
      const options = [
        `--out=${folder}`,
        `--config=${sanitize === '' ? 'Release' : 'RelWithDebInfo'}`,
        `--CDCLOUDSYNC_TESTS=${onOff(tests)}`,
        `--CDCLOUDSYNC_WERROR=${onOff(werror)}`,
        `--CDCLOUDSYNC_SANITIZE=${sanitize}`,
      ];
      const env = { CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()), ...process.env };
      const advice = 'Not enough memory? Try again with CMAKE_BUILD_PARALLEL_LEVEL=1.';
      const cmake = (verb) =>
        run(process.execPath, [cmakeJs, verb, ...options], {
          log: `${stamp}-${verb}`,
          show,
          env,
          advice,
        });
      await cmake('configure'); // always: `build` alone would keep the options of the last time
      await cmake('build');
      const compiler = firstLine('g++', ['-dumpfullversion']) ?? '';
      const how = `g++ ${compiler}${tests ? ', with C++ tests' : ''}`;
      return `built (${sanitize === '' ? how : `${how}, ${sanitize} sanitizers`})`;
    },
  );
  markDone(stamp, print);
  if (tests) markDone(`${stamp}-tests`, testPrint);
}

/** Where nativeAddon() builds, relative to the checkout. */
export function nativeFolder(sanitize = '') {
  return sanitize === '' ? 'build/native' : `build/${sanitize.replaceAll(',', '-')}`;
}

export async function typescript() {
  const print = fingerprint(['tsconfig.json', 'tsconfig.build.json', 'package.json', 'lib']);
  if (isDone('typescript', print) && existsSync(join(root, 'dist/index.js'))) return;
  await step('TypeScript', 'tsc', async (show) => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { log: 'tsc', show });
    return 'built lib/ to dist/';
  });
  markDone('typescript', print);
}
