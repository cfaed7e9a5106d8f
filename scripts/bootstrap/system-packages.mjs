// What we need from the operating system: compilers and libraries, and real servers for tests. Installed
// with apt where we are root on Debian or Ubuntu; elsewhere we say exactly what to install.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.mjs';
import { fingerprint, isDone, markDone } from './stamps.mjs';
import { SetupError, step } from './terminal.mjs';

// How to see whether something is there (a command, a header that compiles, or a check), and what to install
// where it is not: in the order of `managers`, or by Debian's name where we have seen no other.
const needs = {
  build: [
    { command: ['g++', 'c++'], packages: ['g++', 'gcc-c++', 'g++', 'gcc'] },
    { command: ['cmake'], packages: ['cmake', 'cmake', 'cmake', 'cmake'] },
    { command: ['ninja', 'make'], packages: ['ninja-build', 'ninja-build', 'ninja', 'ninja'] },
    {
      header: 'curl/curl.h',
      packages: ['libcurl4-openssl-dev', 'libcurl-devel', 'curl-dev', 'curl'],
    },
    {
      header: 'openssl/evp.h',
      packages: ['libssl-dev', 'openssl-devel', 'openssl-dev', 'openssl'],
    },
    {
      header: 'pugixml.hpp',
      packages: ['libpugixml-dev', 'pugixml-devel', 'pugixml-dev', 'pugixml'],
    },
    { header: 'sqlite3.h', packages: ['libsqlite3-dev', 'sqlite-devel', 'sqlite-dev', 'sqlite'] },
  ],
  test: [
    { header: 'gtest/gtest.h', packages: ['libgtest-dev', 'gtest-devel', 'gtest-dev', 'gtest'] },
    {
      header: 'rapidcheck.h',
      packages: ['librapidcheck-dev', 'rapidcheck-devel', 'rapidcheck', 'rapidcheck'],
    },
    { command: ['openssl'], packages: ['openssl', 'openssl', 'openssl', 'openssl'] },
    {
      command: ['faketime'],
      packages: ['faketime', 'libfaketime', 'libfaketime', 'libfaketime'],
    },
  ],
  lint: [
    {
      command: ['clang-format-19'],
      packages: ['clang-format-19', 'clang-tools-extra', 'clang-extra-tools', 'clang'],
    },
    {
      command: ['clang-tidy-19'],
      packages: ['clang-tidy-19', 'clang-tools-extra', 'clang-extra-tools', 'clang'],
    },
  ],
  fuzz: [
    { command: ['clang++-19'], packages: ['clang-19', 'clang', 'clang', 'clang'] },
    {
      check: linksFuzzers,
      packages: ['libclang-rt-19-dev', 'compiler-rt', 'compiler-rt', 'compiler-rt'],
    },
  ],
  ceph: [
    { command: ['ceph-mon'], packages: ['ceph-mon'] },
    { command: ['ceph-osd'], packages: ['ceph-osd'] },
    { command: ['radosgw'], packages: ['radosgw'] },
    { command: ['ceph'], packages: ['ceph-common'] },
  ],
  swift: [
    { command: ['swift-proxy-server'], packages: ['swift-proxy'] },
    { command: ['swift-account-server'], packages: ['swift-account'] },
    { command: ['swift-container-server'], packages: ['swift-container'] },
    { command: ['swift-object-server'], packages: ['swift-object'] },
    { command: ['memcached'], packages: ['memcached'] },
  ],
  nginx: [{ command: ['nginx'], packages: ['nginx', 'nginx', 'nginx', 'nginx'] }],
  bench: [
    { command: ['rclone'], packages: ['rclone', 'rclone', 'rclone', 'rclone'] },
    { command: ['rsync'], packages: ['rsync', 'rsync', 'rsync', 'rsync'] },
    { command: ['curl'], packages: ['curl', 'curl', 'curl', 'curl'] },
    { command: ['time'], packages: ['time', 'time', 'time', 'time'] },
  ],
};

const managers = [
  { command: 'apt-get', install: 'sudo apt-get install -y --no-install-recommends' },
  { command: 'dnf', install: 'sudo dnf install -y' },
  { command: 'apk', install: 'sudo apk add' },
  { command: 'pacman', install: 'sudo pacman -S --needed' },
];

export const hasCommand = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

// Asks the compiler, which knows its own include paths better than a list of folders would.
const hasHeader = (name) => {
  const stdio = ['pipe', 'ignore', 'ignore'];
  const input = `#include <${name}>\n`;
  return spawnSync('g++', ['-E', '-x', 'c++', '-'], { input, stdio }).status === 0;
};

// The compiler alone has no libFuzzer.
function linksFuzzers() {
  const stdio = ['pipe', 'ignore', 'ignore'];
  const input = 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }';
  const args = ['-fsanitize=fuzzer', '-x', 'c++', '-', '-o', '/dev/null'];
  return spawnSync('clang++-19', args, { input, stdio }).status === 0;
}

function isMissing({ command, header, check }) {
  if (check !== undefined) return !check();
  return header === undefined ? !command.some(hasCommand) : !hasHeader(header);
}

/** Sees to it that what `purposes` (keys of `needs`) need is installed. */
export async function systemPackages(purposes) {
  const name = `system-${purposes.join('-')}`;
  const print = fingerprint(['scripts/bootstrap/system-packages.mjs']);
  if (isDone(name, print)) return;
  const wanted = purposes.flatMap((purpose) => needs[purpose]);
  const missing = wanted.filter(isMissing);
  if (missing.length > 0) await install(missing);
  const still = wanted.filter(isMissing);
  if (still.length > 0) throw new SetupError(whatToInstall(still));
  markDone(name, print);
}

async function install(missing) {
  if (process.getuid?.() !== 0 || !hasCommand('apt-get')) {
    throw new SetupError(whatToInstall(missing));
  }
  const packages = missing.map((need) => need.packages[0]);
  const doing = `apt-get install ${packages.join(' ')}`;
  await step('system packages', doing, async (show) => {
    // The servers among them are ours to start, on 127.0.0.1: systemd must not open their usual ports
    // to everybody meanwhile.
    const env = { DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1' };
    const lock = ['-o', 'DPkg::Lock::Timeout=300'];
    const advice = 'Is the package mirror reachable? Then run the same command again.';
    show('apt-get update');
    await run('apt-get', [...lock, 'update'], { log: 'apt-update', show, env, advice });
    show(`apt-get install ${packages.join(' ')}`);
    const options = ['install', '-y', '--no-install-recommends'];
    await run('apt-get', [...lock, ...options, ...packages], {
      log: 'apt-install',
      show,
      env,
      advice,
    });
    return `installed ${packages.join(' ')}`;
  });
}

function whatToInstall(missing) {
  const found = Math.max(
    managers.findIndex(({ command }) => hasCommand(command)),
    0,
  );
  const nameOf = ({ packages }) => packages[found];
  if (!missing.every(nameOf)) {
    const names = missing.map(({ packages }) => packages[0]).join(', ');
    return `This needs what Debian 12 has in ${names}. Install that, or use a container of Debian 12.`;
  }
  const packages = [...new Set(missing.map(nameOf))];
  return (
    `This needs ${packages.join(', ')}. Install with\n\n` +
    `  ${managers[found].install} ${packages.join(' ')}\n\nand run the same command again.`
  );
}
