import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A directory of this test's own, removed when it has finished. */
export function tempDir(): string {
  const directory = mkdtempSync(join(tmpdir(), 'cloudsync-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A local root, a directory as the cloud, and a place for the state: all of this test's own. */
export interface Place {
  readonly base: string;
  readonly root: string;
  readonly cloud: string;
  readonly stateDir: string;
}

export function place(): Place {
  const base = tempDir();
  const made = {
    base,
    root: join(base, 'root'),
    cloud: join(base, 'cloud'),
    stateDir: join(base, 'state'),
  };
  mkdirSync(made.root);
  mkdirSync(made.cloud);
  return made;
}

/** A configuration of that place with one space. */
export function configOf(at: Place, name = 'gallery', space: object = {}) {
  return {
    stateDir: at.stateDir,
    spaces: { [name]: { root: at.root, remote: `file://${at.cloud}`, ...space } },
  };
}
