// node keeper-main.mjs KIND OPTIONS: starts a server, says on its standard output how to reach it, and
// keeps it until its standard input ends. See keeper.mjs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Processes } from './processes.mjs';

const [kind, options] = process.argv.slice(2);
const { bringUp } = await import(`./${kind}/cluster.mjs`);

const directory = mkdtempSync(join(tmpdir(), `cloudsync-${kind}-`));
const processes = new Processes(directory);
let ending = false;

async function end(status) {
  if (ending) return;
  ending = true;
  await processes.stop();
  rmSync(directory, { recursive: true, force: true });
  process.exit(status);
}

const say = (report) => process.stdout.write(`${JSON.stringify(report)}\n`);
process.stdout.on('error', () => undefined); // nobody listens any more; the pipe's end says so too
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end(1));
process.stdin.on('error', () => void end(0));
process.stdin.on('end', () => void end(0)).resume();

try {
  say({ access: await bringUp(directory, processes, JSON.parse(options)) });
  await processes.fell;
} catch (error) {
  if (!ending) say({ error: error.message });
  await end(1);
}
