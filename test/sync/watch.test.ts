// Continuous mode: what changes here goes up without a start(), and what follows is what a full run
// would have made of it. Real files, and both ways in which the kernel tells of them.
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Notice, SyncProgress } from '../../lib/index.js';
import { drive, opened } from '../support/devices.js';
import type { Opened, Options } from '../support/devices.js';
import { patience } from '../support/patience.js';
import { runProgram } from '../support/spawn.js';
import { configOf, place } from '../support/temp-dir.js';
import { filesOf, foldersOf, namesOf } from '../support/trees.js';

const COMPLETED = 4;
const soon = { timeout: 60_000 * patience, interval: 20 };

type Method = 'inotify' | 'fanotify';

/** A device that watches, after its first run. */
async function watching(method: Method, options: Options = {}): Promise<Opened> {
  const watch = { quietMs: 100, method, fullRunSeconds: 3600 };
  const at = await opened({ ...options, more: { watch, ...options.more } });
  await at.device.whenIdle();
  return at;
}

/** Files and directories, without our own. */
function countIn(directory: string): number {
  const all = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  return all.filter((path) => !path.startsWith('.cloudsync')).length;
}

/** The cloud has what is here, directories included. */
async function arrives(at: Opened): Promise<void> {
  await expect.poll(() => filesOf(at.cloud), soon).toEqual(filesOf(at.root));
  await expect.poll(() => foldersOf(at.cloud), soon).toEqual(foldersOf(at.root));
  await at.device.whenIdle();
}

/** Nothing is left to do, as a look at everything shows. */
async function expectAtRest(at: Opened): Promise<void> {
  expect((await at.device.plan(drive)).ops).toEqual([]);
}

/** The final states that a device tells from now on. */
function finalsOf(at: Opened): number[] {
  const finals: number[] = [];
  const sync = new at.cloudSync.FileSync(drive);
  let replayed = false; // the state before comes first
  sync.on('progress', ({ state }: SyncProgress) => {
    if (replayed && state !== 0 && state !== 2) finals.push(state);
    replayed = true;
  });
  return finals;
}

// fanotify is root's; where it is not to be had, opening one tells so and inotify is all there is.
const methods: Method[] = process.getuid?.() === 0 ? ['inotify', 'fanotify'] : ['inotify'];

