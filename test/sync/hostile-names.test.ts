// Names that programs choke on go through every cloud as they are, byte for byte.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf, foldersOf, stampsOf, told } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

// Signs that shells, URLs, forms, XML and older S3s give a meaning to, and names that such a meaning,
// or one decoding too many, would turn into each other.
const names = [
  ...['a b', 'a+b', 'a%20b', 'a%2520b', 'a%2Bb', 'a%b', '100%', '%00', '&amp;&#38;', '?versions'],
  ...[
    "~'()*",
    '&=;:@,$!',
    '"<>[]{}',
    '|^`\\-_.',
    '#?',
    ' ',
    '  a  ',
    '...',
    '.a',
    'a.',
    '-rf',
    '~',
  ],
  ...[
    'é',
    'e\u0301',
    'ünï 文 😀',
    '\ufeffa\u202egpj\ufffd\u2028\u00a0',
    'one\ntwo',
    'one\r\ntwo\t',
  ],
  ...['\u0001\u007f', '\u001b[31mred\u001b[0m', 'x'.repeat(255), `${'é'.repeat(127)}x`],
];
const noUtf8 = [Buffer.from([0x66, 0xff, 0xfe, 0x80, 0x2e, 0x6a]), Buffer.from([0x61, 0xc3])];

/** Writes a file whose name is these bytes. */
function writeNamed(directory: string, name: Buffer, content: string): void {
  writeFileSync(Buffer.concat([Buffer.from(`${directory}/`), name]), content);
}

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

interface Story {
  readonly cloud: Cloud;
  readonly first: Opened;
  readonly second: Opened;
}

async function twoDevices(kind: CloudKind): Promise<Story> {
  const cloud = await freshCloud(kind);
  const first = await opened({ cloud, more: { device: { name: 'one' } } });
  const second = await opened({ cloud, more: { device: { name: 'two' } } });
  return { cloud, first, second };
}

/** All three have the same files and folders; one more run of each writes nothing. */
async function expectAtRest({ cloud, first, second }: Story): Promise<void> {
  expect(filesOf(second.root)).toEqual(filesOf(first.root));
  expect(foldersOf(second.root)).toEqual(foldersOf(first.root));
  expect(await cloud.files()).toEqual(filesOf(first.root));
  const stamps = async () => [stampsOf(first.root), stampsOf(second.root), await cloud.stamps()];
  const before = await stamps();
  await completes(first);
  await completes(second);
  expect(await stamps()).toEqual(before);
}

/** Files of these names, each in a folder of its name, with what is said of them in them. */
function saying(what: string, all: string[]): Record<string, string> {
  const files = all.map((name) => [`${name}/${name}`, `${what} ${name}`] as const);
  const latin1 = ([path, content]: readonly [string, string]) =>
    [Buffer.from(path).toString('latin1'), told(Buffer.from(content))] as const;
  return Object.fromEntries(files.map(latin1));
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('names of files and folders made here go to the second device, and come back', async () => {
    const story = await twoDevices(kind);
    const { first, second } = story;
    for (const name of names) first.write(`${name}/${name}`, `made ${name}`);
    await completes(first);
    await completes(second);
    expect(filesOf(second.root)).toEqual(saying('made', names));
    await expectAtRest(story);

    const [edited, deleted] = [names.slice(0, 16), names.slice(16)];
    for (const name of edited) second.write(`${name}/${name}`, `edited ${name}`);
    for (const name of deleted) rmSync(join(second.root, name), { recursive: true });
    await completes(second);
    await completes(first);
    expect(filesOf(first.root)).toEqual(saying('edited', edited));
    expect(foldersOf(first.root)).toHaveLength(edited.length);
    await expectAtRest(story);
  });

  it('names made by another program in the cloud come down, and its edits and deletions', async () => {
    const { cloud, first } = await twoDevices(kind);
    const put = async (what: string, all: string[]) => {
      await Promise.all(all.map((name) => cloud.put(`${name}/${name}`, `${what} ${name}`)));
    };
    await put('made', names);
    await completes(first);
    expect(filesOf(first.root)).toEqual(saying('made', names));
    expect(await cloud.files()).toEqual(saying('made', names));

    const [deleted, edited] = [names.slice(0, 16), names.slice(16)];
    await put('edited', edited);
    await Promise.all(deleted.map((name) => cloud.remove(name)));
    await completes(first);
    expect(filesOf(first.root)).toEqual(saying('edited', edited));
    expect(foldersOf(first.root)).toHaveLength(edited.length);
  });

  it('both edits of a file whose name fills 255 bytes are kept', async () => {
    const story = await twoDevices(kind);
    const { first, second } = story;
    const long = ['x'.repeat(255), `${'é'.repeat(125)}x.jpg`];
    for (const name of long) first.write(name, 'original');
    await completes(first);
    await completes(second);
    for (const name of long) first.write(name, 'by one');
    for (const name of long) second.write(name, 'by two');
    await completes(first);
    await completes(second);
    await completes(first);
    expect(Object.values(filesOf(first.root)).sort()).toEqual(
      ['by one', 'by two'].flatMap((content) => [content, content]),
    );
    await expectAtRest(story);
  });

  it('a path of several kilobytes is carried, or named and left where it is', async () => {
    const { cloud, first } = await twoDevices(kind);
    const deep = Array.from({ length: 12 }, () => 'd'.repeat(250)).join('/');
    first.write(`${deep}/a.txt`, 'deep');
    first.write('b.txt', 'b');
    const noticed = noticedBy(first);
    await first.sync();
    const there = await cloud.files();
    expect(there['b.txt']).toBe('b');
    const carried = there[`${deep}/a.txt`] === 'deep';
    expect(carried || noticed.some((path) => path.startsWith('dd'))).toBe(true);
    expect(filesOf(first.root)[`${deep}/a.txt`]).toBe('deep');
  });
});

