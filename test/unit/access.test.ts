import { expect, it } from 'vitest';
import { checkSyncAccess, checkSystemApp, defaultCaller } from '../../lib/access.js';
import type { Caller } from '../../lib/access.js';
import { thrownBy } from '../support/thrown.js';

const sync = 'ohos.permission.CLOUDFILE_SYNC';
const manager = 'ohos.permission.CLOUDFILE_SYNC_MANAGER';

it('by default a process is a system application that may sync for every bundle', () => {
  expect(() => checkSyncAccess(defaultCaller, 'com.example.any')).not.toThrow();
});

it.each<[string, Caller, string | undefined, number]>([
  [
    'no permission and no system application',
    { systemApp: false, permissions: [] },
    undefined,
    201,
  ],
  ['no permission', { systemApp: true, permissions: [manager] }, undefined, 201],
  ['no system application', { systemApp: false, permissions: [sync] }, undefined, 202],
  [
    'no system application, for another bundle',
    { systemApp: false, permissions: [sync], bundleName: 'com.example.own' },
    'com.example.other',
    202,
  ],
  [
    'another bundle without the permission to manage',
    { systemApp: true, permissions: [sync], bundleName: 'com.example.own' },
    'com.example.other',
    201,
  ],
])('%s is refused', (_words, caller, bundleName, code) => {
  expect(thrownBy(() => checkSyncAccess(caller, bundleName)).code).toBe(code);
});

it.each<[string, Caller, string | undefined]>([
  [
    'its own bundle',
    { systemApp: true, permissions: [sync], bundleName: 'com.example.own' },
    'com.example.own',
  ],
  [
    'no bundle named',
    { systemApp: true, permissions: [sync], bundleName: 'com.example.own' },
    undefined,
  ],
  [
    'another bundle with the permission to manage',
    { systemApp: true, permissions: [sync, manager], bundleName: 'com.example.own' },
    'com.example.other',
  ],
])('%s is allowed', (_words, caller, bundleName) => {
  expect(() => checkSyncAccess(caller, bundleName)).not.toThrow();
});

it('system API without a permission asks only for a system application', () => {
  expect(() => checkSystemApp({ systemApp: true, permissions: [] })).not.toThrow();
  expect(thrownBy(() => checkSystemApp({ systemApp: false, permissions: [sync] })).code).toBe(202);
});
