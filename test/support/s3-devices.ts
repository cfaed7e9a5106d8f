// Devices whose cloud is a bucket, and everything that they say.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Config, Notice, RemoteOptions } from '../../lib/index.js';
import type { BusinessError } from '../../lib/errors.js';
import { opened } from './devices.js';
import type { Opened } from './devices.js';
import type { Access, Bucket } from './s3.js';
import type { Place } from './temp-dir.js';

export interface Way {
  /** Default: the bucket's own. */
  readonly access?: Partial<Access>;
  readonly prefix?: string;
  /** Parameters of the URL. */
  readonly url?: Record<string, string>;
  readonly ca?: string;
}

/** The `remote` of a space that is kept in this bucket. */
export function remoteOf(bucket: Bucket, { access, prefix, url, ca }: Way = {}): RemoteOptions {
  const { endpoint, accessKeyId, secretAccessKey } = { ...bucket.access, ...access };
  return {
    url: bucket.url(prefix, { endpoint, ...url }),
    credentials: { accessKeyId, secretAccessKey },
    ca,
  };
}

export interface OpenedOn extends Opened {
  /** What it noticed so far. */
  readonly notices: Notice[];
}

export interface OnOptions extends Way {
  /** Of the space. */
  readonly space?: object;
  /** Of the configuration. */
  readonly more?: Partial<Config>;
  /** Where its things lie. Default: a new place. */
  readonly at?: Place;
}

/** Opens a device for this test whose drive is kept in this bucket. */
export async function openedOn(bucket: Bucket, options: OnOptions = {}): Promise<OpenedOn> {
  const { space, more, at, ...way } = options;
  const device = await opened({
    space: { remote: remoteOf(bucket, way), ...space },
    ...(more && { more }),
    ...(at && { at }),
  });
  const notices: Notice[] = [];
  device.device.on('notice', (notice) => notices.push(notice));
  return { ...device, notices };
}

/** The secret is in nothing that this device said or wrote, whatever became of it. */
export function expectNoSecret(on: OpenedOn, secret: string, ...errors: BusinessError[]): void {
  const said = errors.map((error) => [error.message, error.detail, error.path, error.stack]);
  expect(JSON.stringify([said, on.notices])).not.toContain(secret);
  const written = [on.stateDir, on.root].flatMap((directory) =>
    readdirSync(directory, { recursive: true, withFileTypes: true }),
  );
  const files = written.filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(0); // the search searches
  for (const { parentPath, name } of files) {
    expect(readFileSync(join(parentPath, name)).includes(secret), name).toBe(false);
  }
}
