// A network and a server of which one request in a hundred fails, in every way that the proxy knows:
// everything arrives, once. `CLOUDSYNC_SEED=…` harms the same requests again, with the seed that is in the
// name of the test; `CLOUDSYNC_FAULT_FILES=…` makes it longer (`npm run endure -- faults`).
import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { report } from '../support/endurance-report.js';
import { httpFaultProxy } from '../support/http-fault-proxy.js';
import { patience } from '../support/patience.js';
import { freshBucket, useServers } from '../support/s3.js';
import type { Bucket } from '../support/s3.js';
import { openedOn } from '../support/s3-devices.js';
import type { OpenedOn } from '../support/s3-devices.js';
import { faultKinds, seededFaults } from '../support/seeded-faults.js';
import type { FaultKind } from '../support/seeded-faults.js';
import { filesOf, ownEntries, told } from '../support/trees.js';

useServers('ceph');

const files = Number(process.env['CLOUDSYNC_FAULT_FILES'] ?? 300);
const seed = Number(process.env['CLOUDSYNC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const share = 0.01;

/** Each silence lasts until the engine has lost its patience, half a minute later. */
const hasTime = files >= 1000;
const kinds = (Object.keys(faultKinds) as FaultKind[]).filter(
  (kind) => hasTime || kind !== 'silence',
);

const large = 'large.bin'; // goes up in parts, comes down in ranges
const mostRuns = 12;
const testTimeout = (120_000 + files * 300) * patience;

/** Runs until one has completed; gives how many it took. */
async function runsUntilDone(on: OpenedOn): Promise<number> {
  for (let runs = 1; runs <= mostRuns; runs += 1) {
    try {
      if ((await on.sync()).at(-1)?.error === 0) return runs;
    } catch {
      // Not even begun: what was asked first has failed.
    }
  }
  throw new Error(`none of ${mostRuns} runs could do all of it: ${JSON.stringify(on.notices)}`);
}

/** A device, and what its requests meet on their way. */
async function device(bucket: Bucket, ownSeed: number) {
  const proxy = await httpFaultProxy(bucket.access.endpoint);
  const faults = seededFaults(ownSeed, share, kinds);
  proxy.script = faults.script;
  return { proxy, faults, on: await openedOn(bucket, { access: { endpoint: proxy.endpoint } }) };
}

type Device = Awaited<ReturnType<typeof device>>;

/** Uploads in parts that the server may have begun without the device hearing of it (docs/s3.md). */
function unheardBegins({ proxy, faults }: Device): number {
  return proxy.log.filter(
    ({ method, query, number, forwarded }) =>
      method === 'POST' && query.includes('uploads') && forwarded && faults.harmed.has(number),
  ).length;
}

it(
  `${files} files arrive, each once (seed ${seed})`,
  async () => {
    const bucket = await freshBucket('ceph');
    await bucket.keepVersions();
    const a = await device(bucket, seed);
    const b = await device(bucket, seed + 1);
    for (let index = 0; index < files; index += 1) {
      a.on.write(
        `folder-${index % 20}/file-${index}`,
        `${index} ${randomBytes(500).toString('hex')}`,
      );
    }
    a.on.write(large, randomBytes(40 << 20));
    const wanted = filesOf(a.on.root);

    const runs = { up: await runsUntilDone(a.on), down: await runsUntilDone(b.on) };
    const met = Object.fromEntries(
      kinds.map((kind) => [kind, (a.faults.met[kind] ?? 0) + (b.faults.met[kind] ?? 0)]),
    );
    report({ faults: seed, files, requests: a.proxy.log.length + b.proxy.log.length, runs, met });

    expect(filesOf(a.on.root)).toEqual(wanted);
    expect(filesOf(b.on.root)).toEqual(wanted);
    // Each content once: no second name, no second version of one.
    const all = await bucket.versions();
    const own = all.filter(({ key }) => key.startsWith('.cloudsync/'));
    const versions = all.filter(({ key }) => !key.startsWith('.cloudsync/'));
    expect(versions.filter(({ deleted }) => deleted)).toEqual([]);
    expect(versions.map(({ key }) => key).sort()).toEqual(Object.keys(wanted).sort());
    for (const key of [large, 'folder-0/file-0']) {
      expect(told(await bucket.get(key))).toBe(wanted[key]);
    }
    expect(new Set(own.map(({ key }) => key))).toEqual(new Set(['.cloudsync/root']));
    expect((await bucket.unfinished()).length).toBeLessThanOrEqual(unheardBegins(a));
    for (const { on } of [a, b]) expect(ownEntries(on.root, 'tmp')).toEqual([]);
  },
  testTimeout,
);
