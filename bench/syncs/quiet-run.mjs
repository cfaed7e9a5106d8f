// A run that finds nothing to do: node quiet-run.mjs JOB. Fails when it writes to the state database.
import { readFileSync } from 'node:fs';
import { openDevice } from '../../dist/index.js';
import { databaseState, runOnce } from './run.mjs';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const device = await openDevice(job.config);
const before = databaseState(job);
await runOnce(device, job);
const after = databaseState(job);
await device.close();
if (before !== after) throw new Error(`the run has written: ${before} became ${after}`);
