// `npm run endure -- kill faults [--seed=N]`: what a test does a few times in every run, done as often as
// it must hold. `kill`: 100 times kill -9 in 128 MiB, and 5 times in 1 GiB, each way. `faults`: 2,000
// files both ways while one request in a hundred fails, three times, each with a seed of its own.
// The last line is what was measured, as JSON.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { prepare } from './bootstrap/prepare.mjs';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { SetupError, exitWith } from './bootstrap/terminal.mjs';
import { add, closingLine } from './testing/counts.mjs';
import { runVitest } from './testing/runners.mjs';

const file = join(tmpdir(), `cloudsync-endure-${process.pid}.jsonl`);

function seedOf(index, { seed }) {
  return String(seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(seed) + index);
}

const kill = (options) =>
  [
    { CLOUDSYNC_KILLS: options.kills, CLOUDSYNC_KILL_MEBIBYTES: '128' },
    { CLOUDSYNC_KILLS: options['large-kills'], CLOUDSYNC_KILL_MEBIBYTES: '1024' },
  ].map((env, index) => ({
    test: 'test/fault/s3-kill-and-resume.test.ts',
    env: { ...env, CLOUDSYNC_SEED: seedOf(index, options) },
  }));

const faults = (options) =>
  [0, 1, 2].map((index) => ({
    test: 'test/fault/one-in-a-hundred.test.ts',
    env: { CLOUDSYNC_FAULT_FILES: options.files, CLOUDSYNC_SEED: seedOf(index, options) },
  }));

const checks = { kill, faults };

function reported() {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** How often, and how many bytes again at most and in the middle, by direction and size. */
function killsIn(facts) {
  const sums = {};
  for (const { kill: way, mebibytes, again } of facts.filter((fact) => 'kill' in fact)) {
    (sums[`${way} ${mebibytes} MiB`] ??= []).push(again);
  }
  return Object.entries(sums).map(([what, again]) => {
    again.sort((one, other) => one - other);
    const median = again[Math.floor(again.length / 2)];
    return { what, kills: again.length, bytesAgain: { median, most: again.at(-1) } };
  });
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string' },
      kills: { type: 'string', default: '100' },
      'large-kills': { type: 'string', default: '5' },
      files: { type: 'string', default: '2000' },
    },
  });
  const unknown = positionals.find((name) => !(name in checks));
  if (unknown !== undefined || positionals.length === 0) {
    throw new SetupError(`Which check? There are: ${Object.keys(checks).join(', ')}`);
  }
  if (process.env.CLOUDSYNC_ADDON === undefined) await prepare('test');
  await systemPackages(['ceph']);
  let counts;
  for (const { test, env } of positionals.flatMap((name) => checks[name](values))) {
    const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    console.log(`\n==> ${test} ${settings.join(' ')}`);
    const run = await runVitest('endure', {
      args: [test],
      env: { ...env, CLOUDSYNC_REPORT: file },
    });
    counts = counts === undefined ? run : add(counts, run);
  }
  const { text, ok } = closingLine(counts);
  const facts = reported();
  console.log(`\n${text}`);
  const others = facts.filter((fact) => !('kill' in fact));
  console.log(JSON.stringify({ ok, kills: killsIn(facts), faults: others }));
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  exitWith(error);
} finally {
  rmSync(file, { force: true });
}
