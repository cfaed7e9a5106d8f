import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { patience } from '../support/patience.js';

const run = promisify(execFile);

const example = async (name: string): Promise<string[]> => {
  const { stdout } = await run(process.execPath, [`examples/${name}.mjs`], {
    timeout: 50_000 * patience,
  });
  return stdout.trim().split('\n');
};

describe('examples', () => {
  test('sync-a-directory says what is where afterwards', async () => {
    const lines = await example('sync-a-directory');
    expect(lines).toContain('hello.txt: 14 bytes, both');
    expect(lines.at(-1)).toMatch(/^last sync: 2\d\d\d-/);
  });

  test('download-and-free knows the picture, fetches it and frees it again', async () => {
    const lines = await example('download-and-free');
    expect(lines[0]).toBe('known: true here: false');
    expect(lines).toContain('1000000 of 1000000 bytes');
    expect(lines).toContain('completed: true here: true');
    expect(lines.at(-1)).toBe('known: true here: false');
  });
});
