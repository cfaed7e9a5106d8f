import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

// The built command, as a shell would run it.
const command = join(process.cwd(), 'dist/cli/main.js');

interface Ended {
  code: number;
  out: string;
  err: string;
}

// The gallery's filter looks at the first bytes: these say JPEG.
const picture = (content: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from(content)]);

let base = '';
let config = '';

const cloudsync = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
  new Promise((resolve) => {
    const options = { cwd: base, env: { ...process.env, NO_COLOR: '1', ...env } };
    execFile(process.execPath, [command, ...args], options, (error, out, err) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, out, err });
    });
  });

const objects = (text: string): Record<string, unknown>[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

async function device(name: string, space: object = {}): Promise<string> {
  const root = join(base, name);
  await mkdir(root, { recursive: true });
  const file = join(base, `${name}.json`);
  const remote = pathToFileURL(join(base, 'cloud')).href;
  const spaces = { gallery: { root, remote, ...space } };
  await writeFile(file, JSON.stringify({ stateDir: join(base, `state-${name}`), spaces }));
  return file;
}

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'cloudsync-cli-')));
  await mkdir(join(base, 'cloud'));
  config = await device('here');
  await mkdir(join(base, 'here/2024'));
  await writeFile(join(base, 'here/2024/a.jpg'), picture('small'));
  await writeFile(join(base, 'here/b.jpg'), picture('a larger one'));
});

afterEach(() => rm(base, { recursive: true, force: true }));

describe('cloudsync sync', () => {
  test('transfers what is new and says how much', async () => {
    const { code, out } = await cloudsync(['sync', '--config', config]);
    expect(out).toMatch(/gallery: 2 files, 25 B transferred/);
    expect(code).toBe(0);
  });

  test('has nothing to do the second time', async () => {
    await cloudsync(['sync', '--config', config]);
    const { code, out } = await cloudsync(['sync', '--config', config]);
    expect(out).toMatch(/nothing to transfer/);
    expect(code).toBe(0);
  });

  test('ends with a result object under --json', async () => {
    const { code, out } = await cloudsync(['sync', '--config', config, '--json']);
    expect(objects(out).at(-1)).toMatchObject({
      type: 'result',
      space: 'gallery',
      state: 'COMPLETED',
      error: 'NO_ERROR',
      halted: false,
    });
    expect(code).toBe(0);
  });

  test('finds the configuration in the environment and in the working directory', async () => {
    const first = await cloudsync(['sync'], { CLOUDSYNC_CONFIG: config });
    expect(first.code).toBe(0);
    await writeFile(join(base, 'cloudsync.config.json'), await readFile(config));
    expect((await cloudsync(['sync'])).code).toBe(0);
  });

  test('halts with 3 when a run would delete too much, and deletes nothing', async () => {
    config = await device('here', { deletionLimit: { files: 0, share: 0 } });
    await cloudsync(['sync', '--config', config]);
    await rm(join(base, 'here/b.jpg'));
    const { code, out } = await cloudsync(['sync', '--config', config]);
    expect(out).toMatch(/halted by a safety rule/);
    expect(code).toBe(3);
  });
});

describe('cloudsync plan and confirm', () => {
  test('show what waits, and release exactly that', async () => {
    config = await device('here', { deletionLimit: { files: 0, share: 0 } });
    await cloudsync(['sync', '--config', config]);
    await rm(join(base, 'here/b.jpg'));
    await cloudsync(['sync', '--config', config]);

    const plan = await cloudsync(['plan', '--config', config]);
    expect(plan.out).toMatch(/waits: 1 file is removed from the cloud/);
    expect(plan.out).toMatch(/cloudsync confirm gallery [0-9a-f]{16}/);
    expect(plan.code).toBe(3);
    const [seen] = objects((await cloudsync(['plan', '--config', config, '--json'])).out);
    expect(seen).toMatchObject({ type: 'plan', halted: 'deletion-limit-remote' });

    const unasked = await cloudsync(['confirm', '--config', config]);
    expect(unasked.err).toMatch(/--yes/);
    expect(unasked.code).toBe(2);
    const old = await cloudsync(['confirm', 'gallery', 'abc', '--yes', '--config', config]);
    expect(old.code).toBe(2);
    const id = String(seen?.['id']);
    const yes = await cloudsync(['confirm', 'gallery', id, '--yes', '--config', config]);
    expect(yes.code).toBe(0);
    expect((await cloudsync(['sync', '--config', config])).code).toBe(0);
    expect(await readdir(join(base, 'cloud'))).not.toContain('b.jpg');
    const nothing = await cloudsync(['plan', '--config', config]);
    expect(nothing.out).toMatch(/nothing to do/);
    expect(nothing.code).toBe(0);
  });
});

