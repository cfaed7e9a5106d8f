// Facts of the device at the moment of a `start()`: from the providers of the configuration, else
// from the system.
import { readFileSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { isRecord } from './config-reader.js';
import { BusinessError } from './errors.js';
import { describe } from './validate.js';

export interface BatteryInfo {
  /** 0 to 100. */
  level: number;
  /** Plugged in, or no battery at all. */
  charging: boolean;
}

export interface NetworkInfo {
  /** Can remotes be reached, as far as this device knows? */
  available: boolean;
  type?: 'none' | 'ethernet' | 'wifi' | 'cellular';
}

/** From cool to too hot; `overheated` stops what runs. */
export type ThermalLevel = 'cool' | 'normal' | 'warm' | 'hot' | 'overheated';

/** Where the facts come from; what is absent is asked from the system. Their answers are checked. */
export interface Providers {
  readonly battery?: (() => unknown) | undefined;
  readonly network?: (() => unknown) | undefined;
  readonly thermal?: (() => unknown) | undefined;
}

/** What the engine is told with every start. */
export interface DeviceConditions {
  readonly networkAvailable: boolean;
  readonly charging: boolean;
  readonly batteryPercent: number;
  readonly overheated: boolean;
}

/** The conditions for a run against `remoteUrl`, now. */
export function conditionsFor(remoteUrl: string, providers: Providers): DeviceConditions {
  const { level, charging } = battery(providers);
  return {
    networkAvailable: networkAvailable(remoteUrl, providers),
    charging,
    batteryPercent: Math.floor(level),
    overheated: isOverheated(providers),
  };
}

function battery(providers: Providers): BatteryInfo {
  if (providers.battery === undefined) return systemBattery();
  const answer = providers.battery();
  if (isRecord(answer)) {
    const { level, charging } = answer;
    const isShare = typeof level === 'number' && level >= 0 && level <= 100;
    if (isShare && typeof charging === 'boolean') return { level, charging };
  }
  throw wrongAnswer('battery', '{ level: 0 to 100, charging: boolean }', answer);
}

function networkAvailable(remoteUrl: string, providers: Providers): boolean {
  if (providers.network === undefined) {
    const needsNone = remoteUrl.startsWith('file:') || isLoopback(remoteUrl);
    return needsNone || hasNetwork();
  }
  const answer = providers.network();
  if (isRecord(answer) && typeof answer['available'] === 'boolean') return answer['available'];
  throw wrongAnswer('network', '{ available: boolean }', answer);
}

const thermalLevels: readonly unknown[] = ['cool', 'normal', 'warm', 'hot', 'overheated'];

function isOverheated(providers: Providers): boolean {
  const answer = providers.thermal?.() ?? 'normal';
  if (thermalLevels.includes(answer)) return answer === 'overheated';
  throw wrongAnswer('thermal', `one of ${thermalLevels.join(', ')}`, answer);
}

function wrongAnswer(provider: string, wanted: string, value: unknown): BusinessError {
  const detail = `device.${provider}() of the configuration must answer ${wanted}, not ${describe(value)}`;
  return new BusinessError('invalidArgument', detail, { path: `device.${provider}` });
}

/** Is there an interface besides the loopback one that has an address? */
function hasNetwork(): boolean {
  return Object.values(networkInterfaces()).some((addresses) =>
    (addresses ?? []).some((address) => !address.internal),
  );
}

function isLoopback(remoteUrl: string): boolean {
  try {
    const url = new URL(remoteUrl);
    const endpoint = url.searchParams.get('endpoint');
    const host = endpoint === null ? url.hostname : new URL(endpoint).hostname;
    return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
  } catch {
    return false;
  }
}

/**
 * The weakest battery of this device. Without one it counts as full and charging.
 *
 * @param directory for tests
 */
export function systemBattery(directory = '/sys/class/power_supply'): BatteryInfo {
  let weakest: BatteryInfo = { level: 100, charging: true };
  for (const supply of names(directory)) {
    const read = (name: string) => content(join(directory, supply, name));
    // A mouse has a battery too: its scope is `Device`.
    if (read('type') !== 'Battery' || read('scope') === 'Device') continue;
    const level = Number(read('capacity') ?? Number.NaN);
    if (!(level >= 0 && level <= weakest.level)) continue;
    weakest = { level, charging: read('status') !== 'Discharging' };
  }
  return weakest;
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function content(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
