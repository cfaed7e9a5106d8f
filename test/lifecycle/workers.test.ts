// Several JavaScript environments in one process share one engine.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configOf, place } from '../support/temp-dir.js';
import { runProgram } from '../support/spawn.js';

const drive = 'com.example.notes';

function configWith(megabytes: number): object {
  const at = place();
  writeFileSync(join(at.root, 'big.bin'), randomBytes(megabytes * 1_000_000));
  return configOf(at, drive);
}

/** The source of a worker that opens the device and starts a run; `rest` follows. */
const worker = (rest: string) => `
  const { parentPort, workerData } = require('node:worker_threads');
  (async () => {
    const cloudsync = await import(workerData.package);
    const device = await cloudsync.openDevice(workerData.config);
    const sync = new device.cloudSync.FileSync('${drive}');
    sync.on('progress', ({ state }) => parentPort.postMessage('state ' + state));
    await sync.start();
    parentPort.postMessage('started');
    ${rest}
  })();`;

const startWorker = (source: string) => `
  import { Worker } from 'node:worker_threads';
  import { once } from 'node:events';
  const url = new URL('dist/index.js', 'file://' + process.cwd() + '/').href;
  const open = () => new Worker(${JSON.stringify(source)}, {
    eval: true, execArgv: [], workerData: { package: url, config: input.config },
  });`;

it('a worker comes to the end of its run and leaves', async () => {
  const program = runProgram(
    `${startWorker(worker(''))}
     const made = open();
     made.on('message', (text) => console.log(text));
     const [code] = await once(made, 'exit');
     console.log('left', code);`,
    { config: configWith(2) },
  );
  const { exit, lines } = await program.ended;
  expect(exit).toBe(0);
  expect(lines).toContain('started');
  expect(lines.slice(-2)).toEqual(['state 4', 'left 0']);
});

it('two workers with the same configuration share the device and both hear of the run', async () => {
  const program = runProgram(
    `${startWorker(worker(''))}
     const both = [open(), open()];
     const heard = both.map((made, index) => new Promise((resolve) => made.on('message', (text) => {
       if (text === 'state 0') resolve(index);
     })));
     console.log('heard', (await Promise.all(heard)).join(' '));
     await Promise.all(both.map((made) => once(made, 'exit')));`,
    { config: configWith(20) },
  );
  const { exit, lines, errors } = await program.ended;
  expect({ exit, lines, errors }).toEqual({ exit: 0, lines: ['heard 0 1'], errors: '' });
});

it('a worker that is terminated in the middle of a run takes nobody with it', async () => {
  const program = runProgram(
    `${startWorker(worker(''))}
     const made = open();
     await new Promise((resolve) => made.on('message', (text) => { if (text === 'state 0') resolve(); }));
     await made.terminate();
     console.log('terminated');
     const device = await cloudsync.openDevice(input.config);
     await new device.cloudSync.FileSync('${drive}').start();
     await device.whenIdle();
     console.log('went on');`,
    { config: configWith(100) },
  );
  expect(await program.ended).toEqual({ exit: 0, lines: ['terminated', 'went on'], errors: '' });
});

it('twenty workers that are terminated at any moment neither crash nor hang', async () => {
  const program = runProgram(
    `${startWorker(worker(''))}
     for (let round = 0; round < 20; round += 1) {
       const made = open();
       made.on('error', () => {});
       await new Promise((resolve) => setTimeout(resolve, round * 10));
       await made.terminate();
     }
     console.log('all gone');`,
    { config: configWith(20) },
  );
  expect(await program.ended).toEqual({ exit: 0, lines: ['all gone'], errors: '' });
});

it('process.exit() on the main thread ends workers in the middle of a run', async () => {
  const program = runProgram(
    `${startWorker(worker(''))}
     const made = open();
     made.on('message', (text) => { if (text === 'state 0') process.exit(3); });`,
    { config: configWith(100) },
  );
  const { exit, errors } = await program.ended;
  expect({ exit, errors }).toEqual({ exit: 3, errors: '' });
});

it('process.exit() within a worker ends only the worker', async () => {
  const program = runProgram(
    `${startWorker(worker('process.exit(5);'))}
     const [code] = await once(open(), 'exit');
     console.log('left', code);`,
    { config: configWith(50) },
  );
  expect(await program.ended).toEqual({ exit: 0, lines: ['left 5'], errors: '' });
});

it('workers that open and close one device at every moment never find it half closed', async () => {
  const hammer = `
    const { parentPort, workerData } = require('node:worker_threads');
    (async () => {
      const cloudsync = await import(workerData.package);
      for (let round = 0; round < 40; round += 1) {
        const device = await cloudsync.openDevice(workerData.config);
        const closed = device.close();
        // A call that is under way while another thread closes must not outlive the device.
        try { new device.cloudSync.FileSync('${drive}').getLastSyncTime().catch(() => {}); } catch {}
        await closed;
      }
    })().catch((error) => parentPort.postMessage(String(error)));`;
  const program = runProgram(
    `${startWorker(hammer)}
     const made = [open(), open(), open(), open()];
     for (const each of made) each.on('message', (text) => console.log(text));
     const codes = await Promise.all(made.map((each) => once(each, 'exit')));
     console.log('left', codes.join(' '));`,
    { config: configWith(1) },
    { deadlineMilliseconds: 120_000 },
  );
  expect(await program.ended).toEqual({ exit: 0, lines: ['left 0 0 0 0'], errors: '' });
}, 130_000);
