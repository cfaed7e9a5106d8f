// Group E: what a tree may hold beside files and folders, and what a file has beside its content.
import { execFileSync } from 'node:child_process';
import {
  chmodSync, linkSync, mkdirSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync,
  unlinkSync, utimesSync, writeFileSync,
} from 'node:fs'; // prettier-ignore
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Notice } from '../../lib/index.js';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { mountTmpfs } from '../support/tmpfs.js';
import { filesOf, foldersOf, namesOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

function noticesOf(at: Opened): Notice[] {
  const notices: Notice[] = [];
  at.device.on('notice', (notice) => notices.push(notice));
  return notices;
}

it('S059 links to parents, to themselves, to nowhere and in chains end no scan and go nowhere', async () => {
  const at = await opened();
  mkdirSync(join(at.root, 'a'));
  const links = [
    'a/b',
    'self',
    'dangling',
    ...Array.from({ length: 40 }, (_, i) => `chain${String(i)}`),
  ];
  symlinkSync('../a', join(at.root, 'a/b'));
  symlinkSync('self', join(at.root, 'self'));
  symlinkSync('nowhere', join(at.root, 'dangling'));
  for (let i = 0; i < 40; i += 1) {
    symlinkSync(`chain${String(i + 1)}`, join(at.root, `chain${String(i)}`));
  }
  at.write('a/real.txt', 'real');
  const notices = noticesOf(at);
  await completes(at);
  expect(filesOf(at.cloud)).toEqual({ 'a/real.txt': 'real' });
  expect(notices.map(({ path }) => path).sort()).toEqual([...links].sort());
});

it('S059 a file that becomes a link, and a link that becomes a file, delete nothing in the cloud', async () => {
  const at = await opened();
  at.write('a.txt', 'a');
  at.write('d/b.txt', 'b');
  await completes(at);
  unlinkSync(join(at.root, 'a.txt'));
  symlinkSync('d/b.txt', join(at.root, 'a.txt'));
  rmSync(join(at.root, 'd'), { recursive: true });
  symlinkSync('/etc', join(at.root, 'd'));
  for (let run = 0; run < 2; run += 1) await completes(at);
  expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'a', 'd/b.txt': 'b' });
  expect(readlinkSync(join(at.root, 'd'))).toBe('/etc');
  for (const name of ['a.txt', 'd']) unlinkSync(join(at.root, name));
  at.write('a.txt', 'a file again');
  mkdirSync(join(at.root, 'd'));
  at.write('d/b.txt', 'b');
  await completes(at);
  expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'a file again', 'd/b.txt': 'b' });
});

it('S071 hard links are files of their own; a new content of one of them leaves the other', async () => {
  const at = await opened();
  at.write('a.txt', 'shared');
  linkSync(join(at.root, 'a.txt'), join(at.root, 'b.txt'));
  await completes(at);
  expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'shared', 'b.txt': 'shared' });
  writeFileSync(join(at.cloud, 'a.txt'), 'new');
  for (let run = 0; run < 2; run += 1) await completes(at);
  expect(filesOf(at.root)).toEqual({ 'a.txt': 'new', 'b.txt': 'shared' });
  expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
});

it('S073 FIFOs, sockets and devices on either side are named, and hold up nothing', async () => {
  const at = await opened();
  execFileSync('mkfifo', [join(at.root, 'fifo'), join(at.cloud, 'fifo there')]);
  execFileSync('mknod', [join(at.root, 'null'), 'c', '1', '3']);
  execFileSync(process.execPath, [
    '-e',
    `require('net').createServer().listen(process.argv[1], () => process.exit())`,
    join(at.root, 'socket'),
  ]);
  at.write('a.txt', 'a');
  const notices = noticesOf(at);
  for (let run = 0; run < 2; run += 1) await completes(at);
  expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'a' });
  const named = new Set(notices.map(({ path }) => path));
  expect([...named].sort()).toEqual(expect.arrayContaining(['fifo', 'fifo there', 'null']));
});

