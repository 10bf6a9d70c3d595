import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/databases.setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // What a test waits for may take long on a busy machine; only a failing test takes the whole of it.
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    // What is under test keeps nothing in its modules: one reading of them serves all files of a worker.
    isolate: false,
  },
});
