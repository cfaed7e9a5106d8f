// An album that its user deletes is gone on both sides, its folder too.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, freshCloud, useCloud } from '../support/clouds.js';
import { opened, picture } from '../support/devices.js';

describe.each(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it.each([1, 2])(
    'a folder of the gallery that is deleted after %i runs stays deleted',
    async (runs) => {
      const cloud = await freshCloud(kind);
      const at = await opened({ name: 'gallery', cloud });
      at.write('album/a.png', picture);
      at.write('b.png', picture);
      for (let run = 0; run < runs; run += 1) await at.sync();
      rmSync(join(at.root, 'album'), { recursive: true });
      expect((await at.sync()).at(-1)).toEqual({ state: 4, error: 0 });
      expect(existsSync(join(at.root, 'album'))).toBe(false);
      expect(await cloud.folders()).toEqual([]);
    },
  );
});
