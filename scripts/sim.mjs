// `npm run sim -- [--seconds N] [--seed S] …`: random histories of devices, users and accidents
// against the sync engine, in virtual time (docs/simulator.md). Arguments go to the simulator.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { nativeFolder } from './bootstrap/builds.mjs';
import { prepare } from './bootstrap/prepare.mjs';
import { root } from './bootstrap/stamps.mjs';
import { exitWith } from './bootstrap/terminal.mjs';

try {
  await prepare('test');
} catch (error) {
  exitWith(error);
}

const program = join(root, nativeFolder(), 'test/native/sim/cloudsync_sim');
const { status } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
process.exitCode = status ?? 1;
