// Facts of the device at the moment of a `start()`: from the providers of the configuration, else
// from the system.
import { readFileSync, readdirSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { BusinessError } from './errors.js';
import { describe } from './validate.js';

export interface BatteryInfo {
  /** 0 to 100. */
  level: number;
  /** Plugged in, or no battery at all. */
  charging: boolean;
}

export interface NetworkInfo {
  /** Can the remote be reached, as far as this device knows? */
  available: boolean;
  type?: 'ethernet' | 'wifi' | 'cellular';
}

/** From cool to too hot; `overheated` stops what runs. */
export type ThermalLevel = 'cool' | 'normal' | 'warm' | 'hot' | 'overheated';

/** Where the facts come from; what is absent is asked from the system. */
export interface Providers {
  readonly battery?: (() => BatteryInfo) | undefined;
  readonly network?: (() => NetworkInfo) | undefined;
  readonly thermal?: (() => ThermalLevel) | undefined;
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
  const battery = providers.battery === undefined ? systemBattery() : asked(providers.battery);
  if (!(battery.level >= 0 && battery.level <= 100) || typeof battery.charging !== 'boolean') {
    throw wrongAnswer('battery', '{ level: 0 to 100, charging: boolean }', battery.level);
  }
  return {
    networkAvailable: networkAvailable(remoteUrl, providers),
    charging: battery.charging,
    batteryPercent: Math.floor(battery.level),
    overheated: providers.thermal?.() === 'overheated',
  };
}

function asked(provider: () => BatteryInfo): BatteryInfo {
  const { level, charging } = provider();
  return { level, charging };
}

function networkAvailable(remoteUrl: string, providers: Providers): boolean {
  if (remoteUrl.startsWith('file:')) return true; // a directory needs no network
  if (providers.network === undefined) return hasNetwork() || isLoopback(remoteUrl);
  const { available } = providers.network();
  if (typeof available !== 'boolean') {
    throw wrongAnswer('network', '{ available: boolean }', available);
  }
  return available;
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
