// An album that its user deletes is gone on both sides, its folder too.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { opened, picture } from '../support/devices.js';

it.each([1, 2])(
  'a folder of the gallery that is deleted after %i runs stays deleted',
  async (runs) => {
    const at = await opened({ name: 'gallery' });
    at.write('album/a.png', picture);
    at.write('b.png', picture);
    for (let run = 0; run < runs; run += 1) await at.sync();
    rmSync(join(at.root, 'album'), { recursive: true });
    expect((await at.sync()).at(-1)).toEqual({ state: 4, error: 0 });
    expect(existsSync(join(at.root, 'album'))).toBe(false);
    expect(existsSync(join(at.cloud, 'album'))).toBe(false);
  },
);
