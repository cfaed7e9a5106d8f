// Two sides change one thing: both contents are kept, everybody comes to the same, and it ends.
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completes, expectAtRest, settle } from '../support/at-rest.js';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { seededNumbers, seedOfThisRun } from '../support/seeded-numbers.js';
import { writeFiles } from '../support/write-files.js';

type Files = Record<string, string>;

interface Story {
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

async function devicesOf(cloud: Cloud, names: readonly string[]): Promise<Opened[]> {
  const devices: Opened[] = [];
  for (const name of names) devices.push(await opened({ cloud, more: { device: { name } } }));
  return devices;
}

async function twoDevices(kind: CloudKind, files: Files): Promise<Story> {
  const cloud = await freshCloud(kind);
  const [a, b] = (await devicesOf(cloud, ['a', 'b'])) as [Opened, Opened];
  writeFiles(a.root, files);
  await completes(a);
  await completes(b);
  return { cloud, a, b };
}

const contentsOf = (files: Files) => Object.values(files).sort();

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('S079 edited on both: both contents, one name for the copy, and no copies of copies', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'd/a.txt': 'first' });
    a.write('d/a.txt', 'edited by a');
    b.write('d/a.txt', 'edited by b');
    await settle(a, b);
    const files = await expectAtRest(cloud, a, b);
    const copy = Object.keys(files).find((path) => path !== 'd/a.txt') ?? '';
    expect(copy).toMatch(/^d\/a \(conflict b \d{4}-\d\d-\d\d [0-9a-f]{6}\)\.txt$/);
    expect(files).toEqual({ 'd/a.txt': 'edited by a', [copy]: 'edited by b' });
    // Edited again on both, the copy too: its name is one like any other.
    a.write('d/a.txt', 'again by a');
    b.write('d/a.txt', 'again by b');
    a.write(copy, 'the copy by a');
    await settle(a, b);
    const more = await expectAtRest(cloud, a, b);
    expect(contentsOf(more)).toEqual(['again by a', 'again by b', 'the copy by a']);
    expect(more[copy]).toBe('the copy by a');
  });

  it('S082 renamed here, edited there: the edit is not lost', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'd/a.txt': 'first', 'kept.txt': 'kept' });
    renameSync(join(a.root, 'd/a.txt'), join(a.root, 'd/b.txt'));
    b.write('d/a.txt', 'edited by b');
    await completes(b);
    await settle(a, b);
    const files = await expectAtRest(cloud, a, b);
    // The edit follows the name, or stands beside what was renamed.
    expect([
      { 'd/b.txt': 'edited by b', 'kept.txt': 'kept' },
      { 'd/a.txt': 'edited by b', 'd/b.txt': 'first', 'kept.txt': 'kept' },
    ]).toContainEqual(files);
  });

  it('S082 edited here, renamed there: the edit is not lost', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'd/a.txt': 'first', 'kept.txt': 'kept' });
    renameSync(join(b.root, 'd/a.txt'), join(b.root, 'd/b.txt'));
    a.write('d/a.txt', 'edited by a');
    await completes(b);
    await settle(a, b);
    const files = await expectAtRest(cloud, a, b);
    expect([
      { 'd/b.txt': 'edited by a', 'kept.txt': 'kept' },
      { 'd/a.txt': 'edited by a', 'd/b.txt': 'first', 'kept.txt': 'kept' },
    ]).toContainEqual(files);
  });

  it('S082 a folder renamed here, a file in it edited there, and another one new', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'd/a.txt': 'first', 'd/e/b.txt': 'b' });
    renameSync(join(a.root, 'd'), join(a.root, 'f'));
    b.write('d/a.txt', 'edited by b');
    b.write('d/e/new.txt', 'new by b');
    await completes(b);
    await settle(a, b);
    const contents = contentsOf(await expectAtRest(cloud, a, b));
    for (const content of ['b', 'edited by b', 'new by b']) expect(contents).toContain(content);
  });

  it('S084 each of two folders moved into the other: no circle, and nothing lost', async () => {
    const files = { 'A/a.txt': 'in A', 'B/b.txt': 'in B', 'kept.txt': 'kept' };
    const { cloud, a, b } = await twoDevices(kind, files);
    renameSync(join(a.root, 'A'), join(a.root, 'B/A'));
    renameSync(join(b.root, 'B'), join(b.root, 'A/B'));
    await completes(b);
    await settle(a, b);
    const contents = contentsOf(await expectAtRest(cloud, a, b));
    expect([...new Set(contents)]).toEqual(['in A', 'in B', 'kept']);
  });

  it('S084 a folder moved into one that is moved into it', async () => {
    const { cloud, a, b } = await twoDevices(kind, { 'A/a.txt': 'in A', 'A/C/c.txt': 'in C' });
    mkdirSync(join(a.root, 'B'));
    await settle(a, b);
    renameSync(join(a.root, 'A/C'), join(a.root, 'B/C'));
    renameSync(join(b.root, 'B'), join(b.root, 'A/C/B'));
    await completes(b);
    await settle(a, b);
    const contents = contentsOf(await expectAtRest(cloud, a, b));
    expect([...new Set(contents)]).toEqual(['in A', 'in C']);
    expect(existsSync(join(a.root, 'A/a.txt'))).toBe(true);
  });
});

const seed = seedOfThisRun();

it.each([0, 1, 2])(
  `S081 three devices edit one file all the time: no more copies than edits that met (seed ${seed} + %i)`,
  async (number) => {
    const random = seededNumbers(seed + number);
    const cloud = await freshCloud('directory');
    const devices = await devicesOf(cloud, ['a', 'b', 'c']);
    const written = new Set<string>();
    for (let step = 0; step < 200; step += 1) {
      const at = devices[random(devices.length)]!;
      if (random(2) === 0) {
        const content = `content ${random(12)} of ${devices.indexOf(at)}`;
        at.write('file.txt', content);
        written.add(content);
      } else {
        await at.sync();
      }
    }
    await settle(...devices);
    const files = await expectAtRest(cloud, ...devices);
    for (const content of contentsOf(files)) expect(written).toContain(content);
    const { 'file.txt': named, ...copies } = files;
    expect(named).toBeDefined();
    expect(contentsOf(copies)).toEqual([...new Set(contentsOf(copies))]); // none twice
    expect(Object.keys(copies).length).toBeGreaterThan(0);
    for (const path of Object.keys(copies)) {
      expect(path).toMatch(/^file \(conflict [abc] [-\d]+ [0-9a-f]{6}\)\.txt$/);
    }
  },
);
