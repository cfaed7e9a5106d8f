// A process is killed, or the machine goes down, at every single request of a run. Whoever comes after it
// ends where an undisturbed run does, and nothing was lost on the way, on either side.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../lib/index.js';
import { completes, expectAtRest } from '../support/at-rest.js';
import { bucketCloud } from '../support/bucket-cloud.js';
import { directoryCloud } from '../support/directory-cloud.js';
import { drive, opened } from '../support/devices.js';
import { Ext4Disk } from '../support/ext4-disk.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import type { HttpFaultProxy } from '../support/http-fault-proxy.js';
import type { ServerAnswer } from '../support/http-faults.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { remoteOf } from '../support/s3-devices.js';
import { runProgram } from '../support/spawn.js';
import type { Running } from '../support/spawn.js';
import { survivors } from '../support/survivors.js';
import { syncing } from '../support/sync-program.js';
import { place } from '../support/temp-dir.js';
import type { Place } from '../support/temp-dir.js';
import { filesOf } from '../support/trees.js';
import { writeFiles } from '../support/write-files.js';

useServers('ceph');

const patiently = { timeout: 300_000 };
const prefix = 'p';

/** What both sides have at first. */
const before = {
  'd/edited here.txt': 'first',
  'd/edited there.txt': 'first',
  'both.txt': 'first',
  'deleted here.txt': 'first',
  'deleted there.txt': 'first',
};

/** What an undisturbed run makes of the story; the copy's name has a date in it. */
const after = {
  'd/edited here.txt': 'edited here',
  'd/edited there.txt': 'edited there',
  'both.txt': 'edited there, too',
  'both (conflict).txt': 'edited here, too',
  'new here.txt': 'new here',
  'new there.txt': 'new there',
};

const withoutDates = (files: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path.replace(/ \(conflict a [-\d]+ [0-9a-f]+\)/, ' (conflict)'),
      content,
    ]),
  );

/** Everything that somebody wrote and nobody replaced: it is somewhere all the time. */
const never = ['edited here', 'edited there', 'edited here, too', 'edited there, too', 'new here'];

interface Story {
  readonly bucket: Bucket;
  readonly at: Place;
  readonly config: Config;
  /** Between them; only the process that is cut off goes this way. */
  readonly proxy: HttpFaultProxy;
}

/** A device is in sync; then something of everything happens on both sides. */
async function story(bucket: Bucket, at: Place): Promise<Story> {
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  const remote = remoteOf(bucket, { access: { endpoint: proxy.endpoint }, prefix });
  const config = {
    stateDir: at.stateDir,
    device: { name: 'a' },
    spaces: { [drive]: { root: at.root, remote } },
  };
  writeFiles(at.root, before);
  const first = await opened({
    at,
    cloud: bucketCloud(bucket, prefix),
    more: { device: config.device },
  });
  await completes(first);
  await first.device.close();
  writeFiles(at.root, {
    'd/edited here.txt': 'edited here',
    'both.txt': 'edited here, too',
    'new here.txt': 'new here',
  });
  rmSync(join(at.root, 'deleted here.txt'));
  await bucket.put(`${prefix}/d/edited there.txt`, 'edited there');
  await bucket.put(`${prefix}/both.txt`, 'edited there, too');
  await bucket.put(`${prefix}/new there.txt`, 'new there');
  await bucket.remove(`${prefix}/deleted there.txt`);
  return { bucket, at, config, proxy };
}

type CutOff = (running: Running) => void;

/**
 * Runs a process until its `number`th request and ends it there: before the server has seen the request,
 * or, every other time, when it has acted on it. False: there were not so many.
 */
async function cutOffAt(of: Story, number: number, cutOff: CutOff): Promise<boolean> {
  const { proxy, config } = of;
  const from = proxy.log.length;
  const running = runProgram(`${syncing} await run(); await device.close();`, { config });
  let reached = false;
  proxy.script = (request) => {
    if (request.number !== from + number) return undefined;
    reached = true;
    if (number % 2 === 1) {
      cutOff(running);
      return { drop: 'request' };
    }
    const acted = ({ body }: ServerAnswer) => {
      cutOff(running);
      return body;
    };
    return { rewrite: acted };
  };
  await running.ended;
  proxy.script = () => undefined;
  return reached;
}

async function expectNothingLost({ bucket, at }: Story): Promise<void> {
  const there = await survivors(bucket, [at.root], prefix);
  for (const content of never) expect(there).toContain(content);
}

/** One run later all is as if nothing had happened, and one more has nothing to do. */
async function expectOvercome(
  { bucket, at, config }: Story,
  which: 'killed' | 'machine down',
): Promise<void> {
  const whole = bucketCloud(bucket, prefix);
  // A probe that was cut off goes a day later, with the old trash.
  const leftovers = async () =>
    (await whole.leftovers()).filter((path) => !path.startsWith('.cloudsync/probe/'));
  const cloud = { ...whole, leftovers };
  const device = await opened({ at, cloud, more: { device: config.device } });
  await completes(device);
  const { 'deleted here.txt': back, ...files } = withoutDates(await expectAtRest(cloud, device));
  expect(files).toEqual(after);
  // A machine that went down may have lost the file: it comes back rather than that it goes.
  expect(which === 'killed' ? [undefined] : [undefined, 'first']).toContain(back);
  expect(await bucket.unfinished()).toEqual([]);
  await device.device.close();
}