/** Collects what notices say, and of what. */
function noticedBy(at: Opened): string[] {
  const noticed: string[] = [];
  at.device.on('notice', ({ path, message }) => noticed.push(path, message));
  return noticed;
}

it('names that are no UTF-8 go through a directory, and both edits of them are kept', async () => {
  const story = await twoDevices('directory');
  const { first, second } = story;
  for (const name of noUtf8) writeNamed(first.root, name, 'content');
  for (const name of noUtf8) mkdirSync(Buffer.concat([Buffer.from(`${first.root}/d`), name]));
  await completes(first);
  await completes(second);
  const latin1 = noUtf8.map((name) => [name.toString('latin1'), 'content']);
  expect(filesOf(second.root)).toEqual(Object.fromEntries(latin1));
  await expectAtRest(story);
  for (const name of noUtf8) writeNamed(first.root, name, 'by one');
  for (const name of noUtf8) writeNamed(second.root, name, 'by two');
  await completes(first);
  await completes(second);
  await completes(first);
  expect(Object.values(filesOf(first.root)).sort()).toEqual(
    ['by one', 'by two'].flatMap((content) => [content, content]),
  );
  await expectAtRest(story);
});

describe.each(['ceph', 'swift'] as const)('%s', (kind) => {
  useCloud(kind);

  it('a name that is no UTF-8 is named and stays here, the others go up', async () => {
    const { cloud, first } = await twoDevices(kind);
    for (const name of noUtf8) writeNamed(first.root, name, 'here only');
    mkdirSync(Buffer.concat([Buffer.from(`${first.root}/d`), noUtf8[0] ?? Buffer.of()]));
    first.write('ä.txt', 'a');
    const noticed = noticedBy(first);
    await completes(first);
    expect(noticed).toEqual(expect.arrayContaining(['f\\xff\\xfe\\x80.j', 'a\\xc3']));
    expect(await cloud.files()).toEqual({ [Buffer.from('ä.txt').toString('latin1')]: 'a' });
    await completes(first);
    expect(Object.keys(filesOf(first.root))).toHaveLength(3);
  });
});

it('what is said of a name never moves a cursor', async () => {
  const at = await opened();
  symlinkSync('/', join(at.root, 'a\u001b[2J\nb'));
  symlinkSync('/', join(at.cloud, 'c\u001b[2J\nd'));
  const noticed = noticedBy(at);
  await completes(at);
  expect(noticed).toContain('a\\x1b[2J\\x0ab');
  expect(noticed).toContain('c\\x1b[2J\\x0ad');
  expect(noticed.join(' ')).not.toMatch(/[\u0000-\u001f\u007f]/);
});
