// `node scripts/sanitize.mjs address|thread`: the tests once more, under sanitizers.
// address: the whole vitest suite with an addon under ASan and UBSan (libasan is preloaded into Node),
// and the C++ tests. thread: the C++ tests of the rooms where threads meet, under TSan.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nativeAddon, nativeFolder, npmPackages, typescript } from './bootstrap/builds.mjs';
import { run } from './bootstrap/run.mjs';
import { root } from './bootstrap/stamps.mjs';
import { systemPackages } from './bootstrap/system-packages.mjs';
import { exitWith, step } from './bootstrap/terminal.mjs';
import { add, addToTotals, closingLine } from './testing/counts.mjs';
import { runCtest, runVitest } from './testing/runners.mjs';

// Node itself keeps memory until the end and is not instrumented, so leaks are looked for in the C++
// tests only; everything else that ASan and UBSan know is fatal.
const asanOptions =
  'detect_leaks=0:abort_on_error=0:halt_on_error=1:detect_stack_use_after_return=0';
const ubsanOptions = 'print_stacktrace=1:halt_on_error=1';

// libfaketime calls into ASan's allocator before that is ready, and waits for ever; and what a
// process takes of memory says nothing where every allocation is fenced. Of the others the engine is
// no part, or a small one: the servers, the proxies, TypeScript alone, programs that are only run.
const notUnderAddress = [
  'test/fault/s3-clock.test.ts',
  'test/scenarios/bounded.test.ts',
  'test/{cli,examples,types,unit}/**',
  'test/remote/{servers,tls,http-fault-proxy,tcp-fault-proxy}.test.ts',
];
// Repetitions find what the plain run looks for; here each way is gone once.
const shorter = { CLOUDSYNC_KILLS: '1', CLOUDSYNC_FAULT_FILES: '100' };

const library = (name) =>
  execFileSync('g++', [`-print-file-name=${name}`], { encoding: 'utf8' }).trim();

async function underAddress() {
  const sanitizers = 'address,undefined';
  await nativeAddon({ tests: true, sanitize: sanitizers });
  await typescript();
  const folder = nativeFolder(sanitizers);
  const cpp = await runCtest(folder, {
    env: { ASAN_OPTIONS: 'detect_leaks=1', UBSAN_OPTIONS: ubsanOptions },
  });
  const env = {
    CLOUDSYNC_ADDON: join(root, folder, 'RelWithDebInfo/cloudsync.node'),
    CLOUDSYNC_SANITIZER: 'address',
    LD_PRELOAD: `${library('libasan.so')} ${library('libubsan.so')} ${library('libstdc++.so.6')}`,
    ASAN_OPTIONS: asanOptions,
    UBSAN_OPTIONS: ubsanOptions,
    ...shorter,
  };
  const args = notUnderAddress.map((file) => `--exclude=${file}`);
  return add(cpp, await runVitest('address', { args, env }));
}

// Rooms whose tests meet threads; those of the others run in the simulator, on one thread.
const threadedRooms = ['base', 'fs', 'net', 'events', 'store', 'remote', 'transfer', 'service'];

async function underThread() {
  const folder = 'build/thread';
  const rooms = threadedRooms.filter((room) =>
    existsSync(join(root, 'test/native', room, 'CMakeLists.txt')),
  );
  const options = [
    '-DCLOUDSYNC_TESTS=ON',
    '-DCLOUDSYNC_SANITIZE=thread',
    '-DCMAKE_BUILD_TYPE=RelWithDebInfo',
  ];
  const programs = rooms.map((room) => `${room}_test`);
  await step('C++ tests*', 'compiling', async (show) => {
    await run('cmake', ['-B', folder, ...options, '.'], {
      log: 'thread-configure',
      show,
    });
    const jobs = String(availableParallelism());
    await run('cmake', ['--build', folder, '-j', jobs, '--target', ...programs], {
      log: 'thread-build',
      show,
    });
    return `built (${rooms.join(', ')}; thread sanitizer)`;
  });
  // Each program's own directory: elsewhere ctest would look for the programs that were not built.
  let counts = { passed: 0, failed: 0, skipped: 0 };
  for (const room of rooms) {
    const env = { TSAN_OPTIONS: 'halt_on_error=1:second_deadlock_stack=1' };
    counts = add(counts, await runCtest(`${folder}/test/native/${room}`, { env }));
  }
  return counts;
}

try {
  await systemPackages(['build', 'test']);
  await npmPackages();
  const kinds = { address: underAddress, thread: underThread };
  const kind = kinds[process.argv[2]];
  if (kind === undefined) throw new Error('which sanitizer: address or thread?');
  const counts = await kind();
  addToTotals(counts);
  const { text, ok } = closingLine(counts);
  console.log(`\n${process.argv[2]} sanitizer: ${text}`);
  process.exitCode = ok ? 0 : 1;
} catch (error) {
  exitWith(error);
}
