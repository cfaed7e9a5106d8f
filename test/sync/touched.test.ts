// A file whose mode or time changed, not its content, is no edit: no conflict copy comes of it.
import { chmodSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { opened } from '../support/devices.js';
import { filesOf } from '../support/trees.js';

const touches: Record<string, (path: string) => void> = {
  'another mode': (path) => chmodSync(path, 0o600),
  'another time': (path) => utimesSync(path, 1e9, 1e9),
};

it.each(
  Object.keys(touches).flatMap((how) =>
    (['root', 'cloud'] as const).map((side) => [how, side] as const),
  ),
)('%s in the %s, an edit on the other side: the edit wins', async (how, side) => {
  const at = await opened();
  at.write('a.txt', 'original');
  await at.sync();
  touches[how]?.(join(at[side], 'a.txt'));
  writeFileSync(join(side === 'root' ? at.cloud : at.root, 'a.txt'), 'edited');
  expect((await at.sync()).at(-1)).toEqual({ state: 4, error: 0 });
  expect(filesOf(at.root)).toEqual({ 'a.txt': 'edited' });
  expect(filesOf(at.cloud)).toEqual({ 'a.txt': 'edited' });
});
