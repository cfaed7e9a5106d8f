// Every header compiles alone: nobody has to know what to include before it.
import { execFile, execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';

const compile = promisify(execFile);
const headers = execFileSync('git', ['ls-files', 'cpp/*.h'], { encoding: 'utf8' })
  .split('\n')
  .filter(Boolean);
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
console.log(`headers: ${headers.length} compiled alone, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
