// A process that file permissions apply to: root reads everything.
import { execFileSync } from 'node:child_process';
import { runProgram } from './spawn.js';
import type { Running } from './spawn.js';
import { place } from './temp-dir.js';
import type { Place } from './temp-dir.js';

const nobody = 65534;

/** Gives everything of this place to the user that `runAsNobody` runs as. */
export function giveToNobody({ base }: Place): void {
  if (process.getuid?.() === 0) {
    execFileSync('chown', ['-R', '-h', `${String(nobody)}:${String(nobody)}`, base]);
  }
}

/**
 * `runProgram`, as a user other than root. The package is loaded before: that user may not be
 * allowed to read this checkout.
 */
export function runAsNobody(source: string, input: object): Running {
  const { stateDir, root, cloud } = place();
  const warmUp = { stateDir, spaces: { gallery: { root, remote: `file://${cloud}` } } };
  return runProgram(
    `await (await cloudsync.openDevice(input.warmUp)).close();
     if (process.getuid() === 0) {
       process.setgroups([]);
       process.setgid(${String(nobody)});
       process.setuid(${String(nobody)});
     }
     ${source}`,
    { ...input, warmUp },
  );
}
