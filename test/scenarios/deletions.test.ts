// Somebody deletes a file, and something stands in the way: an edit on the other side, or a cloud that
// lets nothing be deleted.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../lib/index.js';
import { completes, expectAtRest, settle } from '../support/at-rest.js';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { drive, opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { s3Error } from '../support/http-faults.js';
import { freshBucket, useServers } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import { survivors } from '../support/survivors.js';
import { filesOf } from '../support/trees.js';

interface Story {
  readonly cloud: Cloud;
  readonly a: Opened;
  readonly b: Opened;
}

/** Two devices that have `file` and one that stays. */
async function twoDevices(kind: CloudKind): Promise<Story> {
  const cloud = await freshCloud(kind);
  const a = await opened({ cloud, more: { device: { name: 'a' } } });
  a.write('d/file', 'first');
  a.write('kept', 'kept');
  await completes(a);
  const b = await opened({ cloud, more: { device: { name: 'b' } } });
  await completes(b);
  return { cloud, a, b };
}

function noticesOf({ device }: Opened): Notice[] {
  const notices: Notice[] = [];
  device.on('notice', (notice) => notices.push(notice));
  return notices;
}

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it('S020 deleted here, edited there: the edit comes back', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    rmSync(join(a.root, 'd/file'));
    b.write('d/file', 'edited');
    await completes(b);
    await settle(a, b);
    expect(await expectAtRest(cloud, a, b)).toEqual({ 'd/file': 'edited', kept: 'kept' });
  });

  it('S020 edited here, deleted there: the edit goes up again', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    a.write('d/file', 'edited');
    rmSync(join(b.root, 'd/file'));
    await completes(b);
    expect(await cloud.files()).toEqual({ kept: 'kept' });
    await settle(a, b);
    expect(await expectAtRest(cloud, a, b)).toEqual({ 'd/file': 'edited', kept: 'kept' });
    const { getFileSyncState, FileSyncState } = a.cloudSync;
    expect(getFileSyncState(a.uri('d/file'))).toBe(FileSyncState.UPLOAD_SUCCESS);
  });

  it('S020 deleted on both sides: nobody knows it any more', async () => {
    const { cloud, a, b } = await twoDevices(kind);
    const notices = [...noticesOf(a), ...noticesOf(b)];
    rmSync(join(a.root, 'd/file'));
    rmSync(join(b.root, 'd/file'));
    await completes(a);
    await completes(b);
    expect(await expectAtRest(cloud, a, b)).toEqual({ kept: 'kept' });
    for (const at of [a, b]) {
      const known: string[] = [];
      for await (const { path, directory } of at.device.list(drive)) {
        if (!directory) known.push(path);
      }
      expect(known).toEqual(['kept']);
    }
    expect(notices).toEqual([]);
  });
});

describe('a cloud that lets nothing be deleted', () => {
  useServers('ceph');

  it('S022 says so with every run, keeps what it has, and is obeyed once it may', async () => {
    const bucket = await freshBucket('ceph');
    const proxy = await httpFaultProxy(bucket.access.endpoint);
    const at = await openedOn(bucket, { access: { endpoint: proxy.endpoint } });
    at.write('file', 'content');
    at.write('kept', 'kept');
    await completes(at);
    rmSync(join(at.root, 'file'));
    proxy.script = ({ method }) => (method === 'DELETE' ? s3Error(403, 'AccessDenied') : undefined);

    const { SyncState } = at.cloudSync;
    for (let run = 1; run <= 3; run += 1) {
      at.write('other', `of run ${run}`); // the rest is done
      expect((await at.sync()).at(-1)?.state).toBe(SyncState.UPLOAD_FAILED);
      const said = at.notices.splice(0);
      expect(new Set(said.map(({ path }) => path))).toEqual(new Set(['file']));
      expect(said[0]?.message).toMatch(/403 AccessDenied.*ask the owner of the bucket/);
      expect((await bucket.get('file')).toString()).toBe('content');
      expect((await bucket.get('other')).toString()).toBe(`of run ${run}`);
      const { ops } = await at.device.plan(drive);
      expect(ops.filter(({ path }) => path === 'file')).toHaveLength(1);
    }
    // What was put by for it is put by once, not with every attempt.
    expect(await bucket.keys('.cloudsync/trash/')).toHaveLength(1);

    // Another device has it all the time; a person who wants it back gets it there.
    const other = await openedOn(bucket);
    await completes(other);
    expect(filesOf(other.root)).toEqual({ file: 'content', kept: 'kept', other: 'of run 3' });

    proxy.script = () => undefined;
    await completes(at);
    await completes(other);
    expect(filesOf(at.root)).toEqual({ kept: 'kept', other: 'of run 3' });
    expect(filesOf(other.root)).toEqual({ kept: 'kept', other: 'of run 3' });
    expect(await survivors(bucket, [at.root])).toContain('content'); // in the trash
  });
});
