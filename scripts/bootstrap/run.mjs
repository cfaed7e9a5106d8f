// Runs commands for the set-up: their output goes to a log file, the last line to the screen.
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from './terminal.mjs';
import { root } from './stamps.mjs';

const logs = join(root, 'build', 'logs');

/**
 * Runs `command` and rejects with the end of its output when it fails. `advice` says what the person
 * can do then.
 */
export async function run(command, args, { log, show, advice = '', env = {} }) {
  mkdirSync(logs, { recursive: true });
  const file = join(logs, `${log}.log`);
  const sink = createWriteStream(file);
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      sink.write(`${line}\n`);
      if (line.trim() !== '') show?.(line.trim());
    });
  }
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      sink.write(`${error.message}\n`);
      resolve(-1);
    });
    child.on('close', (status, signal) => resolve(status ?? signal));
  });
  await new Promise((resolve) => sink.end(resolve));
  if (code === 0) return;
  const tail = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-25).join('\n');
  throw new SetupError(
    `${tail}\n\n${[command, ...args].join(' ')} failed (${code}). The whole output: ${file}` +
      (advice === '' ? '' : `\n${advice}`),
  );
}

/** The first line that a command prints, or undefined when there is no such command. */
export function firstLine(command, args) {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  return done.status === 0 ? done.stdout.split('\n')[0].trim() : undefined;
}
