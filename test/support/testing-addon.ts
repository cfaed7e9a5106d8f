import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

interface TestingAddon {
  errorKindNames(): string[];
  /** Of the libcurl that the engine uses, and of what it uses. */
  curlVersion(): string;
}

/** The addon for tests, from the same build as the product's. */
export function testingAddon(): TestingAddon {
  const root = join(import.meta.dirname, '../..');
  const named = process.env['CLOUDSYNC_ADDON'];
  const candidates = [
    ...(named === undefined ? [] : [named.replace(/cloudsync\.node$/, 'cloudsync_testing.node')]),
    join(root, 'build/native/Release/cloudsync_testing.node'),
    join(root, 'build/Release/cloudsync_testing.node'),
  ];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error('the testing addon is not built: npm run build');
  return createRequire(import.meta.url)(file) as TestingAddon;
}
