// Programs of their own: what a process does at its end can only be seen from outside.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { patience } from './patience.js';

const root = join(import.meta.dirname, '../..');

export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly exit: number | string | null;
  /** Lines of its standard output. */
  readonly lines: string[];
  readonly errors: string;
}

export interface Running {
  readonly pid: number;
  /** Settles with the first line that begins with `word`; rejects when it ends without one. */
  line(word: string): Promise<string>;
  kill(signal: NodeJS.Signals): void;
  /**
   * Settles when it has ended. One that is still there after the deadline hangs: it is killed, and
   * the error says what it had done so far.
   */
  readonly ended: Promise<Ended>;
}

const usualDeadline = 20_000;

export interface ProgramOptions {
  /** For programs that move much. */
  readonly deadlineMilliseconds?: number;
  /** What its environment has besides ours; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The command that starts it: `faketime …`. */
  readonly under?: readonly string[];
}

/**
 * Runs a program that is written as a module. `import` of the package works by its name 'cloudsync';
 * the values of `input` are in `input`.
 */
export function runProgram(
  source: string,
  input: object = {},
  { deadlineMilliseconds = usualDeadline, env = {}, under = [] }: ProgramOptions = {},
): Running {
  const head = `const input = ${JSON.stringify(input)};\nimport * as cloudsync from ${JSON.stringify(join(root, 'dist/index.js'))};\n`;
  const node = [process.execPath, '--input-type=module', '--eval', head + source];
  const [command = '', ...args] = [...under, ...node];
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  let rest = '';
  const waiting = new Set<() => void>();
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));

  let over = false;
  const ended = new Promise<Ended>((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL');
      const so = `stdout: ${lines.join(' | ')}\nstderr: ${errors}`;
      reject(new Error(`still there after ${deadlineMilliseconds} ms; it had said\n${so}`));
    }, deadlineMilliseconds * patience);
    child.on('close', (code, signal) => {
      clearTimeout(deadline);
      over = true;
      if (rest !== '') lines.push(rest);
      resolve({ exit: signal ?? code, lines, errors });
      wake();
    });
  });
  ended.catch(() => undefined); // reported to whoever waits for it
  onTestFinished(() => {
    if (!over) child.kill('SIGKILL');
  });

  return {
    pid: child.pid ?? 0,
    ended,
    kill: (signal) => void child.kill(signal),
    line: (word) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.find((line) => line.startsWith(word));
          if (found === undefined && !over) return;
          waiting.delete(check);
          if (found === undefined) reject(new Error(`ended without '${word}': ${errors}`));
          else resolve(found);
        };
        waiting.add(check);
        check();
      }),
  };
}
