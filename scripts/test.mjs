// `npm test`: prepares the checkout, builds engine and tests, and runs the C++ tests and the vitest
// suite. `npm test -- PATTERN` gives vitest the pattern and leaves the C++ tests out.
import { nativeFolder } from './bootstrap/builds.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { SetupError, exitWith } from './bootstrap/terminal.mjs';
import { add, addToTotals, closingLine } from './testing/counts.mjs';
import { runCtest, runVitest } from './testing/runners.mjs';

const args = process.argv.slice(2);

try {
  await prepare('test');
  await servers();
} catch (error) {
  exitWith(error);
}

// Whoever cannot have them can run everything else: the tests that need one say what is missing.
async function servers() {
  const wanted = args.length === 0 || args.some((pattern) => /remote|fault|sync/.test(pattern));
  if (!wanted) return;
  await systemPackages(['ceph', 'swift', 'nginx']).catch((error) => {
    if (!(error instanceof SetupError)) throw error;
    console.log(`Tests against real servers will fail. ${error.message}\n`);
  });
}

let counts = await runVitest('plain', { args });
if (args.length === 0) counts = add(counts, await runCtest(nativeFolder()));
addToTotals(counts);

const { text, ok } = closingLine(counts);
console.log(`\n${text}`);
process.exitCode = ok ? 0 : 1;
