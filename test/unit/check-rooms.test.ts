import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkRooms, readRoomTable } from '../../scripts/check-rooms.mjs';

const architecture = readFileSync('docs/architecture.md', 'utf8');

const check = (path: string, text: string): string[] =>
  checkRooms(new Map([[path, text]]), architecture);

describe('check-rooms', () => {
  test('reads who may include whom from the architecture page', () => {
    const rooms = readRoomTable(architecture);
    expect(rooms.get('store')).toEqual(new Set(['store', 'base', 'fs']));
    expect(rooms.get('service')).toContain('sync');
  });

  test('refuses an include that leads up', () => {
    expect(check('cpp/fs/walk.cpp', '#include "store/rows.h"\n')).toEqual([
      'cpp/fs/walk.cpp: fs may not include store/rows.h',
    ]);
  });

  test('lets a room include itself, rooms below it and the standard library', () => {
    const text = '#include "store/rows.h"\n#include "base/ids.h"\n#include <vector>\n';
    expect(check('cpp/store/state_store.cpp', text)).toEqual([]);
  });

  test('refuses a room that nobody wrote down', () => {
    expect(check('cpp/attic/box.h', '')).toHaveLength(1);
  });

  test.each([
    ['cpp/sync/reconcile.cpp', '#include "fs/file_system.h"\n'],
    ['cpp/sync/safety.cpp', '#include <mutex>\n'],
    ['cpp/transfer/chunk_plan.cpp', 'auto t = SystemClock().now();\n'],
  ])('keeps %s pure', (path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });

  test.each([
    ['cpp/remote/s3.cpp', '#include <curl/curl.h>\n', 'cpp/net/curl.h'],
    ['cpp/store/state_store.cpp', '#include <sqlite3.h>\n', 'cpp/store/sqlite.cpp'],
    ['cpp/service/service.cpp', '#include <napi.h>\n', 'binding/addon.cpp'],
    ['lib/index.ts', "load('cloudsync.node');\n", 'lib/native.ts'],
    ['lib/download.ts', 'throw new BusinessError(13900002);\n', 'lib/errors.ts'],
  ])('refuses in %s what %s shows', (path, text, allowedPath) => {
    expect(check(path, text)).toHaveLength(1);
    expect(check(allowedPath, text)).toEqual([]);
  });

  test('lets a comment name an error number', () => {
    expect(check('lib/download.ts', '/** @throws 13900002 */\n// 22400001\n')).toEqual([]);
  });

  test('refuses a file of more than 600 lines', () => {
    expect(check('lib/long.ts', '\n'.repeat(600))).toHaveLength(1);
    expect(check('lib/long.ts', '\n'.repeat(599))).toEqual([]);
  });
});
