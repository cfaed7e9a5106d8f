// One run of the drive of a device, as a program of a user of ours: node sync.mjs JOB
import { readFileSync } from 'node:fs';
import { openDevice } from '../../dist/index.js';

const { config, drive } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const device = await openDevice(config);
device.on('notice', ({ path, message }) => console.error(path, message));
const sync = new device.cloudSync.FileSync(drive);
await sync.start();
await device.whenIdle();
const succeeded = (await sync.getLastSyncTime()) > 0;
await device.close();
if (!succeeded) throw new Error('the run has not ended as it should');
