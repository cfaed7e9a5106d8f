// A run, measured without the start and the end of the program: node timed-run.mjs JOB
import { readFileSync } from 'node:fs';
import { openDevice } from '../../dist/index.js';
import { reportFigures, timed } from '../harness/child.mjs';
import { runOnce } from './run.mjs';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const device = await openDevice(job.config);
const figures = await timed(() => runOnce(device, job));
await device.close();
reportFigures(figures);