describe.each(methods)('%s', (method) => {
  it('a change goes up by itself, and so do edits, renames and deletions', async () => {
    const at = await watching(method);
    at.write('a.txt', 'one');
    await arrives(at);
    at.write('a.txt', 'two, longer');
    at.write('album/b.txt', 'b');
    await arrives(at);
    renameSync(join(at.root, 'album/b.txt'), join(at.root, 'c.txt'));
    await arrives(at);
    rmSync(join(at.root, 'a.txt'));
    rmSync(join(at.root, 'album'), { recursive: true });
    await arrives(at);
    expect(namesOf(at.cloud)).toEqual(['c.txt']);
    await expectAtRest(at);
  });

  it('what was there before it began is part of it', async () => {
    const at = place();
    writeFileSync(join(at.root, 'before.txt'), 'x');
    const device = await watching(method, { at });
    await arrives(device);
    expect(namesOf(at.cloud)).toEqual(['before.txt']);
  });

  it('runs are told like any others, and what changes nothing is no run', async () => {
    const at = await watching(method);
    const finals = finalsOf(at);
    at.write('a.txt', 'one');
    await arrives(at);
    expect(finals).toEqual([COMPLETED]);
    // Made and gone again before anybody looked.
    at.write('brief.txt', 'x');
    rmSync(join(at.root, 'brief.txt'));
    at.write('b.txt', 'two');
    await arrives(at);
    expect(finals).toEqual([COMPLETED, COMPLETED]);
    expect(namesOf(at.cloud)).toEqual(['a.txt', 'b.txt']);
  });

  it('editors that save by renaming leave the new content and nothing of theirs', async () => {
    const at = await watching(method);
    at.write('text.md', 'version 0');
    await arrives(at);
    for (let version = 1; version <= 20; version += 1) {
      // vim: the old one becomes the backup, a new one takes its name, the backup goes.
      renameSync(join(at.root, 'text.md'), join(at.root, 'text.md~'));
      writeFileSync(join(at.root, 'text.md'), `version ${version}`);
      rmSync(join(at.root, 'text.md~'));
      // Others write beside it and rename over it.
      writeFileSync(join(at.root, '.text.md.tmp'), `version ${version}, again`);
      renameSync(join(at.root, '.text.md.tmp'), join(at.root, 'text.md'));
    }
    await arrives(at);
    expect(filesOf(at.cloud)).toEqual({ 'text.md': 'version 20, again' });
    await expectAtRest(at);
  });

  it('a renamed directory arrives with all it holds, and is watched under its new name', async () => {
    const at = await watching(method);
    for (let file = 0; file < 50; file += 1) at.write(`old/${file % 5}/${file}.txt`, `${file}`);
    await arrives(at);
    mkdirSync(join(at.root, 'archive'));
    renameSync(join(at.root, 'old'), join(at.root, 'archive/2026'));
    await arrives(at);
    at.write('archive/2026/3/later.txt', 'x');
    await arrives(at);
    expect(namesOf(at.cloud)).toContain('archive/2026/3/later.txt');
    await expectAtRest(at);
  });

  it('ten thousand files at once', { timeout: 300_000 * patience }, async () => {
    const at = await watching(method);
    for (let file = 0; file < 10_000; file += 1) {
      if (file % 100 === 0) mkdirSync(join(at.root, `${file / 100}`));
      writeFileSync(join(at.root, `${Math.floor(file / 100)}/${file}`), `${file}`);
    }
    await expect
      .poll(() => countIn(at.cloud), { timeout: 240_000 * patience, interval: 500 })
      .toBe(10_100);
    await at.device.whenIdle();
    expect(filesOf(at.cloud)).toEqual(filesOf(at.root));
    await expectAtRest(at);
  });

  it('bursts as of a version control that switches branches', async () => {
    const at = await watching(method);
    const branch = (name: string, kept: (file: number) => boolean) => {
      for (let file = 0; file < 200; file += 1) {
        const path = `src/${file % 7}/${file}.c`;
        if (kept(file)) {
          writeFileSync(join(at.root, `${path}.lock`), `${name} ${file % 3 === 0 ? file : ''}`);
          renameSync(join(at.root, `${path}.lock`), join(at.root, path));
        } else {
          rmSync(join(at.root, path), { force: true });
        }
      }
    };
    for (let folder = 0; folder < 7; folder += 1) {
      mkdirSync(join(at.root, `src/${folder}`), { recursive: true });
    }
    // Fewer than a quarter go each time: it is no mass deletion.
    for (let round = 0; round < 3; round += 1) {
      branch('main', () => true);
      branch('topic', (file) => file % 20 !== 0);
      branch('main', () => true);
    }
    await arrives(at);
    expect(namesOf(at.cloud)).toHaveLength(200);
    await expectAtRest(at);
  });

  it(
    'S086: random changes lead where a full run would lead',
    { timeout: 300_000 * patience },
    async () => {
      const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 1e9));
      console.log(`SEED=${seed}`);
      const random = seeded(seed);
      const at = await watching(method, { space: { deletionLimit: { files: 10_000 } } });
      for (let round = 0; round < 8; round += 1) {
        for (let step = 0; step < 60; step += 1) act(at.root, random);
        await arrives(at);
        await expectAtRest(at);
      }
    },
  );

  it('what is ignored stays here, until the rules take it in', async () => {
    const at = await watching(method, { space: { ignore: ['*.log'] } });
    at.write('d/run.log', 'x');
    at.write('d/kept.txt', 'x');
    at.write('d/build/out.bin', 'x');
    at.write('d/.cloudsyncignore', 'build/\n');
    const inCloud = (names: string[]) => expect.poll(() => namesOf(at.cloud), soon).toEqual(names);
    await inCloud(['d/.cloudsyncignore', 'd/kept.txt']);
    at.write('d/run.log', 'more');
    at.write('d/build/out.bin', 'more');
    at.write('d/kept.txt', 'more');
    await expect.poll(() => filesOf(at.cloud)['d/kept.txt'], soon).toBe('more');
    await at.device.whenIdle();
    await inCloud(['d/.cloudsyncignore', 'd/kept.txt']);
    at.write('d/.cloudsyncignore', '# nothing\n');
    await inCloud(['d/.cloudsyncignore', 'd/build/out.bin', 'd/kept.txt']);
    await at.device.whenIdle();
    await expectAtRest(at);
  });

  it('stop() pauses it until the next start()', async () => {
    const at = await watching(method);
    const sync = new at.cloudSync.FileSync(drive);
    await sync.stop();
    at.write('later.txt', 'x');
    await at.device.whenIdle();
    expect(namesOf(at.cloud)).toEqual([]);
    await sync.start();
    await arrives(at);
    at.write('after.txt', 'x');
    await arrives(at);
    expect(namesOf(at.cloud)).toEqual(['after.txt', 'later.txt']);
  });

  it('who deletes file by file meets the deletion limit too', async () => {
    const at = await watching(method);
    for (let file = 0; file < 60; file += 1) at.write(`${file}.txt`, `${file}`);
    await arrives(at);
    const finals = finalsOf(at);
    const halted = () => finals.some((state) => state !== COMPLETED);
    for (let file = 0; file < 50 && !halted(); file += 5) {
      for (let each = file; each < file + 5; each += 1) rmSync(join(at.root, `${each}.txt`));
      const settled = () => halted() || countIn(at.cloud) === countIn(at.root);
      await expect.poll(settled, soon).toBe(true);
    }
    expect(namesOf(at.cloud)).toHaveLength(35);
    expect((await at.device.plan(drive)).ops.length).toBeGreaterThan(0);
  });
});

