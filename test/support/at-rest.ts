// The end of every story: all sides have the same, and a further run has nothing to do.
import { expect } from 'vitest';
import type { Cloud } from './clouds.js';
import type { Opened } from './devices.js';
import { filesOf, foldersOf, ownEntries, stampsOf } from './trees.js';

export const COMPLETED = { state: 4, error: 0 };

/** One run, which ends well. */
export async function completes(at: Opened): Promise<void> {
  const notices: string[] = [];
  const listen = ({ path, message }: { path: string; message: string }) =>
    notices.push(`${path}: ${message}`);
  at.device.on('notice', listen);
  expect((await at.sync()).at(-1), notices.join('\n')).toEqual(COMPLETED);
  at.device.off('notice', listen);
}

/** Each device in turn, until what one of them brought has reached the others. */
export async function settle(...devices: Opened[]): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    for (const at of devices) await completes(at);
  }
}

/**
 * The cloud and these devices, which keep every file, have the same, and one more run of each writes
 * nothing. Resolves with what they have.
 */
export async function expectAtRest(
  cloud: Cloud,
  ...devices: Opened[]
): Promise<Record<string, string>> {
  const files = await cloud.files();
  const folders = await cloud.folders();
  for (const { root } of devices) {
    expect(filesOf(root)).toEqual(files);
    expect(foldersOf(root)).toEqual(folders);
  }
  const stamps = async () => [...devices.map(({ root }) => stampsOf(root)), await cloud.stamps()];
  const before = await stamps();
  for (const at of devices) await completes(at);
  expect(await stamps()).toEqual(before);
  for (const { root } of devices) expect(ownEntries(root, 'tmp')).toEqual([]);
  expect(await cloud.leftovers()).toEqual([]);
  return files;
}
