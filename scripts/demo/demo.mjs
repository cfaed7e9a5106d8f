// The main job, told step by step: a gallery goes to a cloud, comes to a second device as names, sizes
// and states, some originals are fetched and compared, two are freed again. What is used here is the
// public API; the bars and tables are those of the command line.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDevice } from '../../dist/index.js';
import { fetchFiles } from '../../dist/cli/fetch-files.js';
import { describeFailure } from '../../dist/cli/output.js';
import { ProgressView } from '../../dist/cli/progress-view.js';
import { runSync, toProgress } from '../../dist/cli/run-sync.js';
import { errorSentences } from '../../dist/cli/states.js';
import { openTerminal } from '../../dist/cli/terminal.js';
import { count, formatBytes, safeName } from '../../dist/cli/text.js';
import { SetupError } from '../bootstrap/terminal.mjs';
import { compareFiles, statesTable } from './compare.mjs';
import { forget, placesOf, prepareDevices, shortPath } from './places.mjs';
import { sampleGallery } from './sample-gallery.mjs';

const originals = 12;
const originalsBytes = 200e6; // of the user's own films, no more than this is fetched
const terminal = openTerminal(process.stdout);

/** Runs the whole story. Rejects with a SetupError whose message says what to do. */
export async function runDemo(choice) {
  const places = await placesOf(choice);
  if (choice.fresh) await forget(places);
  await prepareDevices(places);
  heading(places);
  await gallery(places);
  let example;
  const first = await open(places.firstConfig);
  try {
    await syncGallery(first, 'Sync to the cloud');
    const second = await open(places.secondConfig);
    try {
      const entries = await secondDevice(second, places);
      const fetched = await download(second, entries, places);
      const freed = await free(second, fetched);
      await show(first, second, places, fetched, freed);
      example = fetched.find(({ uri }) => freed.has(uri)).path;
    } finally {
      await second.close();
    }
  } finally {
    await first.close();
  }
  whereAndNext(places, example);
  return 0;
}

function heading(places) {
  const what = places.isSample ? 'a sample gallery' : safeName(shortPath(places.gallery));
  terminal.line();
  terminal.line(`${terminal.bold('cloudsync-native')}  ${what}, a cloud, and a second device`);
  terminal.line();
}

const step = (title, words, details) => {
  const behind = details === undefined ? '' : terminal.dim(` (${details})`);
  terminal.line(`  ${terminal.green('✔')} ${terminal.bold(title.padEnd(20))} ${words}${behind}`);
};

const seconds = (began) => `${((performance.now() - began) / 1000).toFixed(1)} s`;

async function open(config) {
  try {
    return await openDevice(config);
  } catch (error) {
    throw new SetupError(
      `The device of ${config} cannot be opened: ${describeFailure(error).text}`,
    );
  }
}

async function gallery(places) {
  if (!places.isSample) return;
  const began = performance.now();
  const view = new ProgressView(terminal);
  let drawn;
  try {
    await sampleGallery(places.gallery, places.marker, (filesDone, filesTotal, bytesDone) => {
      drawn = { filesDone, bytesDone };
      const bytesTotal = Math.round((bytesDone / filesDone) * filesTotal);
      view.update({ phase: 'drawing', filesDone, filesTotal, bytesDone, bytesTotal });
    });
  } finally {
    view.stop();
  }
  if (drawn === undefined) step('Sample gallery', 'from an earlier run');
  else
    step(
      'Sample gallery',
      `${count(drawn.filesDone, 'picture')} drawn, ${formatBytes(drawn.bytesDone)}`,
      seconds(began),
    );
}

/** One run with a bar; a run that did not complete ends the demo with a sentence. */
async function syncGallery(device, title) {
  const began = performance.now();
  const view = new ProgressView(terminal);
  let run;
  try {
    run = await runSync(device, 'gallery', {
      onProgress: (progress) => view.update(toProgress(progress)),
    });
  } catch (error) {
    throw new SetupError(`The sync could not start: ${describeFailure(error).text}`);
  } finally {
    view.stop();
  }
  for (const { path, message } of run.notices.slice(0, 10)) {
    terminal.line(`  ${terminal.yellow('!')} ${safeName(path)}: ${safeName(message)}`);
  }
  if (run.halted) {
    throw new SetupError(
      'A safety rule held the run back, see above. `npm start -- --fresh` begins anew.',
    );
  }
  if (run.final.error !== 0) throw new SetupError(errorSentences[run.final.error]);
  const { filesDone = 0, bytesDone = 0 } = run.figures ?? {};
  const took = performance.now() - began;
  const rate = bytesDone === 0 ? '' : `, ${formatBytes((bytesDone / took) * 1000)}/s`;
  const words =
    filesDone === 0
      ? 'everything was up to date'
      : `${count(filesDone, 'file')}, ${formatBytes(bytesDone)}`;
  if (title !== undefined) step(title, words, `${seconds(began)}${rate}`);
  return run;
}

/** Syncs the second device and gives the files that it knows then. */
async function secondDevice(device, places) {
  const began = performance.now();
  await syncGallery(device);
  const entries = await knownFiles(device);
  if (entries.length === 0) {
    throw new SetupError(
      `There are no pictures or films in ${places.gallery}. Name a directory that has some: npm start -- DIR`,
    );
  }
  const bytes = entries.reduce((sum, { size }) => sum + size, 0);
  const here = await bytesBelow(places.second);
  step(
    'Second device',
    `${count(entries.length, 'name')} known, ${formatBytes(here)} of ${formatBytes(bytes)} on its disk`,
    seconds(began),
  );
  return entries;
}

