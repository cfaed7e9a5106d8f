// A file that somebody changes while it is on its way: what is published, here or in the cloud, is one
// of the contents that there were, never a mixture of two, and the newest one wins in the end.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cloudKinds, useCloud } from '../support/clouds.js';
import type { CloudKind } from '../support/clouds.js';
import { stage } from '../support/in-the-middle.js';
import type { Stage } from '../support/in-the-middle.js';
import { filesOf, ownEntries, told } from '../support/trees.js';

const COMPLETED = { state: 4, error: 0 };
const mebibyte = 1 << 20;
const name = 'film.bin';

/** In one request, and in parts. */
const sizes = { 'one piece': 20 * mebibyte, parts: 36 * mebibyte };
/** More than what may be under way between a sender and a proxy that has stopped. */
const aMoment = mebibyte;

/** Two contents that differ in the greater part, ahead of the moment and behind it. */
function twoContents(size: number): { v1: Buffer; v2: Buffer } {
  const v1 = randomBytes(size);
  const v2 = Buffer.from(v1);
  randomBytes(size / 2).copy(v2, size / 4);
  return { v1, v2 };
}

/** Writes what differs into the file as it stands there. */
function editInPlace(file: string, content: Buffer, keepTime: boolean): void {
  const { atime, mtime, size } = statSync(file);
  const handle = openSync(file, 'r+');
  writeSync(handle, content, size / 4, size / 2, size / 4);
  closeSync(handle);
  if (keepTime) utimesSync(file, atime, mtime);
}

/** All that anybody can see in the cloud. */
async function published({ cloud }: Stage): Promise<string | undefined> {
  return (await cloud.files())[name];
}

async function expectSettled(on: Stage, content: Buffer): Promise<void> {
  expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
  const files = { [name]: told(content) };
  expect(filesOf(on.at.root)).toEqual(files);
  expect(await on.cloud.files()).toEqual(files);
  expect(await on.cloud.leftovers()).toEqual([]);
  expect(ownEntries(on.at.root, 'tmp')).toEqual([]);
  const { getFileSyncState, FileSyncState } = on.at.cloudSync;
  expect(getFileSyncState(on.at.uri(name))).toBe(FileSyncState.UPLOAD_SUCCESS);
}

describe.each<CloudKind>(cloudKinds)('%s', (kind) => {
  useCloud(kind);

  it.each([
    ['in one piece', sizes['one piece'], false],
    ['in parts, its time kept', sizes.parts, true],
  ])('S001 edited in place on its way up, %s', async (_, size, keepTime) => {
    const on = await stage(kind);
    const { v1, v2 } = twoContents(size);
    on.at.write(name, v1);
    const file = join(on.at.root, name);
    const editing = on.meanwhile('up', aMoment, () => editInPlace(file, v2, keepTime));
    const running = on.at.sync();
    await editing;
    await running;
    expect([undefined, told(v1), told(v2)]).toContain(await published(on));
    await expectSettled(on, v2);
  });

  it('S007 saved by an editor that renames over it, on its way up', async () => {
    const on = await stage(kind);
    const { v1, v2 } = twoContents(sizes['one piece']);
    on.at.write(name, v1);
    const saved = join(on.at.base, 'saved');
    writeFileSync(saved, v2);
    const saving = on.meanwhile('up', aMoment, () => {
      renameSync(saved, join(on.at.root, name));
    });
    const running = on.at.sync();
    await saving;
    await running;
    const { getFileSyncState, FileSyncState } = on.at.cloudSync;
    if ((await published(on)) !== told(v2)) {
      // The old content may have got there, as what it is: not the file's any more.
      expect([undefined, told(v1)]).toContain(await published(on));
      expect(getFileSyncState(on.at.uri(name))).toBe(FileSyncState.TO_BE_UPLOADED);
    }
    await expectSettled(on, v2);
  });

  it('S002 overwritten in the cloud on its way down', async () => {
    const on = await stage(kind);
    const { v1, v2 } = twoContents(sizes.parts);
    await on.cloud.put(name, v1);
    const overwriting = on.meanwhile('down', aMoment, () => on.cloud.put(name, v2));
    const running = on.at.sync();
    await overwriting;
    await running;
    expect([undefined, told(v1), told(v2)]).toContain(filesOf(on.at.root)[name]);
    const before = filesOf(on.at.root);
    expect(Object.keys(before).length).toBeLessThanOrEqual(1);
    expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
    expect(filesOf(on.at.root)).toEqual({ [name]: told(v2) });
    expect(await on.cloud.files()).toEqual({ [name]: told(v2) });
    expect(ownEntries(on.at.root, 'tmp')).toEqual([]);
  });
});

describe('written by way of a mapping', () => {
  /** A program that changes a byte by way of a mapping, and another one with each line it is told. */
  function mapper(file: string) {
    const program = `import mmap, sys
with open(sys.argv[1], 'r+b') as file, mmap.mmap(file.fileno(), 0) as view:
    view[5000:5001] = b'1'
    print('written', flush=True)
    for at, line in enumerate(sys.stdin, 5001):
        view[at:at+1] = b'2'
        print('written', flush=True)`;
    const writer = spawn('python3', ['-c', program, file]);
    return {
      written: () => once(writer.stdout, 'data'),
      again: () => void writer.stdin.write('again\n'),
      async end() {
        writer.stdin.end();
        await once(writer, 'close');
      },
    };
  }
  const holding = (bytes: string) => {
    const content = Buffer.alloc(8192, 'a');
    content.write(bytes, 5000);
    return content;
  };

  it('S011 what its times show goes up with the next run, the mapping still there', async () => {
    const on = await stage('directory');
    on.at.write(name, holding('a'));
    expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
    const program = mapper(join(on.at.root, name));
    await program.written();
    await expectSettled(on, holding('1'));
    await program.end();
    await expectSettled(on, holding('1'));
  });

  // The kernel moves no time for a page that is dirty already.
  it('S011 what no time shows goes up too, and is not freed before', async () => {
    const on = await stage('directory');
    on.at.write(name, holding('a'));
    expect((await on.at.sync()).at(-1)).toEqual(COMPLETED);
    const file = join(on.at.root, name);
    const program = mapper(file);
    await program.written();
    await expectSettled(on, holding('1'));
    const before = statSync(file, { bigint: true });
    program.again();
    await program.written();
    await program.end();
    expect(readFileSync(file).equals(holding('12'))).toBe(true);
    const after = statSync(file, { bigint: true });
    expect([after.mtimeNs, after.ctimeNs]).toEqual([before.mtimeNs, before.ctimeNs]);

    const uri = on.at.uri(name);
    expect(() => new on.at.cloudSync.CloudFileCache().cleanCache(uri)).toThrow();
    await expectSettled(on, holding('12'));
    new on.at.cloudSync.CloudFileCache().cleanCache(uri);
    expect(filesOf(on.at.root)).toEqual({});
  });
});
