// Checks the rules of the house that a compiler does not know: who may include whom (the table in
// docs/architecture.md), which files are pure, where foreign libraries and error numbers may be seen,
// and how long a file may be. Prints one line per violation; any of them fails the build.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const maxLines = 600;

// Same input, same output: no clock, no I/O, no lock. They may include what has values in it
// (remote/remote.h for its Features), nothing that acts or waits.
const pureFiles =
  /^cpp\/(net\/(canonical_request|retry_policy|sigv4)|remote\/s3\/(addressing|answers|bodies|bucket_url|iso_time|location|page_answers|page_check|page_reader|settings|xml)|transfer\/chunk_plan|sync\/(reconcile|safety)|aging\/eviction|service\/access)\.(h|cpp)$/;
const impureIncludes =
  /^(fs\/|store\/(state_store|sqlite)|cache\/|base\/(scheduler|pool_scheduler|task|task_group|spawn|channel|guarded|async_semaphore|random)\.h|mutex$|shared_mutex$|thread$|fstream$|iostream$|filesystem$|random$|atomic$|condition_variable$)/;

// What may be seen in a few files only.
const seenOnlyIn = [
  {
    what: 'curl.h',
    pattern: /#include\s*<curl\//,
    // The testing addon tells which TLS library curl got inside of Node.
    in: /^(cpp\/net\/|test\/native\/net\/|binding\/testing\.cpp$)/,
    of: /\.(h|cpp)$/,
  },
  {
    what: 'pugixml.hpp',
    pattern: /#include\s*<pugixml\.hpp>/,
    in: /^cpp\/remote\//,
    of: /\.(h|cpp)$/,
  },
  {
    what: 'sqlite3.h',
    pattern: /#include\s*<sqlite3\.h>/,
    // The simulator puts its own file system under SQLite.
    in: /^(cpp\/store\/sqlite|test\/sim\/sim_vfs)\.cpp$/,
    of: /\.(h|cpp)$/,
  },
  {
    what: 'napi.h',
    pattern: /#include\s*[<"](napi|node_api|js_native_api)\.h/,
    in: /^binding\//,
    of: /\.(h|cpp)$/,
  },
  { what: 'the .node file', pattern: /\.node['"`]/, in: /^lib\/native\.ts$/, of: /^lib\/.*\.ts$/ },
  {
    what: 'an error number',
    pattern: /\b(13[69]\d{5}|14000\d{3}|22400\d{3})\b/,
    in: /^lib\/errors\.ts$/,
    of: /^(lib|cpp|binding)\//,
  },
];

/** Reads the table of rooms: room -> the rooms it may include. */
export function readRoomTable(architecture) {
  const rooms = new Map();
  for (const [, room, , may] of architecture.matchAll(/^\| `(\w+)` \|(.*)\|([^|]*)\|$/gm)) {
    const names = may.includes('everything above') ? [...rooms.keys()] : may.match(/\w+/g);
    rooms.set(room, new Set([room, ...names]));
  }
  if (rooms.size === 0) throw new Error('docs/architecture.md has no table of rooms any more');
  rooms.set('binding', new Set(['binding', 'base', 'events', 'service']));
  return rooms;
}

/** Comments may name what code must not use; quoted text stays. */
const withoutComments = (text) => text.replace(/\/\*[^]*?\*\/|(^|[^:'"`])\/\/.*$/gm, '$1');

const roomOf = (path) => /^(?:cpp\/(\w+)|(binding))\//.exec(path)?.slice(1).find(Boolean);

function checkIncludes(path, text, rooms) {
  const room = roomOf(path);
  if (room === undefined) return [];
  const allowed = rooms.get(room);
  if (allowed === undefined) return [`${path}: room '${room}' is not in docs/architecture.md`];
  const found = [];
  for (const [, name] of text.matchAll(/^\s*#include\s*[<"]([^>"]+)[>"]/gm)) {
    const target = name.split('/')[0];
    if (name.includes('/') && rooms.has(target) && !allowed.has(target)) {
      found.push(`${path}: ${room} may not include ${name}`);
    }
    if (pureFiles.test(path) && impureIncludes.test(name)) {
      found.push(`${path}: a pure file may not include ${name}`);
    }
  }
  if (pureFiles.test(path) && /\bSystemClock\b|\bnow\(\)/.test(text)) {
    found.push(`${path}: a pure file may not read a clock`);
  }
  return found;
}

/** Every violation in `files` (path -> text), as a line each. */
export function checkRooms(files, architecture) {
  const rooms = readRoomTable(architecture);
  const found = [];
  for (const [path, whole] of files) {
    const lines = whole.split('\n').length;
    if (lines > maxLines) found.push(`${path}: ${lines} lines, more than ${maxLines}`);
    const text = withoutComments(whole);
    found.push(...checkIncludes(path, text, rooms));
    for (const rule of seenOnlyIn) {
      if (rule.of.test(path) && !rule.in.test(path) && rule.pattern.test(text)) {
        found.push(`${path}: ${rule.what} may not be seen here`);
      }
    }
  }
  return found;
}

function sourcesOfCheckout() {
  const list = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const paths = execFileSync('git', list, { encoding: 'utf8' }).split('\0');
  const sources = paths.filter(
    (path) =>
      /\.(h|cpp|ts|mjs|js|sql)$/.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile(),
  );
  return new Map(sources.map((path) => [path, readFileSync(path, 'utf8')]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = sourcesOfCheckout();
  const found = checkRooms(files, readFileSync('docs/architecture.md', 'utf8'));
  for (const line of found) console.error(line);
  console.log(`check-rooms: ${files.size} files, ${found.length} violations`);
  process.exitCode = found.length === 0 ? 0 : 1;
}