describe('S074 a file system that is mounted inside the root', () => {
  it('is named and not crossed; what it hides, and what comes with its end, deletes nothing', async () => {
    const at = await opened();
    at.write('d/a.txt', 'a');
    at.write('b.txt', 'b');
    await completes(at);
    const unmount = mountTmpfs(join(at.root, 'd'), 1);
    at.write('d/on-the-mount.txt', 'mounted');
    writeFileSync(join(at.cloud, 'd/new.txt'), 'new in the cloud');
    writeFileSync(join(at.cloud, 'd/a.txt'), 'edited in the cloud');
    const notices = noticesOf(at);
    for (let run = 0; run < 2; run += 1) await at.sync();
    expect(filesOf(at.cloud)).toEqual({
      'b.txt': 'b',
      'd/a.txt': 'edited in the cloud',
      'd/new.txt': 'new in the cloud',
    });
    expect(namesOf(join(at.root, 'd'))).toEqual(['on-the-mount.txt']);
    expect(notices.map(({ path }) => path)).toContain('d/');
    unmount();
    await completes(at);
    expect(filesOf(at.root)).toEqual(filesOf(at.cloud));
  });

  it('is not crossed either when it is a part of the same file system', async () => {
    const at = await opened();
    const other = join(at.base, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'x.txt'), 'outside');
    at.write('d/a.txt', 'a');
    await completes(at);
    execFileSync('mount', ['--bind', other, join(at.root, 'd')]);
    onTestFinished(() => void execFileSync('umount', ['--lazy', join(at.root, 'd')]));
    writeFileSync(join(at.cloud, 'd/new.txt'), 'new');
    for (let run = 0; run < 2; run += 1) await at.sync();
    expect(filesOf(at.cloud)).toEqual({ 'd/a.txt': 'a', 'd/new.txt': 'new' });
    expect(filesOf(other)).toEqual({ 'x.txt': 'outside' });
  });

  it('a root of another space inside this one keeps its own things', async () => {
    const outer = await opened();
    const inner = await opened();
    inner.write('mine.txt', 'mine');
    await completes(inner);
    await inner.device.close();
    execFileSync('cp', ['-a', inner.root, join(outer.root, 'inner')]);
    await completes(outer);
    expect(filesOf(outer.cloud)).toEqual({ 'inner/mine.txt': 'mine' });
    expect(foldersOf(outer.cloud)).toEqual(['inner']);
  });
});

describe.each(cloudKinds)('S075 %s', (kind) => {
  useCloud(kind);

  it('times of any century travel with their files, and no odd one stands in the way', async () => {
    const cloud = await freshCloud(kind);
    const a = await opened({ cloud });
    const b = await opened({ cloud });
    const times = { before1970: -86_400, at1970: 0, in2107: 4_323_456_789, now: 1_700_000_000.25 };
    for (const [name, time] of Object.entries(times)) {
      a.write(name, name);
      // A negative number would be taken for now.
      utimesSync(join(a.root, name), new Date(time * 1000), new Date(time * 1000));
    }
    for (let run = 0; run < 2; run += 1) for (const device of [a, b]) await completes(device);
    for (const [name, time] of Object.entries(times)) {
      expect(statSync(join(b.root, name)).mtimeMs / 1000).toBeCloseTo(time, 3);
    }
  });
});

it('S075 a new content keeps the mode that this file has here; other attributes are not carried', async () => {
  const at = await opened();
  at.write('run.sh', '#!/bin/sh');
  chmodSync(join(at.root, 'run.sh'), 0o755);
  await completes(at);
  writeFileSync(join(at.cloud, 'run.sh'), '#!/bin/sh\n# edited');
  await completes(at);
  expect(readFileSync(join(at.root, 'run.sh'), 'utf8')).toContain('edited');
  expect(statSync(join(at.root, 'run.sh')).mode & 0o777).toBe(0o755);
});
