// Every header compiles alone: nobody has to know what to include before it. The build has shown that
// of those which a source file of their name includes first.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const compile = promisify(execFile);
const all = execFileSync('git', ['ls-files', 'cpp/*.h'], { encoding: 'utf8' })
  .split('\n')
  .filter(Boolean);

function isFirstInItsSource(header) {
  const source = header.replace(/\.h$/, '.cpp');
  if (!existsSync(source)) return false;
  const [first] = /^#include .*$/m.exec(readFileSync(source, 'utf8')) ?? [];
  return first === `#include "${header.slice('cpp/'.length)}"`;
}

const headers = all.filter((header) => !isFirstInItsSource(header));
const options = [
  '-std=c++20',
  '-fsyntax-only',
  '-Wall',
  '-Wextra',
  '-Wno-pragma-once-outside-header',
  '-Icpp',
  '-x',
  'c++',
];

const queue = headers.values();
let failed = 0;
const worker = async () => {
  for (const header of queue) {
    await compile('g++', [...options, header]).catch((error) => {
      failed += 1;
      console.error(`${header} does not compile alone:\n${error.stderr}`);
    });
  }
};
await Promise.all(Array.from({ length: availableParallelism() }, worker));
console.log(`headers: ${headers.length} of ${all.length} compiled alone, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
