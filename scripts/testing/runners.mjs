// Runs ctest and vitest with their own output on the screen, and tells what they counted.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { root } from '../bootstrap/stamps.mjs';
import { readCtest, readVitest } from './counts.mjs';

function inherit(command, args, env = {}) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function report(name) {
  const file = join(root, 'build', 'reports', name);
  mkdirSync(join(root, 'build', 'reports'), { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/** The C++ tests of one build tree; `only` is a regular expression over test programs' labels. */
export async function runCtest(folder, { args = [], env = {} } = {}) {
  const file = report(`ctest-${folder.replaceAll('/', '-')}.xml`);
  const options = ['--test-dir', folder, '--output-on-failure', '--no-tests=error'];
  const parallel = ['-j', String(availableParallelism()), '--output-junit', file];
  const code = await inherit('ctest', [...options, ...parallel, ...args], env);
  return readCtest(file, code);
}

/** The vitest suite; `env` may point it to another addon. */
export async function runVitest(name, { args = [], env = {} } = {}) {
  const file = report(`vitest-${name}.json`);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const code = await inherit(process.execPath, [vitest, 'run', ...reporters, ...args], env);
  return readVitest(file, code);
}