describe('cloudsync rm, mv, trash, versions and unlink', () => {
  test('remove, rename and bring back, here and in the cloud', async () => {
    await cloudsync(['sync', '--config', config]);
    expect((await cloudsync(['mv', 'b.jpg', '2024/c.jpg', '--config', config])).code).toBe(0);
    expect(await readdir(join(base, 'cloud/2024'))).toEqual(['a.jpg', 'c.jpg']);
    expect((await cloudsync(['rm', '2024', '--config', config])).code).toBe(1);
    expect((await cloudsync(['rm', '-r', '2024', '--config', config])).code).toBe(0);
    expect(await readdir(join(base, 'here'))).toEqual(['.cloudsync']);

    const trash = await cloudsync(['trash', 'ls', '--config', config]);
    expect(trash.out).toMatch(/here .*removed .* 2024\/a\.jpg/);
    expect(trash.out).toMatch(/cloud .*removed .* 2024\/c\.jpg/);
    const back = await cloudsync(['trash', 'restore', '2024/a.jpg', '--config', config]);
    expect(back.out).toMatch(/restored as 2024\/a\.jpg/);
    expect(await readFile(join(base, 'here/2024/a.jpg'), 'latin1')).toMatch(/small$/);
    expect((await cloudsync(['trash', 'restore', 'none', '--config', config])).code).toBe(2);
  });

  test('older contents are listed and brought back', async () => {
    await cloudsync(['sync', '--config', config]);
    await writeFile(join(base, 'here/b.jpg'), picture('edited'));
    await cloudsync(['sync', '--config', config]);
    const listed = await cloudsync(['versions', 'ls', 'b.jpg', '--config', config, '--json']);
    const [older] = objects(listed.out);
    expect(older).toMatchObject({ type: 'version', size: 16 });
    const id = String(older?.['id']);
    const restored = await cloudsync(['versions', 'restore', 'b.jpg', id, '--config', config]);
    expect(restored.code).toBe(0);
    await cloudsync(['sync', '--config', config]);
    expect(await readFile(join(base, 'here/b.jpg'), 'latin1')).toMatch(/a larger one$/);
  });

  test('unlink leaves the files', async () => {
    await cloudsync(['sync', '--config', config]);
    expect((await cloudsync(['unlink', 'gallery', '--config', config])).code).toBe(0);
    expect(await readdir(join(base, 'cloud'))).toContain('b.jpg');
    expect(await readdir(join(base, 'here'))).toContain('b.jpg');
  });
});

describe('cloudsync ls, get and status', () => {
  test('a second device lists names, gets content, and tells what is where', async () => {
    await cloudsync(['sync', '--config', config]);
    const there = await device('there');
    await cloudsync(['sync', '--config', there]);

    const before = await cloudsync(['ls', '--config', there, '--json']);
    const files = objects(before.out).filter((entry) => entry['directory'] !== true);
    expect(files.map(({ path, location }) => [path, location])).toEqual([
      ['2024/a.jpg', 'cloud'],
      ['b.jpg', 'cloud'],
    ]);

    const got = await cloudsync(['get', '2024', '--config', there]);
    expect(got).toMatchObject({ code: 0 });
    expect(got.out).toMatch(/1 file downloaded, 9 B/);
    expect(await readFile(join(base, 'there/2024/a.jpg'), 'latin1')).toMatch(/small$/);

    const status = await cloudsync(['status', '--config', there, '--json']);
    expect(objects(status.out)).toMatchObject([
      { type: 'space', name: 'gallery', files: 2, bytes: 25, localFiles: 1, localBytes: 9 },
    ]);
  });

  test('ls shows what was never synced', async () => {
    const { out } = await cloudsync(['ls', '2024/', '--config', config]);
    expect(out).toMatch(/to be uploaded\s+here only\s+9 B .* 2024\/a\.jpg/);
    const status = await cloudsync(['status', '--config', config]);
    expect(status.out).toMatch(/2 to be uploaded/);
  });

  test('get tells 1 for a path that nobody knows, and fetches the others', async () => {
    await cloudsync(['sync', '--config', config]);
    const { code, err } = await cloudsync(['get', 'nowhere.jpg', '--config', config]);
    expect(err).toMatch(/nowhere\.jpg: no such file is known/);
    expect(code).toBe(1);
  });

  test('ls escapes control characters for persons and for programs', async () => {
    await writeFile(join(base, 'here/bad\u001b[2J\u009b.jpg'), picture('x'));
    await cloudsync(['sync', '--config', config]);
    const shown = await cloudsync(['ls', '--config', config]);
    expect(shown.out).toContain('bad\\x1b[2J\\x9b.jpg');
    const json = await cloudsync(['ls', 'bad', '--config', config, '--json']);

    expect(json.out).not.toMatch(/[\u001b\u009b]/);
    expect(objects(json.out)[0]).toMatchObject({ path: 'bad\u001b[2J\u009b.jpg' });
  });
});

describe('cloudsync', () => {
  test.each([
    ['no subcommand', []],
    ['an unknown subcommand', ['frobnicate']],
    ['an unknown option', ['ls', '--frobnicate']],
    ['no configuration', ['status']],
    ['a space that is not configured', ['sync', 'nowhere', '--config', 'here.json']],
  ])('answers %s with 2 and a sentence', async (_, args) => {
    const { code, err } = await cloudsync(args, { CLOUDSYNC_CONFIG: '' });
    expect(err.length).toBeGreaterThan(20);
    expect(code).toBe(2);
  });

  test('names the key of a configuration that cannot be used', async () => {
    await writeFile(config, '{"spaces": {"gallery": {"rot": "/tmp"}}}');
    const { code, err } = await cloudsync(['ls', '--config', config]);
    expect(err).toMatch(/spaces\.gallery\.rot/);
    expect(code).toBe(2);
  });

  test('ends quietly when its reader has seen enough', async () => {
    await cloudsync(['sync', '--config', config]);
    const child = spawn(process.execPath, [command, 'ls', '--config', config]);
    child.stdout.destroy();
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  test('an interrupt stops a run with 130, and the next one goes on', async () => {
    for (let index = 0; index < 400; index += 1) {
      await writeFile(
        join(base, 'here', `picture-${index}.jpg`),
        picture(Buffer.alloc(200_000, index)),
      );
    }
    const child = spawn(process.execPath, [command, 'sync', '--json', '--config', config], {
      cwd: base,
    });
    const code = await new Promise((resolve) => {
      // The first figures of a transfer: now it is in the middle of it.
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (/"phase":"(up|down)loading"/.test(text)) child.kill('SIGINT');
      });
      child.on('close', resolve);
    });
    expect(code).toBe(130);
    const next = await cloudsync(['sync', '--config', config]);
    expect(next).toMatchObject({ code: 0 });
  });
});
