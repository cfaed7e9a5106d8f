import { PassThrough } from 'node:stream';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { jsonText } from '../../lib/cli/output.js';
import { Rate } from '../../lib/cli/rate.js';
import { table } from '../../lib/cli/table.js';
import { openTerminal } from '../../lib/cli/terminal.js';
import type { OutputStream } from '../../lib/cli/terminal.js';
import { count, fit, formatBytes, formatDuration, safeName } from '../../lib/cli/text.js';

const stream = (isTTY: boolean): OutputStream =>
  Object.assign(new PassThrough(), { isTTY, columns: 40 });

describe('what the command line shows', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1536, '1.5 kB'],
    [99_960, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [5e15, '5.0 PB'],
    [5e18, '5000 PB'],
  ])('shows %d bytes as %s', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  test.each([
    [0, '0:00'],
    [59.6, '1:00'],
    [3599, '59:59'],
    [11_045, '3:04:05'],
    [Number.POSITIVE_INFINITY, '-:--'],
    [Number.NaN, '-:--'],
  ])('shows %d seconds as %s', (seconds, words) => {
    expect(formatDuration(seconds)).toBe(words);
  });

  test('counts one and many', () => {
    expect(count(1, 'file')).toBe('1 file');
    expect(count(1234, 'entry', 'entries')).toBe('1,234 entries');
  });

  test('escapes whatever could move the cursor, fake a line or turn the text round', () => {
    expect(safeName('a\nb\u001b[2Jc\u007f\u0085')).toBe('a\\x0ab\\x1b[2Jc\\x7f\\x85');
    expect(safeName('gpj.\u202etxe')).toBe('gpj.\\u{202e}txe');
    expect(safeName('桜 Été.jpg')).toBe('桜 Été.jpg');
  });

  test('gives programs the exact name, in characters that no terminal obeys', () => {
    const name = 'a\u001b[2J\u009b\u202e桜';
    const text = jsonText({ name });

    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
    expect(JSON.parse(text)).toEqual({ name });
  });

  test('fits names into columns, wide characters counting as two', () => {
    expect(fit('abc', 5)).toBe('abc  ');
    expect(fit('abc', 5, 'right')).toBe('  abc');
    expect(fit('abcdef', 5)).toBe('abcd…');
    expect(stringWidth(fit('桜桜桜桜', 6))).toBe(6);
  });

  test('a table in a pipe has no colour and cuts nothing', () => {
    const long = 'x'.repeat(100);
    const terminal = openTerminal(stream(false), {});
    const lines = table(
      terminal,
      [{ title: 'size', align: 'right' }, { title: 'path' }],
      [
        ['1 B', long],
        ['12 kB', 'short'],
      ],
    );
    expect(lines).toEqual(
      [' size', '  1 B', '12 kB'].map(
        (cell, row) => `  ${cell}  ${['path', long, 'short'][row] ?? ''}`,
      ),
    );
  });

  test('NO_COLOR and TERM=dumb take the colour away from a terminal', () => {
    const tty = stream(true);
    expect(openTerminal(tty, { TERM: 'xterm' }).red('x')).toBe('\u001b[31mx\u001b[0m');
    expect(openTerminal(tty, { TERM: 'xterm', NO_COLOR: '1' }).red('x')).toBe('x');
    expect(openTerminal(tty, { TERM: 'dumb' }).interactive).toBe(false);
  });

  test('a rate follows the last seconds only', () => {
    const rate = new Rate();
    expect(rate.perSecond()).toBe(0);
    for (let second = 0; second <= 10; second += 1) rate.add(second * 1000, second * 100);
    expect(rate.perSecond()).toBeCloseTo(100);
    for (let second = 11; second <= 20; second += 1) rate.add(second * 1000, 1000);
    expect(rate.perSecond()).toBe(0);
  });
});
