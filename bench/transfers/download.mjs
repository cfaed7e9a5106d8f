// Downloads of a device that knows its files, as a program of a user of ours: node download.mjs JOB
import { readFileSync } from 'node:fs';
import { openDevice } from '../../dist/index.js';
import { downloadAll, urisOf } from './download-all.mjs';

const job = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const device = await openDevice(job.config);
await downloadAll(device.cloudSync, urisOf(job), job);
await device.close();
