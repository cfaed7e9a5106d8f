// clang-tidy over the engine. `node scripts/tidy.mjs REVISION`: only what differs from that revision.
import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { exitWith } from './bootstrap/terminal.mjs';

const since = process.argv[2];
const git = (...args) =>
  execFileSync('git', args, { encoding: 'utf8' }).split('\n').filter(Boolean);

await systemPackages(['build', 'lint']).catch(exitWith);
const all = git('ls-files', 'cpp/*.cpp', 'binding/*.cpp');
const changed = since === undefined ? all : git('diff', '--name-only', since, '--', ...all);
// The build's compile commands; clang does not know every warning flag of g++.
const options = ['-p', 'build/native', '--quiet', '--extra-arg=-Wno-unknown-warning-option'];
const script =
  'printf "%s\\0" "$@" | xargs -0 -r -n 4 -P "$JOBS" clang-tidy-19 $OPTIONS 2>&1 | grep -vE "warnings? (generated|treated)|^Suppressed|^Use -header-filter"; exit "${PIPESTATUS[1]}"';
const { status } = spawnSync('bash', ['-c', script, 'tidy', ...changed], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, JOBS: String(availableParallelism()), OPTIONS: options.join(' ') },
});
console.log(
  `clang-tidy: ${changed.length} files ${status === 0 ? 'are clean' : 'looked at, something found'}`,
);
process.exitCode = status === 0 ? 0 : 1;
