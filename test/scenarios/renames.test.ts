// A directory with many files gets another name: nothing is deleted for it, and no byte is sent again.
import { renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../lib/index.js';
import { completes, expectAtRest, settle } from '../support/at-rest.js';
import { bucketCloud } from '../support/bucket-cloud.js';
import { directoryCloud } from '../support/directory-cloud.js';
import { drive, opened } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { freshBucket, useServers } from '../support/s3.js';
import { filesOf } from '../support/trees.js';
import { writeFiles } from '../support/write-files.js';

const count = 60; // far more than may be deleted without asking
const below = (folder: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `${folder}/part-${index % 7}/file-${index}`,
      `content ${index}`,
    ]),
  );

const inodesOf = (root: string) =>
  Object.keys(filesOf(root)).map((path) => statSync(join(root, path)).ino);

it('S085 a directory of many files is renamed: nothing is held, nothing is sent', async () => {
  const cloud = directoryCloud();
  const a = await opened({ cloud });
  const b = await opened({ cloud });
  writeFiles(a.root, below('large'));
  await settle(a, b);
  const inodes = inodesOf(b.root);
  const notices: Notice[] = [];
  a.device.on('notice', (notice) => notices.push(notice));
  renameSync(join(a.root, 'large'), join(a.root, 'larger'));
  const { ops, halted } = await a.device.plan(drive);
  expect(halted).toBeUndefined();
  expect(ops.filter(({ kind }) => ['upload', 'removeRemote'].includes(kind))).toEqual([]);
  await settle(a, b);
  expect(await expectAtRest(cloud, a, b)).toEqual(below('larger'));
  expect(inodesOf(b.root)).toEqual(inodes); // the files that were there
  expect(notices).toEqual([]);
});

describe('over a network', () => {
  useServers('ceph');

  it('S085 no content goes up or comes down for it', { timeout: 120_000 }, async () => {
    const bucket = await freshBucket('ceph');
    const cloud = bucketCloud(bucket);
    const proxy = await httpFaultProxy(bucket.access.endpoint);
    const way = bucketCloud(bucket.by(proxy.endpoint));
    const a = await opened({ cloud: way });
    const b = await opened({ cloud: way });
    writeFiles(a.root, below('large'));
    await settle(a, b);
    const from = proxy.log.length;
    renameSync(join(a.root, 'large'), join(a.root, 'larger'));
    await completes(a);
    await completes(b);
    const contents = proxy.log.slice(from).filter(({ method, path, headers }) => {
      const copies = headers['x-amz-copy-source'] !== undefined;
      return path.includes('/larger/') && (method === 'GET' || (method === 'PUT' && !copies));
    });
    expect(contents).toEqual([]);
    expect(await expectAtRest(cloud, a, b)).toEqual(below('larger'));
  });
});
