// The daemons of one server: started by us, watched, and ended by their pids in the reverse order.
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCommand } from '../bootstrap/system-packages.mjs';

/** How long a daemon may take to end by itself. */
const graceMilliseconds = 3000;

// Should this process be killed outright, the kernel kills what it has started.
const leash = hasCommand('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', '--'] : [];

export class Processes {
  /** @type {{ name: string, child: import('node:child_process').ChildProcess, ended: Promise<void> }[]} */
  #running = [];
  #stopping = false;
  #logs;
  #reportFall;

  /** @param {string} logs the directory of what they print */
  constructor(logs) {
    this.#logs = logs;
    /** What is added to the environment of those that are started from now on. */
    this.env = {};
    /** Rejects when a daemon ends although nobody has asked it to. */
    this.fell = new Promise((_, reject) => (this.#reportFall = reject));
    this.fell.catch(() => undefined); // whoever waits for something hears of it
  }

  /** Starts a daemon that stays in the foreground. */
  start(name, command, args) {
    const { child, ended } = this.#spawn(name, command, args);
    void ended.then(() => {
      if (this.#stopping) return;
      const how = child.signalCode ?? child.exitCode ?? 'it could not be started';
      this.#reportFall(new Error(`${name} has ended (${how}):\n${this.#tail(name)}`));
    });
  }

  /** Runs a command to its end. */
  async run(name, command, args) {
    const { child, ended } = this.#spawn(name, command, args);
    await Promise.race([ended, this.fell]);
    if (child.exitCode === 0) return;
    const how = child.signalCode ?? child.exitCode ?? 'it could not be started';
    throw new Error(`${command} failed (${how}):\n${this.#tail(name)}`);
  }

  /** Polls `probe` until it says true; gives up when a daemon has ended or the deadline has come. */
  async until(what, probe, { deadlineMilliseconds = 150_000 } = {}) {
    const deadline = performance.now() + deadlineMilliseconds;
    for (;;) {
      if (await Promise.race([probe(), this.fell])) return;
      if (performance.now() > deadline) throw new Error(`${what}: not within the time it may take`);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, 20)), this.fell]);
    }
  }

  /** Ends everything, the last one started first; resolves when all of them are gone. */
  async stop() {
    this.#stopping = true;
    for (const { child, ended } of [...this.#running].reverse()) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
      await ended;
      clearTimeout(timer);
    }
  }

  #spawn(name, command, args) {
    if (this.#stopping) throw new Error(`${name} is not started any more`);
    const log = openSync(join(this.#logs, `${name}.log`), 'a');
    const [program, ...rest] = [...leash, command, ...args];
    const env = { ...process.env, ...this.env };
    const child = spawn(program, rest, { env, stdio: ['ignore', log, log] });
    closeSync(log);
    const ended = new Promise((resolve) => {
      child.on('error', () => resolve());
      child.on('exit', () => resolve());
    });
    const entry = { name, child, ended };
    this.#running.push(entry);
    void ended.then(() => this.#running.splice(this.#running.indexOf(entry), 1));
    return entry;
  }

  #tail(name) {
    const text = readFileSync(join(this.#logs, `${name}.log`), 'utf8').trimEnd();
    return text.split('\n').slice(-15).join('\n');
  }
}
