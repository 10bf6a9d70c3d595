import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** The long form, one file after the other: what is measured is not to be disturbed. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/support/databases.setup.ts'],
    testTimeout: 900_000,
    expect: { poll: { timeout: 20_000 } },
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
