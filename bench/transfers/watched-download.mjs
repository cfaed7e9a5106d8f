// As download.mjs, and tells how the event loop fared meanwhile: node watched-download.mjs JOB
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openDevice } from '../../dist/index.js';
import { reportFigures, timed } from '../harness/child.mjs';
import { downloadAll, urisOf } from './download-all.mjs';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const resolution = 1; // ms; a loop with nothing to do shows this much
const device = await openDevice(job.config);
const { cloudSync } = device;
const calls = { all: 0, turns: 0 };
const running = cloudSync.State.RUNNING;
let progress = 0;
let inTurn = false;

function heard(state) {
  calls.all += 1;
  if (state === running) progress += 1;
  if (inTurn) return;
  inTurn = true;
  calls.turns += 1;
  setImmediate(() => (inTurn = false));
}

const delay = monitorEventLoopDelay({ resolution });
delay.enable();
const { wall, cpu } = await timed(() =>
  downloadAll(cloudSync, urisOf(job), { atOnce: job.atOnce, heard }),
);
delay.disable();
await device.close();
const loopMs = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - resolution);
reportFigures({
  wall,
  cpu,
  loopP99Ms: loopMs(delay.percentile(99)),
  loopMaxMs: loopMs(delay.max),
  callsPerSecond: calls.all / wall,
  progressCallsPerSecond: progress / wall,
  turnsPerSecond: calls.turns / wall,
});
