// A device that watches: how long until it does, and from the write of one file, less the quiet time,
// to the begin of its upload and to its end. The cloud is a directory: its own folder shows the begin.
import { mkdirSync, readdirSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reportFigures } from '../harness/child.mjs';
import { openDevice } from '../../dist/index.js';

const [, , jobFile, method] = process.argv;
const { config, drive } = JSON.parse(readFileSync(jobFile, 'utf8'));
const { root, remote } = config.spaces[drive];
const cloud = decodeURIComponent(new URL(remote).pathname);
const quietMs = 500;
const changes = 9;

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** Settles with the time of the first event that `wanted` is about. */
function firstEvent(directory, wanted) {
  mkdirSync(directory, { recursive: true });
  return new Promise((resolve) => {
    const watcher = watch(directory, (_, name) => {
      if (!wanted(name)) return;
      resolve(performance.now());
      watcher.close();
    });
  });
}

/** A file of the tree, another one for each number. */
function fileOf(number) {
  let path = root;
  for (let seed = number * 7919 + 13; ; seed = (seed * 31 + 7) % 1_000_003) {
    const names = readdirSync(path).filter((name) => name !== '.cloudsync');
    path = join(path, names[seed % names.length]);
    if (statSync(path).isFile()) return path;
  }
}

async function changeOne(number) {
  const file = fileOf(number);
  const inCloud = join(cloud, file.slice(root.length));
  const begins = firstEvent(join(cloud, '.cloudsync/tmp'), () => true);
  const ends = firstEvent(dirname(inCloud), (name) => inCloud.endsWith(`/${name}`));
  writeFileSync(file, `changed at ${Date.now()}, ${number}`);
  const written = performance.now();
  const [begun, ended] = [await begins, await ends];
  await device.whenIdle();
  if (readFileSync(inCloud, 'utf8') !== readFileSync(file, 'utf8')) throw new Error(inCloud);
  return {
    begins: (begun - written - quietMs) / 1000,
    ends: (ended - written - quietMs) / 1000,
  };
}

const opening = performance.now();
const device = await openDevice({ ...config, watch: { quietMs, method } });
device.on('notice', ({ path, message }) => console.error(path, message));
await device.whenIdle();
const watching = (performance.now() - opening) / 1000;
const { user, system } = process.cpuUsage();
const told = [];
for (let number = 0; number < changes; number += 1) told.push(await changeOne(number));
const after = process.cpuUsage();
await device.close();
reportFigures({
  wallBegins: median(told.map(({ begins }) => begins)),
  wallBeginsWorst: Math.max(...told.map(({ begins }) => begins)),
  wallEnds: median(told.map(({ ends }) => ends)),
  wallUntilWatching: watching,
  cpuPerChange: (after.user + after.system - user - system) / 1e6 / changes,
});
