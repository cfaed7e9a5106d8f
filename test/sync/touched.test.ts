// A file whose mode or time changed, not its content, is no edit: no conflict copy comes of it.
import { chmodSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import type { Cloud, CloudKind } from '../support/clouds.js';
import { opened } from '../support/devices.js';
import type { Opened } from '../support/devices.js';
import { filesOf } from '../support/trees.js';

async function synced(kind: CloudKind): Promise<{ cloud: Cloud; at: Opened }> {
  const cloud = await freshCloud(kind);
  const at = await opened({ cloud });
  at.write('a.txt', 'original');
  await at.sync();
  return { cloud, at };
}

async function expectEdited(cloud: Cloud, at: Opened): Promise<void> {
  expect((await at.sync()).at(-1)).toEqual({ state: 4, error: 0 });
  expect(filesOf(at.root)).toEqual({ 'a.txt': 'edited' });
  expect(await cloud.files()).toEqual({ 'a.txt': 'edited' });
}

const touches: Record<string, (path: string) => void> = {
  'another mode': (path) => chmodSync(path, 0o600),
  'another time': (path) => utimesSync(path, 1e9, 1e9),
};

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it.each(Object.keys(touches))('%s here, an edit in the cloud: the edit wins', async (how) => {
    const { cloud, at } = await synced(kind);
    touches[how]?.(join(at.root, 'a.txt'));
    await cloud.put('a.txt', 'edited');
    await expectEdited(cloud, at);
  });

  it.each(['its attributes', 'its version'] as const)(
    'the cloud changed %s, an edit here: the edit wins',
    async (how) => {
      const { cloud, at } = await synced(kind);
      await cloud.touch('a.txt', how);
      at.write('a.txt', 'edited');
      await expectEdited(cloud, at);
    },
  );
});
