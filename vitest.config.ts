import { defineConfig } from 'vitest/config';
import { patience } from './test/support/patience.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/shared-servers.ts'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }, // it is pinned
    // Tests start processes and servers: generous limits, since nothing here asserts on time.
    testTimeout: 60_000 * patience,
    hookTimeout: 60_000 * patience,
    expect: { poll: { timeout: 10_000 * patience } },
    pool: 'forks', // a crash of native code takes one file with it, not the run
    maxWorkers: 2,
  },
});
