import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

it('a run with a failing test ends with an exit code that says so', () => {
  const vitest = path.join(ROOT, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', 'test/fixtures/vitest.config.ts'];
  const run = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, VITEST: '' },
  });
  expect(run.stdout + run.stderr).toContain('1 failed');
  expect(run.status).toBe(1);
}, 90_000);
