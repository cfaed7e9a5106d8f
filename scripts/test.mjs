// `npm test`: prepares the checkout, builds engine and tests, and runs the C++ tests and the vitest
// suite. `npm test -- PATTERN` gives vitest the pattern and leaves the C++ tests out.
import { nativeFolder } from './bootstrap/builds.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { exitWith } from './bootstrap/terminal.mjs';
import { add, addToTotals, closingLine } from './testing/counts.mjs';
import { runCtest, runVitest } from './testing/runners.mjs';

try {
  await prepare('test');
} catch (error) {
  exitWith(error);
}

const args = process.argv.slice(2);
let counts = await runVitest('plain', { args });
if (args.length === 0) counts = add(counts, await runCtest(nativeFolder()));
addToTotals(counts);

const { text, ok } = closingLine(counts);
console.log(`\n${text}`);
process.exitCode = ok ? 0 : 1;
