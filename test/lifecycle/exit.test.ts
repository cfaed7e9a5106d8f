// How a process ends. Each test is a program of its own; one that hangs is killed and named.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf, place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { runProgram } from '../support/spawn.js';

/** A drive whose first run has `megabytes` to upload. */
function driveWith(megabytes: number): { at: Place; config: object } {
  const at = place();
  writeFileSync(join(at.root, 'big.bin'), randomBytes(megabytes * 1_000_000));
  return { at, config: configOf(at, 'com.example.notes') };
}

/** A drive whose only file is in the cloud, made by another device; and that file's URI. */
async function cloudOnly(megabytes: number): Promise<{ at: Place; config: object; uri: string }> {
  const { at, config } = driveWith(megabytes);
  const first = runProgram(
    `const device = await cloudsync.openDevice(input.config);
     await new device.cloudSync.FileSync('com.example.notes').start();
     await device.whenIdle();`,
    { config },
  );
  expect(await first.ended).toMatchObject({ exit: 0, errors: '' });
  const other = { ...place(), cloud: at.cloud };
  const otherConfig = configOf(other, 'com.example.notes', { content: 'on-demand' });
  const second = runProgram(
    `const device = await cloudsync.openDevice(input.config);
     await new device.cloudSync.FileSync('com.example.notes').start();
     await device.whenIdle();`,
    { config: otherConfig },
  );
  expect(await second.ended).toMatchObject({ exit: 0, errors: '' });
  return { at: other, config: otherConfig, uri: `file://${other.root}/big.bin` };
}

describe('by itself', () => {
  it('an open device and a listener do not keep the process alive', async () => {
    const { config } = driveWith(0);
    const program = runProgram(
      `await cloudsync.configure(input.config);
       new cloudsync.cloudSync.FileSync('com.example.notes').on('progress', () => {});
       console.log('listening');`,
      { config },
    );
    expect(await program.ended).toEqual({ exit: 0, lines: ['listening'], errors: '' });
  });

  it('a run keeps it alive until its final state', async () => {
    const { config } = driveWith(5);
    const program = runProgram(
      `await cloudsync.configure(input.config);
       const sync = new cloudsync.cloudSync.FileSync('com.example.notes');
       sync.on('progress', ({ state }) => console.log('state', state));
       sync.start();`,
      { config },
    );
    const { exit, lines } = await program.ended;
    expect(exit).toBe(0);
    expect(lines.at(-1)).toBe('state 4');
    expect(lines).toContain('state 0');
  });

  it('a download keeps it alive until its final event, without a listener too', async () => {
    const { at, config, uri } = await cloudOnly(5);
    const program = runProgram(
      `await cloudsync.configure(input.config);
       new cloudsync.cloudSync.Download().start(input.uri);`,
      { config, uri },
    );
    expect(await program.ended).toMatchObject({ exit: 0, errors: '' });
    const again = runProgram(
      `const device = await cloudsync.openDevice(input.config);
       for await (const { path, location } of device.list('com.example.notes')) console.log(path, location);`,
      { config },
    );
    expect((await again.ended).lines, at.root).toContain('big.bin both');
  });

  it('a pending call keeps it alive until it is answered', async () => {
    const { config } = driveWith(0);
    const program = runProgram(
      `await cloudsync.configure(input.config);
       cloudsync.cloudSync.getFileSyncState([], (err, states) => console.log('answered', err, states.length));`,
      { config },
    );
    expect((await program.ended).lines).toEqual(['answered undefined 0']);
  });

  it('a closed device leaves nothing behind', async () => {
    const { config } = driveWith(50);
    const program = runProgram(
      `const device = await cloudsync.openDevice(input.config);
       await new device.cloudSync.FileSync('com.example.notes').start();
       await device.close();
       await device.close();
       console.log('closed');`,
      { config },
    );
    expect(await program.ended).toEqual({ exit: 0, lines: ['closed'], errors: '' });
  });
});

describe('in the middle of a run', () => {
  const startAnd = (rest: string) =>
    `await cloudsync.configure(input.config);
     const sync = new cloudsync.cloudSync.FileSync('com.example.notes');
     sync.on('progress', ({ state }) => {
       console.log('state', state);
       if (state === 0) { ${rest} }
     });
     await sync.start();`;

  it('process.exit() ends at once with its code', async () => {
    const { config } = driveWith(200);
    const program = runProgram(startAnd('process.exit(7);'), { config });
    const { exit, errors } = await program.ended;
    expect({ exit, errors }).toEqual({ exit: 7, errors: '' });
  });

  it('an error that nobody catches ends it as always', async () => {
    const { config } = driveWith(200);
    const program = runProgram(startAnd("throw new Error('from a listener');"), { config });
    const { exit, errors } = await program.ended;
    expect(exit).toBe(1);
    expect(errors).toContain('Error: from a listener');
  });

  it('SIGTERM ends it', async () => {
    const { config } = driveWith(200);
    const program = runProgram(startAnd(''), { config });
    await program.line('state 0');
    program.kill('SIGTERM');
    expect((await program.ended).exit).toBe('SIGTERM');
  });

  it('the next process goes on and comes to the end, whatever ended the first', async () => {
    const { config } = driveWith(100);
    const first = runProgram(startAnd(''), { config });
    await first.line('state 0');
    first.kill('SIGKILL');
    await first.ended;
    const second = runProgram(
      `const device = await cloudsync.openDevice(input.config);
       const sync = new device.cloudSync.FileSync('com.example.notes');
       sync.on('progress', ({ state, error }) => console.log('state', state, error));
       await sync.start();
       await device.whenIdle();`,
      { config },
    );
    const { exit, lines } = await second.ended;
    expect(exit).toBe(0);
    expect(lines.at(-1)).toBe('state 4 0');
  });
});