/** `CLOUDSYNC_EVERY_STEP`: all of them, as the C++ tests do. */
const stride = process.env['CLOUDSYNC_EVERY_STEP'] === undefined ? 3 : 1;

async function atRequests(act: (number: number) => Promise<boolean>): Promise<void> {
  let number = 1;
  while (await act(number)) number += stride;
  expect(number).toBeGreaterThan(10);
}

it(
  'S045 killed at the requests of a run: the next process ends where it would have',
  patiently,
  async () => {
    await atRequests(async (number) => {
      const of = await story(await freshBucket('ceph'), place());
      const reached = await cutOffAt(of, number, (running) => running.kill('SIGKILL'));
      await expectNothingLost(of);
      await expectOvercome(of, 'killed');
      return reached;
    });
  },
);

/** A root and a state on a disk of their own; the cloud goes on when the power is cut. */
function placeOn(disk: Ext4Disk): Place {
  const at = {
    ...place(),
    root: join(disk.directory, 'root'),
    stateDir: join(disk.directory, 'state'),
  };
  mkdirSync(at.root);
  return at;
}

describe('the machine goes down', () => {
  it(
    'S045 S047 at the requests of a run: the next boot ends where it would have',
    patiently,
    async () => {
      await atRequests(async (number) => {
        const disk = new Ext4Disk(24);
        const of = await story(await freshBucket('ceph'), placeOn(disk));
        disk.sync(); // what people wrote is safe: this is about what we write
        let left: ReturnType<Ext4Disk['ifPowerWent']> | undefined;
        const reached = await cutOffAt(of, number, (running) => {
          stop(running);
          left = disk.ifPowerWent();
          running.kill('SIGKILL');
        });
        if (left !== undefined) boot(left, of.at);
        await expectNothingLost(of);
        await expectOvercome(of, 'machine down');
        disk.unmount();
        return reached;
      });
    },
  );

  /** A device whose user has written files that are not on the disk yet, and are in the cloud. */
  async function unwritten() {
    const disk = new Ext4Disk(24);
    const at = placeOn(disk);
    const cloud = directoryCloud();
    const config = {
      stateDir: at.stateDir,
      spaces: { [drive]: { root: at.root, remote: cloud.remote } },
    };
    await cloud.put('there.txt', 'there');
    const first = await opened({ at, cloud });
    await completes(first);
    await first.device.close();
    disk.sync();
    return { disk, at, cloud, config };
  }

  it('S046 and takes with it what a user had written: it comes back out of the cloud', async () => {
    const { disk, at, cloud, config } = await unwritten();
    const files = { 'new.txt': 'new', 'folder/deep.txt': 'deep', 'there.txt': 'edited' };
    writeFiles(at.root, files);
    // The second run has something to fetch: what it writes down is on the disk, and with it the rows of
    // the files above, whose bytes are not.
    const running = runProgram(
      `${syncing} setInterval(() => undefined, 1000); // it stays until it is killed
       await run();
       const told = new Promise((resolve) => process.once('SIGUSR2', resolve));
       console.log('uploaded');
       await told;
       await run();
       console.log('fetched');
`,
      { config },
    );
    await running.line('uploaded');
    await cloud.put('later.txt', 'later');
    running.kill('SIGUSR2');
    await running.line('fetched');
    stop(running);
    const left = disk.ifPowerWent();
    running.kill('SIGKILL');
    await running.ended;
    boot(left, at);
    const found = filesOf(at.root);
    expect(found).not.toMatchObject(files); // the power was cut, indeed
    const there = await cloud.stamps();

    const device = await opened({ at, cloud });
    const notices: string[] = [];
    device.device.on('notice', ({ path, cause }) => notices.push(`${cause} ${path}`));
    await completes(device);
    expect(await cloud.stamps()).toEqual(there);
    expect(await expectAtRest(cloud, device)).toEqual({ ...files, 'later.txt': 'later' });
    expect(notices.length).toBeGreaterThan(0);
    for (const notice of notices) expect(notice).toMatch(/^corrupt /);
  });
});

/** All of its threads stand still from here on. */
function stop({ pid }: Running): void {
  process.kill(pid, 'SIGSTOP');
  const states = () =>
    readdirSync(`/proc/${pid}/task`).map((task) =>
      readFileSync(`/proc/${pid}/task/${task}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .charAt(0),
    );
  while (states().some((state) => state !== 'T'));
}

/** The machine starts again with this disk: the kernel gives the time since a new name. */
function boot(left: { restore(): void }, { stateDir }: Place): void {
  left.restore();
  const lock = join(stateDir, 'owner.lock');
  const [pid = ''] = readFileSync(lock, 'utf8').split('\n');
  writeFileSync(lock, `${pid}\nof the boot before\n`);
}
