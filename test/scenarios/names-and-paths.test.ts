// Group E: names from a cloud that mean something to a file system, and names that it has no room for.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../lib/index.js';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { freshBucket } from '../support/s3.js';
import { filesOf, namesOf } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };

async function completes(at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual(COMPLETED);
}

function noticesOf(at: Opened): Notice[] {
  const notices: Notice[] = [];
  at.device.on('notice', (notice) => notices.push(notice));
  return notices;
}

describe('S057 keys that would lead out of the root', () => {
  useCloud('ceph');

  const hostile = [
    '../../etc/passwd', 'a/../../x', '/etc/cron.d/x', 'a//b', './x', 'a/./b', 'd/..', '..',
  ]; // prettier-ignore
  const odd = ['C:/x', '\\\\host\\share', 'a\\..\\..\\b', '%2e%2e/x', '..x', 'x..', '...'];

  it('are named, make nothing, are not taken for deleted; names that only look so are files', async () => {
    const bucket = await freshBucket('ceph');
    for (const key of [...hostile, ...odd]) await bucket.put(key, `content of ${key}`);
    await bucket.put('folder-with-content/', 'five.');
    const { accessKeyId, secretAccessKey } = bucket.access;
    const remote = { url: bucket.url(), credentials: { accessKeyId, secretAccessKey } };
    const at = await opened({ space: { remote } });
    const beside = readdirSync(at.base);
    const noticed = noticesOf(at);
    for (let run = 0; run < 2; run += 1) await completes(at);
    expect(filesOf(at.root)).toEqual(
      Object.fromEntries(odd.map((key) => [key, `content of ${key}`])),
    );
    expect(readdirSync(at.base)).toEqual(beside);
    const named = new Set(noticed.map(({ path }) => path));
    for (const key of hostile) expect([...named].join('\n')).toContain(key.replace(/^\//, ''));
    const keys = (await bucket.keys()).filter((key) => !key.startsWith('.cloudsync/'));
    expect(keys.sort()).toEqual([...hostile, ...odd, 'folder-with-content/'].sort());
  });
});

describe.each(cloudKinds)('S063 %s', (kind) => {
  useCloud(kind);

  it('names that look the same are two files, byte for byte, on every device', async () => {
    const cloud = await freshCloud(kind);
    const [composed, decomposed] = ['é.txt', 'e\u0301.txt'];
    const a = await opened({ cloud });
    const b = await opened({ cloud });
    a.write(composed, 'NFC here');
    await cloud.put(decomposed, 'NFD there');
    for (let run = 0; run < 2; run += 1) for (const device of [a, b]) await completes(device);
    const wanted = Object.fromEntries(
      [
        [composed, 'NFC here'],
        [decomposed, 'NFD there'],
      ].map(([name = '', content]) => [Buffer.from(name).toString('latin1'), content]),
    );
    for (const files of [filesOf(a.root), filesOf(b.root), await cloud.files()]) {
      expect(files).toEqual(wanted);
    }
  });
});

describe.each(cloudKinds)('S065 %s', (kind) => {
  useCloud(kind);

  it('control characters, dashes, spaces and dots at the ends of names are carried both ways', async () => {
    const cloud = await freshCloud(kind);
    const names = [
      'Icon\r',
      'a\nb',
      '\u001b[31mred',
      '\u0001',
      '\t',
      'a ',
      'a.',
      ' a',
      '-rf',
      '--',
    ];
    const at = await opened({ cloud });
    for (const name of names) at.write(`here/${name}`, name);
    for (const name of names) await cloud.put(`there/${name}`, name);
    for (let run = 0; run < 2; run += 1) await completes(at);
    const wanted = ['here', 'there']
      .flatMap((side) => names.map((name) => `${side}/${name}`))
      .sort();
    expect(namesOf(at.root)).toEqual(wanted);
    expect(Object.keys(await cloud.files()).sort()).toEqual(wanted);
  });
});

describe('S067 names and paths that are long', () => {
  it('255 bytes are carried, temporary names are shorter; deep paths as far as keys reach', async () => {
    const first = await opened();
    const second = await opened({ cloudOf: first });
    const longest = ['x'.repeat(255), `${'é'.repeat(127)}x`];
    const deep = Array.from({ length: 100 }, () => 'ten bytes').join('/');
    for (const name of longest) first.write(name, 'first');
    first.write(`${deep}/file`, 'deep');
    await completes(first);
    await completes(second);
    for (const name of longest) second.write(name, 'edited by the second');
    await completes(second);
    await completes(first);
    expect(filesOf(first.root)).toEqual(filesOf(second.root));
    expect(filesOf(first.root)[`${deep}/file`]).toBe('deep');
    expect(Object.values(filesOf(first.root)).sort()).toEqual([
      'deep', 'edited by the second', 'edited by the second',
    ]); // prettier-ignore
  });

  it('a path of 2,000 levels is named and stays; everything else is synced', async () => {
    const at = await opened();
    // Longer than one call takes: made level by level.
    const start = process.cwd();
    const step = 'd'.repeat(100);
    process.chdir(at.root);
    try {
      for (let level = 0; level < 2000; level += 1) {
        mkdirSync(step);
        process.chdir(step);
      }
      writeFileSync('deepest', 'deepest');
    } finally {
      process.chdir(start);
    }
    at.write('a.txt', 'a');
    const noticed = noticesOf(at);
    for (let run = 0; run < 2; run += 1) await completes(at);
    expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'a' });
    expect(
      noticed.some(
        ({ path, cause }) => path.startsWith(`${step}/${step}/`) && cause === 'invalidName',
      ),
    ).toBe(true);
    expect(existsSync(join(at.root, step, step))).toBe(true);
    execFileSync('rm', ['-rf', join(at.root, step)]); // Node cannot, so deep
  });
});
