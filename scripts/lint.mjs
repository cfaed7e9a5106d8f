// `npm run lint`: format of C++ and TypeScript, eslint and the rules of the house; `npm run format`
// mends what can be mended.
import { execFileSync, spawnSync } from 'node:child_process';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { npmPackages } from './bootstrap/builds.mjs';
import { exitWith } from './bootstrap/terminal.mjs';

const fix = process.argv.includes('--fix');

try {
  await systemPackages(['lint']);
  await npmPackages();
} catch (error) {
  exitWith(error);
}

const listed = (...patterns) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], {
    encoding: 'utf8',
  })
    .split('\n')
    .filter(Boolean);

const checks = [
  ['clang-format-19', fix ? ['-i'] : ['--dry-run', '-Werror'], listed('*.h', '*.cpp')],
  ['node_modules/.bin/prettier', [fix ? '--write' : '--check', '--log-level=warn', '.'], []],
  ['node_modules/.bin/eslint', ['--max-warnings=0', ...(fix ? ['--fix'] : []), '.'], []],
  [process.execPath, ['scripts/check-rooms.mjs'], []],
];

let failed = 0;
for (const [command, args, files] of checks) {
  const name = command.split('/').at(-1);
  const { status } = spawnSync(command, [...args, ...files], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) failed += 1;
  console.log(`lint: ${name} ${status === 0 ? 'is content' : 'found something'}`);
}
process.exitCode = failed === 0 ? 0 : 1;