async function knownFiles(device) {
  const files = [];
  for await (const entry of device.list('gallery')) if (!entry.directory) files.push(entry);
  return files;
}

async function bytesBelow(folder) {
  let bytes = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.includes('/.cloudsync/')) bytes += (await stat(path)).size;
  }
  return bytes;
}

/** A dozen files from all over the gallery, the largest among them; not more than one would wait for. */
function choose(files, number = originals) {
  const largest = [...files].sort((a, b) => b.size - a.size).slice(0, number / 4);
  const every = Math.max(1, files.length / (number - largest.length));
  const spread = Array.from({ length: number }, (_, index) => files[Math.floor(index * every)]);
  const chosen = new Set();
  let bytes = 0;
  for (const file of [...largest, ...spread]) {
    const wanted = file !== undefined && !chosen.has(file) && chosen.size < number;
    if (!wanted || bytes + file.size > originalsBytes) continue;
    bytes += file.size;
    chosen.add(file);
  }
  return [...chosen];
}

async function download(device, entries, places) {
  let wanted = choose(entries.filter(({ location }) => location === 'cloud'));
  if (wanted.length === 0) {
    // Everything is here from earlier runs: some go first, so that they can come again.
    wanted = choose(entries);
    const cache = new device.cloudSync.CloudFileCache();
    for (const { uri } of wanted) cache.cleanCache(uri);
  }
  const began = performance.now();
  const view = new ProgressView(terminal);
  let results;
  try {
    results = await fetchFiles(device, wanted, { onProgress: (progress) => view.update(progress) });
  } finally {
    view.stop();
  }
  const failed = results.filter(({ outcome }) => outcome !== 'downloaded');
  if (failed.length > 0) {
    const why =
      failed[0].reason instanceof Error ? `: ${describeFailure(failed[0].reason).text}` : '';
    throw new SetupError(
      `${count(failed.length, 'original')} could not be fetched${why}. Run \`npm start\` again; it goes on where it ended.`,
    );
  }
  const took = seconds(began);
  const bytes = wanted.reduce((sum, { size }) => sum + size, 0);
  for (const { path } of wanted) {
    if (!(await compareFiles(join(places.gallery, path), join(places.second, path)))) {
      throw new SetupError(
        `${safeName(path)} is not the same on both devices. Was it changed just now? Run \`npm start\` again.`,
      );
    }
  }
  step(
    'Download on demand',
    `${count(wanted.length, 'original')}, ${formatBytes(bytes)}, identical byte for byte`,
    took,
  );
  return wanted;
}

/** Frees the two largest of what was fetched, and checks that the states say so. */
async function free(device, fetched) {
  const chosen = [...fetched].sort((a, b) => b.size - a.size).slice(0, 2);
  const cache = new device.cloudSync.CloudFileCache();
  for (const { uri } of chosen) cache.cleanCache(uri);
  const uris = new Set(chosen.map(({ uri }) => uri));
  const now = (await knownFiles(device)).filter(({ uri }) => uris.has(uri));
  if (now.some(({ location }) => location !== 'cloud')) {
    throw new SetupError(
      'A freed file still counts as local. This is a bug of ours; please report it.',
    );
  }
  const bytes = chosen.reduce((sum, { size }) => sum + size, 0);
  step(
    'Free space',
    `${count(chosen.length, 'original')} freed, ${formatBytes(bytes)}; names and states stay`,
  );
  return uris;
}

async function show(first, second, places, fetched, freed) {
  const known = await knownFiles(second);
  const others = known.filter(({ uri }) => !fetched.some((file) => file.uri === uri));
  const kept = fetched.filter(({ uri }) => !freed.has(uri));
  const goneAgain = fetched.filter(({ uri }) => freed.has(uri));
  const shown = [...kept.slice(0, 5), ...goneAgain, ...choose(others, 4)];
  const paths = shown.map(({ path }) => path).sort();
  terminal.line();
  for (const line of await statesTable(terminal, first, second, places, paths)) {
    terminal.line(line);
  }
}

/** `example` is the path of a file that is in the cloud only. */
function whereAndNext(places, example) {
  const row = (title, path) =>
    terminal.line(`    ${title.padEnd(14)} ${terminal.cyan(shortPath(path))}`);
  terminal.line();
  terminal.line(`  ${terminal.bold('Where everything lies')}`);
  row('gallery', places.gallery);
  row('cloud', places.isOwnCloud ? places.cloud : places.remote);
  row('second device', places.second);
  row('state', places.state);
  terminal.line();
  terminal.line(`  ${terminal.bold('Try next')}`);
  const config = shortPath(places.secondConfig);
  for (const command of [
    `npx cloudsync ls --config ${quoted(config)}`,
    `npx cloudsync get --config ${quoted(config)} ${quoted(example)}`,
    places.isSample ? 'npm start -- ~/Pictures' : 'npm start',
  ]) {
    terminal.line(`    ${command}`);
  }
  terminal.line();
}

/** For a shell; the tilde stays outside the quotes. */
const quoted = (path) =>
  /^[\w~/.@%+=:,-]+$/.test(path)
    ? path
    : path.replace(
        /^(~\/)?(.*)$/s,
        (_, tilde = '', rest) => `${tilde}'${rest.replaceAll("'", "'\\''")}'`,
      );
