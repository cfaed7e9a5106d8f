import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { conditionsFor, systemBattery } from '../../lib/conditions.js';
import { tempDir } from '../support/temp-dir.js';
import { thrownBy } from '../support/thrown.js';

const file = 'file:///srv/cloud';
const store = 's3://bucket/prefix?endpoint=https://store.example.com';

function supply(at: string, name: string, values: Record<string, string>): void {
  mkdirSync(join(at, name));
  for (const [key, value] of Object.entries(values))
    writeFileSync(join(at, name, key), `${value}\n`);
}

describe('the battery of the system', () => {
  it('counts as charging when there is none', () => {
    expect(systemBattery(join(tempDir(), 'none'))).toEqual({ level: 100, charging: true });
  });

  it('is read from its supply', () => {
    const at = tempDir();
    supply(at, 'AC', { type: 'Mains', online: '0' });
    supply(at, 'BAT0', { type: 'Battery', capacity: '9', status: 'Discharging' });
    expect(systemBattery(at)).toEqual({ level: 9, charging: false });
  });

  it('is not that of a mouse', () => {
    const at = tempDir();
    supply(at, 'mouse', { type: 'Battery', scope: 'Device', capacity: '3', status: 'Discharging' });
    expect(systemBattery(at)).toEqual({ level: 100, charging: true });
  });
});

describe('providers', () => {
  it('are asked at every start', () => {
    let level = 50;
    const providers = { battery: () => ({ level, charging: false }) };
    expect(conditionsFor(file, providers).batteryPercent).toBe(50);
    level = 9.9;
    expect(conditionsFor(file, providers)).toMatchObject({ batteryPercent: 9, charging: false });
  });

  it('a network that is said to be down is down for every remote', () => {
    const providers = { network: () => ({ available: false }) };
    expect(conditionsFor(store, providers).networkAvailable).toBe(false);
    expect(conditionsFor(file, providers).networkAvailable).toBe(false);
  });

  it('only overheated stops', () => {
    expect(conditionsFor(file, { thermal: () => 'hot' }).overheated).toBe(false);
    expect(conditionsFor(file, { thermal: () => 'overheated' }).overheated).toBe(true);
  });

  it.each([
    ['battery', { battery: () => ({ level: 101, charging: true }) }],
    ['battery', { battery: () => ({ level: 50 }) }],
    ['battery', { battery: () => undefined }],
    ['network', { network: () => true }],
    ['thermal', { thermal: () => 'boiling' }],
  ])('%s: an answer that cannot be used is an error that names it', (name, providers) => {
    const error = thrownBy(() => conditionsFor(store, providers));
    expect(error).toMatchObject({ code: 401, path: `device.${name}` });
    expect(error.message).toContain(`device.${name}()`);
  });
});

it('a directory, and a store on this host, need no network', () => {
  expect(conditionsFor(file, {}).networkAvailable).toBe(true);
  expect(conditionsFor('s3://b/p?endpoint=http://127.0.0.1:7480', {}).networkAvailable).toBe(true);
  expect(conditionsFor('webdav://localhost:8080/dav', {}).networkAvailable).toBe(true);
});
