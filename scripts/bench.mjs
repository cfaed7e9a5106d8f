// `npm run bench -- NAME [--rounds=5] [--OPTION=VALUE ...]` runs one bench; `npm run bench -- --setup`
// installs what the benches compare with. The last line of a bench is its result as JSON.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { prepare } from './bootstrap/prepare.mjs';
import { run } from './bootstrap/run.mjs';
import { fingerprint, isDone, markDone, root } from './bootstrap/stamps.mjs';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { SetupError, exitWith, step } from './bootstrap/terminal.mjs';

const benches = readdirSync(join(root, 'bench')).filter((name) =>
  existsSync(join(root, 'bench', name, 'bench.mjs')),
);

async function setup() {
  const print = fingerprint(['bench/package.json', 'bench/package-lock.json'], process.version);
  if (isDone('bench', print) && existsSync(join(root, 'bench/node_modules'))) return;
  await step('peers', 'npm ci; compiles SQLite', async (show) => {
    const advice = 'Is the npm registry reachable, and is there a compiler (g++, make, python3)?';
    await run('npm', ['ci', '--prefix', 'bench'], { log: 'bench-setup', show, advice });
    return 'installed from bench/package-lock.json';
  });
  markDone('bench', print);
}

function parse(args) {
  const options = {};
  const names = [];
  for (const arg of args) {
    const [, key, value] = /^--([\w-]+)(?:=(.*))?$/.exec(arg) ?? [];
    if (key === undefined) names.push(arg);
    else options[key] = value ?? true;
  }
  return { names, options };
}

try {
  const { names, options } = parse(process.argv.slice(2));
  if (options.setup === true) {
    await systemPackages(['bench', 'nginx', 'ceph']); // a bench has those that it needs installed
    await setup();
  }
  if (names.length === 0 && options.setup !== true) {
    throw new SetupError(`Which bench? There are: ${benches.join(', ')}`);
  }
  for (const name of names) {
    if (!benches.includes(name)) {
      throw new SetupError(`There is no bench '${name}'. There are: ${benches.join(', ')}`);
    }
    await prepare('use');
    const { bench, comparesWithPackages = false } = await import(`../bench/${name}/bench.mjs`);
    if (comparesWithPackages) await setup();
    await bench(options);
  }
} catch (error) {
  exitWith(error);
}
