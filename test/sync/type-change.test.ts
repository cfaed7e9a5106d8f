// A folder takes a file's name, and the other way round: both devices come to the same tree.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

async function expectCarried(a: Opened, b: Opened): Promise<void> {
  const made = filesOf(a.root);
  expect((await a.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(a.cloud)).toEqual(made);
  expect((await b.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(b.root)).toEqual(made);
  expect(filesOf(a.root)).toEqual(made);
}

async function pair(files: Record<string, string>): Promise<[Opened, Opened]> {
  const a = await opened();
  for (const [path, content] of Object.entries(files)) a.write(path, content);
  expect((await a.sync()).at(-1)).toEqual(COMPLETED);
  const b = await opened({ cloudOf: a });
  expect((await b.sync()).at(-1)).toEqual(COMPLETED);
  expect(filesOf(b.root)).toEqual(filesOf(a.root));
  return [a, b];
}

it('a file becomes a folder', async () => {
  const [a, b] = await pair({ x: 'file', other: 'o' });
  rmSync(join(a.root, 'x'));
  mkdirSync(join(a.root, 'x'));
  writeFileSync(join(a.root, 'x/inside'), 'inside');
  await expectCarried(a, b);
});

it('a file becomes an empty folder', async () => {
  const [a, b] = await pair({ x: 'file', other: 'o' });
  rmSync(join(a.root, 'x'));
  mkdirSync(join(a.root, 'x'));
  await expectCarried(a, b);
});

it('a folder becomes a file', async () => {
  const [a, b] = await pair({ 'x/inside': 'inside', other: 'o' });
  rmSync(join(a.root, 'x'), { recursive: true });
  writeFileSync(join(a.root, 'x'), 'file');
  await expectCarried(a, b);
});

it('a folder of the cloud becomes a file', async () => {
  const [a, b] = await pair({ 'x/inside': 'inside', other: 'o' });
  rmSync(join(a.cloud, 'x'), { recursive: true });
  writeFileSync(join(a.cloud, 'x'), 'file');
  for (const at of [a, b]) {
    expect((await at.sync()).at(-1)).toEqual(COMPLETED);
    expect(filesOf(at.root)).toEqual({ x: 'file', other: 'o' });
  }
});

it('a file of the cloud becomes a folder', async () => {
  const [a, b] = await pair({ x: 'file', other: 'o' });
  rmSync(join(a.cloud, 'x'));
  mkdirSync(join(a.cloud, 'x'));
  writeFileSync(join(a.cloud, 'x/inside'), 'inside');
  for (const at of [a, b]) {
    expect((await at.sync()).at(-1)).toEqual(COMPLETED);
    expect(filesOf(at.root)).toEqual({ 'x/inside': 'inside', other: 'o' });
  }
});