it('what the cloud gets from others comes with the next look at everything', async () => {
  const first = await watching('inotify');
  const watch = { quietMs: 100, fullRunSeconds: 1 };
  const second = await opened({ cloudOf: first, more: { watch } });
  first.write('from first.txt', 'x');
  await arrives(first);
  await expect.poll(() => filesOf(second.root), soon).toEqual({ 'from first.txt': 'x' });
  await second.device.whenIdle();
});

it('a gallery takes up pictures as they come, and leaves the rest alone', async () => {
  const at = await opened({ name: 'gallery', more: { watch: { quietMs: 100 } } });
  await at.device.whenIdle();
  const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
  at.write('2026/beach.jpg', jpeg);
  at.write('2026/notes.txt', 'no picture');
  at.write('plain/notes.txt', 'no picture');
  await expect.poll(() => namesOf(at.cloud), soon).toEqual(['2026/beach.jpg']);
  await at.device.whenIdle();
  expect(foldersOf(at.cloud)).toEqual(['2026']);
});

/** A program on a device that watches, in a user namespace with this many inotify watches. */
const underLimit = (watches: number): readonly string[] => [
  'unshare', '--user', '--map-root-user', 'sh', '-c',
  `echo ${watches} > /proc/sys/user/max_inotify_watches && exec "$@"`, 'sh',
]; // prettier-ignore

