import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { closingLine, readCtest, readVitest } from '../../scripts/testing/counts.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counts-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const written = (name: string, text: string): string => {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
};

const vitestReport = (fields: object): string =>
  JSON.stringify({
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...fields,
  });

describe('the counts of a test run', () => {
  test('are those of vitest', () => {
    const file = written('v.json', vitestReport({ numFailedTests: 2, numPendingTests: 1 }));
    expect(readVitest(file, 1)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });

  test('count a file that could not be loaded as a failure', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    const file = written('v.json', vitestReport({ testResults }));
    expect(readVitest(file, 1).failed).toBe(1);
  });

  test('are those of ctest, skipped ones apart', () => {
    const head = '<testsuite name="x" tests="10" failures="2" disabled="1" skipped="3">';
    expect(readCtest(written('c.xml', head), 8)).toEqual({ passed: 4, failed: 2, skipped: 4 });
  });

  test('never take a crash or a missing report for success', () => {
    expect(readVitest(join(folder, 'none.json'), 0).failed).toBe(1);
    expect(readCtest(join(folder, 'none.xml'), 0).failed).toBe(1);
    expect(readVitest(written('v.json', vitestReport({})), 139).failed).toBe(1);
  });

  test('fail a run that tested nothing', () => {
    expect(closingLine({ passed: 0, failed: 0, skipped: 0 }).ok).toBe(false);
  });

  test('count what is skipped as failed in CI, and show it elsewhere', () => {
    vi.stubEnv('CI', 'true');
    expect(closingLine({ passed: 2, failed: 0, skipped: 1 })).toEqual({
      text: '2 passed, 1 failed',
      ok: false,
    });
    vi.stubEnv('CI', undefined);
    expect(closingLine({ passed: 2, failed: 0, skipped: 1 })).toEqual({
      text: '2 passed, 0 failed, 1 skipped',
      ok: true,
    });
  });
});
