// Names that programs choke on go through a directory as they are, byte for byte.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf, stampsOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

/** Writes a file whose name is these bytes. */
function writeNamed(directory: string, name: Buffer, content: string): void {
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), name]), content);
}

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

const names: Record<string, Buffer> = {
  '255 bytes': Buffer.alloc(255, 'x'),
  '255 bytes of two-byte characters': Buffer.from(`${'é'.repeat(127)}x`),
  'no UTF-8': Buffer.from([0x66, 0xff, 0xfe, 0x80, 0x2e, 0x6a]),
  'a cut UTF-8 character': Buffer.from([0x61, 0xc3]),
  'a newline': Buffer.from('one\ntwo'),
  'an escape sequence': Buffer.from('\u001b[31mred\u001b[0m'),
  'a backslash and quotes': Buffer.from('a\\b"c\'d'),
  'three dots': Buffer.from('...'),
  'spaces around': Buffer.from('  a  '),
  'a percent sign': Buffer.from('100%2F'),
};

it.each(Object.entries(names))('a name with %s goes to the second device', async (_, name) => {
  const first = await opened();
  writeNamed(first.root, name, 'content');
  mkdirSync(Buffer.concat([Buffer.from(`${first.root}/d`), name.subarray(0, 254)]));
  writeNamed(first.root, Buffer.concat([Buffer.from('e'), name.subarray(0, 254)]), 'more');
  await completes(first);
  const second = await opened({ cloudOf: first });
  await completes(second);
  expect(filesOf(first.root)[name.toString('latin1')]).toBe('content');
  expect(filesOf(second.root)).toEqual(filesOf(first.root));

  // And back: an edit, seen as one.
  writeNamed(second.root, name, 'edited');
  await completes(second);
  await completes(first);
  expect(filesOf(first.root)[name.toString('latin1')]).toBe('edited');
  expect(filesOf(first.root)).toEqual(filesOf(second.root));
  const before = [first.root, second.root, first.cloud].map(stampsOf);
  await completes(first);
  await completes(second);
  expect([first.root, second.root, first.cloud].map(stampsOf)).toEqual(before);
});

it.each([
  ['255 bytes', Buffer.alloc(255, 'x')],
  ['255 bytes of two-byte characters', Buffer.from(`${'é'.repeat(125)}x.jpg`)],
  ['no UTF-8', Buffer.from([0x66, 0xff, 0xfe, 0x80, 0x2e, 0x6a])],
])('both edits of a file whose name has %s are kept', async (_, name) => {
  const first = await opened({ more: { device: { name: 'one' } } });
  writeNamed(first.root, name, 'original');
  await completes(first);
  const second = await opened({ cloudOf: first, more: { device: { name: 'two' } } });
  await completes(second);
  writeNamed(first.root, name, 'edited on one');
  writeNamed(second.root, name, 'edited on two');
  await completes(first);
  await completes(second);
  await completes(first);
  expect(Object.values(filesOf(first.root)).sort()).toEqual(['edited on one', 'edited on two']);
  expect(filesOf(second.root)).toEqual(filesOf(first.root));
  expect(filesOf(first.cloud)).toEqual(filesOf(first.root));
});

it('a path of several kilobytes is carried, or named and left where it is', async () => {
  const at = await opened();
  const deep = Array.from({ length: 12 }, () => 'd'.repeat(250)).join('/');
  mkdirSync(join(at.root, deep), { recursive: true });
  writeFileSync(join(at.root, deep, 'a.txt'), 'deep');
  at.write('b.txt', 'b');
  const noticed: string[] = [];
  at.device.on('notice', ({ path }) => noticed.push(path));
  await at.sync();
  const there = filesOf(at.cloud);
  expect(there['b.txt']).toBe('b');
  const carried = there[`${deep}/a.txt`] === 'deep';
  expect(carried || noticed.some((path) => path.startsWith('dd'))).toBe(true);
  expect(filesOf(at.root)[`${deep}/a.txt`]).toBe('deep');
});

it('what is said of a name never moves a cursor', async () => {
  const at = await opened();
  symlinkSync('/', join(at.root, 'a\u001b[2J\nb'));
  symlinkSync('/', join(at.cloud, 'c\u001b[2J\nd'));
  const noticed: string[] = [];
  at.device.on('notice', ({ path, message }) => noticed.push(path, message));
  await completes(at);
  expect(noticed).toContain('a\\x1b[2J\\x0ab');
  expect(noticed).toContain('c\\x1b[2J\\x0ad');
  expect(noticed.join(' ')).not.toMatch(/[\u0000-\u001f\u007f]/);
});
