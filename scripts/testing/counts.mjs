// How many tests passed, failed and were skipped, added up over every runner of a run.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap/stamps.mjs';

const none = { passed: 0, failed: 0, skipped: 0 };

export const add = (a, b) => ({
  passed: a.passed + b.passed,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
});

/**
 * Reads what vitest's json reporter wrote. A file that could not even be loaded has no tests, but
 * counts as a failure; so does a report that was never written.
 */
export function readVitest(file, exitCode) {
  if (!existsSync(file)) return { ...none, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const notLoaded = report.testResults.filter(
    (suite) =>
      suite.status === 'failed' && suite.assertionResults.every((t) => t.status !== 'failed'),
  ).length;
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + notLoaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  return withExitCode(counts, exitCode);
}

/** Reads the JUnit file of ctest. */
export function readCtest(file, exitCode) {
  if (!existsSync(file)) return { ...none, failed: 1 };
  const head = /<testsuite\b[^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  const number = (name) => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(head)?.[1] ?? 0);
  const failed = number('failures');
  const skipped = number('skipped') + number('disabled');
  return withExitCode({ passed: number('tests') - failed - skipped, failed, skipped }, exitCode);
}

// A runner that ends badly without naming a failed test (a crash, no test at all) is a failure too.
const withExitCode = (counts, exitCode) =>
  exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;

const totals = join(root, 'build', 'test-totals.json');

/** Begins a run: what was counted before is forgotten. */
export const resetTotals = () => rmSync(totals, { force: true });

/** Adds to the totals of this run, which may consist of several processes (.ci/run). */
export function addToTotals(counts) {
  const sum = add(readTotals(), counts);
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(totals, JSON.stringify(sum));
  return sum;
}

export const readTotals = () =>
  existsSync(totals) ? JSON.parse(readFileSync(totals, 'utf8')) : none;

/** The line that closes a run. In CI a skipped test is a failed one: nothing is to be left out there. */
export function closingLine(counts) {
  const strict = process.env.CI === 'true';
  const failed = counts.failed + (strict ? counts.skipped : 0);
  const skipped = strict || counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
  if (strict && counts.skipped > 0) console.log(`${counts.skipped} skipped: a failure in CI`);
  return {
    text: `${counts.passed} passed, ${failed} failed${skipped}`,
    ok: failed === 0 && counts.passed > 0,
  };
}