it(
  'S087: beyond the limit of watches nothing is missed, and a notice says how to raise it',
  async () => {
    const at = place();
    for (let folder = 0; folder < 1000; folder += 1) mkdirSync(join(at.root, `${folder}`));
    const watch = { quietMs: 50, fullRunSeconds: 3600, pollSeconds: 1 };
    const program = runProgram(
      `const device = await cloudsync.openDevice(input.config);
     const notices = [];
     device.on('notice', (notice) => notices.push(notice));
     await device.whenIdle();
     const alive = setInterval(() => {}, 1000);
     console.log('watching');
     process.on('SIGTERM', async () => {
       clearInterval(alive);
       await device.close();
       console.log(JSON.stringify(notices));
     });`,
      { config: { ...configOf(at, drive), watch } },
      { under: underLimit(100), deadlineMilliseconds: 300_000 * patience },
    );
    await program.line('watching');
    for (let folder = 0; folder < 1000; folder += 9) {
      writeFileSync(join(at.root, `${folder}/file`), `${folder}`);
    }
    await expect
      .poll(() => filesOf(at.cloud), { ...soon, timeout: 200_000 * patience })
      .toEqual(filesOf(at.root));
    program.kill('SIGTERM');
    const { exit, lines, errors } = await program.ended;
    expect({ exit, errors }).toEqual({ exit: 0, errors: '' });
    const notices: Notice[] = JSON.parse(lines.at(-1) ?? '[]');
    const limits = notices.filter(({ cause }) => cause === 'limit');
    expect(limits).toHaveLength(1);
    expect(limits[0]?.message).toContain('fs.inotify.max_user_watches');
  },
  320_000 * patience,
);

it('a device that watches keeps no process alive, and ends with it', async () => {
  const at = place();
  const program = runProgram(
    `const device = await cloudsync.openDevice(input.config);
     await device.whenIdle();
     console.log('opened');`,
    { config: { ...configOf(at, drive), watch: true } },
  );
  expect(await program.ended).toMatchObject({ exit: 0, lines: ['opened'], errors: '' });
});

it('closing in the middle of a burst ends at once, and the next one goes on', async () => {
  const at = await watching('inotify');
  for (let file = 0; file < 500; file += 1) at.write(`d/${file}.txt`, `${file}`);
  await at.device.close();
  const again = await watching('inotify', { at });
  await arrives(again);
  expect(namesOf(at.cloud)).toHaveLength(500);
});

it('a root that is missing says so, and is watched once it is there', async () => {
  const at = place();
  rmSync(at.root, { recursive: true });
  const notices: Notice[] = [];
  const device = await opened({ at, more: { watch: { quietMs: 100, fullRunSeconds: 1 } } });
  device.device.on('notice', (notice) => notices.push(notice));
  const said = () => notices.some(({ message }) => message.includes('cannot be opened'));
  await expect.poll(said, soon).toBe(true);
  mkdirSync(at.root);
  writeFileSync(join(at.root, 'first.txt'), 'x');
  await expect.poll(() => namesOf(at.cloud), soon).toEqual(['first.txt']);
  writeFileSync(join(at.root, 'second.txt'), 'x');
  await expect.poll(() => namesOf(at.cloud), soon).toEqual(['first.txt', 'second.txt']);
});

/** Numbers from 0 to 2^32 - 1 (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Something that a user may do to a tree; what is impossible at the moment is not done. */
function act(root: string, random: () => number): void {
  const folder = () => ['', 'a', 'a/b', 'a/b/c', 'd', 'e/f'][random() % 6] ?? '';
  const path = () => join(root, folder(), `f${random() % 6}`);
  const acts: (() => void)[] = [
    () => mkdirSync(join(root, folder()), { recursive: true }),
    () => writeFileSync(path(), `${random()}`),
    () => writeFileSync(path(), `${random()}`),
    () => appendFileSync(path(), 'more'),
    () => rmSync(path()),
    () => renameSync(path(), path()),
    () => renameSync(join(root, folder() || 'a'), join(root, `moved${random() % 3}`)),
    () => renameSync(join(root, `moved${random() % 3}`), join(root, folder() || 'a')),
    () => rmSync(join(root, folder() || 'd'), { recursive: true }),
    () => symlinkSync('f1', join(root, folder(), `g${random() % 3}`)),
    () => utimesSync(path(), 1_700_000_000, random() % 1_700_000_000),
    () => {
      const target = path();
      writeFileSync(`${target}.tmp`, `${random()}`);
      renameSync(`${target}.tmp`, target);
    },
  ];
  try {
    acts[random() % acts.length]?.();
  } catch {
    // not there, taken, or not empty
  }
}
