// One engine and one of each class, whichever way the package comes in.
import { expect, it } from 'vitest';
import { configOf, place } from '../support/temp-dir.js';
import { runProgram } from '../support/spawn.js';

it('import and require give the same objects', async () => {
  const program = runProgram(
    `import { createRequire } from 'node:module';
     const required = createRequire(process.cwd() + '/')('./dist/index.cjs');
     console.log(required.cloudSync.GallerySync === cloudsync.cloudSync.GallerySync,
       required.BusinessError === cloudsync.BusinessError);`,
  );
  expect((await program.ended).lines).toEqual(['true true']);
});

it('a process that configures nothing touches nothing and answers', async () => {
  const { base } = place();
  const program = runProgram(
    `process.env.XDG_STATE_HOME = input.base;
     process.chdir(input.base);
     const { cloudSync } = cloudsync;
     await new cloudSync.GallerySync().start().catch((error) => console.log(error.code, error.message));
     try { cloudSync.getFileSyncState('file:///a'); } catch (error) { console.log(error.code); }
     console.log(await new cloudSync.FileSync().getLastSyncTime());
     const { readdirSync } = await import('node:fs');
     console.log(readdirSync(input.base).join(' '));`,
    { base },
  );
  const { exit, lines } = await program.ended;
  expect(exit).toBe(0);
  expect(lines[0]).toMatch(/^22400001 Cloud status not ready: .*spaces\.gallery/);
  expect(lines.slice(1)).toEqual(['14000002', '0', 'cloud root']);
});

it('the first use opens the device that CLOUDSYNC_CONFIG describes', async () => {
  const at = place();
  const program = runProgram(
    `const { writeFileSync } = await import('node:fs');
     writeFileSync(input.file, JSON.stringify(input.config));
     process.env.CLOUDSYNC_CONFIG = input.file;
     const gallery = new cloudsync.cloudSync.GallerySync();
     gallery.on('progress', ({ state }) => console.log('state', state));
     await gallery.start();`,
    { file: `${at.base}/config.json`, config: configOf(at) },
  );
  const { exit, lines } = await program.ended;
  expect(exit).toBe(0);
  expect(lines[0]).toBe('state 4');
  expect(lines.at(-1)).toBe('state 4');
  expect(lines).toContain('state 2');
});
