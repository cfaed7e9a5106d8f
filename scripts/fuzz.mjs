// `npm run fuzz -- [TARGET] [--seconds N]`: the parsers of what servers send, under libFuzzer with
// ASan and UBSan. `--minimise` takes what was found into test/fuzz/corpus instead.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { run } from './bootstrap/run.mjs';
import { root } from './bootstrap/stamps.mjs';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { SetupError, exitWith, step } from './bootstrap/terminal.mjs';

const targets = ['s3_answers', 'headers', 'url', 'canonical_request'];
const help = `npm run fuzz [-- [TARGET] [--seconds N] [--minimise]]

TARGET is one of ${targets.join(', ')}; without it, one after the other.

  --seconds N   how long for each target (600)
  --minimise    no fuzzing: take the inputs that cover more into test/fuzz/corpus`;

const folder = 'build/fuzz';
const program = (target) => join(root, folder, 'test/fuzz', `${target}_fuzz`);
const corpusOf = (target) => join(root, 'test/fuzz/corpus', target);
const workOf = (target) => join(root, folder, 'work', target); // new inputs
const findsOf = (target) => join(root, folder, 'finds', target); // what broke something

// Short inputs, of which hundreds are tried in the time of one long one. The timeout is wall time: on a
// busy machine it takes that long for an innocent input, too.
const limits = ['-max_len=4096', '-timeout=60', '-rss_limit_mb=2048'];

const mostSaved = 60; // they are run in every test
const isHash = (name) => /^[0-9a-f]{16}$/.test(name);

async function build(chosen) {
  await systemPackages(['build', 'fuzz']);
  const compilers = ['-DCMAKE_CXX_COMPILER=clang++-19', '-DCMAKE_C_COMPILER=clang-19'];
  const options = ['-DCLOUDSYNC_FUZZ=ON', '-DCMAKE_BUILD_TYPE=Debug', ...compilers];
  await step('fuzz targets', 'compiling', async (show) => {
    await run('cmake', ['-B', folder, ...options, '.'], { log: 'fuzz-configure', show });
    const jobs = String(availableParallelism());
    const programs = chosen.map((target) => `${target}_fuzz`);
    await run('cmake', ['--build', folder, '-j', jobs, '--target', ...programs], {
      log: 'fuzz-build',
      show,
    });
    return `built (${chosen.join(', ')})`;
  });
}

/** Whether nothing broke. */
function fuzz(target, seconds) {
  for (const made of [workOf(target), findsOf(target)]) mkdirSync(made, { recursive: true });
  console.log(`\n==> ${target}: ${seconds} s`);
  const options = [
    ...limits,
    `-max_total_time=${seconds}`,
    `-dict=${join(root, 'test/fuzz/dictionaries', `${target}.txt`)}`,
    `-artifact_prefix=${findsOf(target)}/`,
    '-print_final_stats=1',
  ];
  const { status } = spawnSync(program(target), [...options, workOf(target), corpusOf(target)], {
    stdio: 'inherit',
  });
  return status === 0;
}

// Inputs with a name were written by a person and stay; those with a hash are chosen anew: each time
// the one that covers most of what is not covered yet, and the smaller one of two.
function minimise(target) {
  const corpus = corpusOf(target);
  mkdirSync(workOf(target), { recursive: true });
  const isNamed = (path) => path.startsWith(corpus) && !isHash(basename(path));
  const inputs = coverageOf(target);
  const chosen = inputs.filter(({ path }) => isNamed(path));
  const left = new Set(inputs.flatMap(({ edges }) => edges));
  const all = left.size;
  const cover = ({ edges }) => edges.forEach((edge) => left.delete(edge));
  chosen.forEach(cover);
  while (left.size > 0 && chosen.length < mostSaved) {
    for (const input of inputs) input.edges = input.edges.filter((edge) => left.has(edge));
    inputs.sort((x, y) => y.edges.length - x.edges.length || x.size - y.size);
    chosen.push({ ...inputs[0] });
    cover(inputs[0]);
  }
  const contents = chosen
    .filter(({ path }) => !isNamed(path))
    .map(({ path }) => readFileSync(path));
  for (const name of readdirSync(corpus).filter(isHash)) rmSync(join(corpus, name));
  for (const content of contents) {
    const hash = createHash('sha1').update(content).digest('hex');
    writeFileSync(join(corpus, hash.slice(0, 16)), content);
  }
  console.log(
    `${target}: ${chosen.length} inputs saved; they reach ${all - left.size} of ${all} edges`,
  );
}

// What libFuzzer writes down while it merges: the files, and the features that each of them has, which
// are edges where they are not counted.
function coverageOf(target) {
  const folders = ['merged', 'control'].map((name) => join(root, folder, name));
  const control = join(folders[1], target);
  for (const made of folders) {
    rmSync(made, { recursive: true, force: true });
    mkdirSync(made, { recursive: true });
  }
  const options = [
    ...limits,
    '-set_cover_merge=1',
    '-use_counters=0',
    `-merge_control_file=${control}`,
  ];
  const { status } = spawnSync(
    program(target),
    [...options, folders[0], corpusOf(target), workOf(target)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (status !== 0) throw new SetupError(`${target} cannot be merged: does an input break it?`);
  const [count, , ...lines] = readFileSync(control, 'utf8').split('\n');
  const inputs = lines.slice(0, Number(count)).map((path) => ({ path, edges: [] }));
  for (const line of lines.slice(Number(count))) {
    const [kind, index, ...rest] = line.split(' ');
    if (kind === 'STARTED') inputs[index].size = Number(rest[0]);
    if (kind === 'FT') inputs[index].edges = rest;
  }
  return inputs;
}

function readArguments() {
  const options = {
    seconds: { type: 'string', default: '600' },
    minimise: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      console.log(help);
      process.exit(0);
    }
    const unknown = positionals.find((name) => !targets.includes(name));
    if (unknown !== undefined) throw new Error(`There is no target '${unknown}'.`);
    const seconds = Number(values.seconds);
    if (!Number.isInteger(seconds) || seconds < 1)
      throw new Error('--seconds takes a whole number.');
    return { ...values, seconds, chosen: positionals.length > 0 ? positionals : targets };
  } catch (error) {
    throw new SetupError(`${error.message}\n\n${help}`);
  }
}

try {
  const { chosen, seconds, minimise: merge } = readArguments();
  await build(chosen);
  if (merge) {
    chosen.forEach(minimise);
  } else {
    const broken = chosen.filter((target) => !fuzz(target, seconds));
    for (const target of broken) {
      console.error(`${target}: an input breaks it; it lies in ${findsOf(target)}`);
    }
    process.exitCode = broken.length === 0 ? 0 : 1;
  }
} catch (error) {
  exitWith(error);
}
