import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lockDirectory } from '../../src/store/directory-lock.ts';

const root = mkdtempSync(path.join(tmpdir(), 'gatehouse-lock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Another process that holds the lock until it is killed. */
async function holder(directory: string) {
  const code = `import { lockDirectory } from '${new URL('../../src/store/directory-lock.ts', import.meta.url)}';
    await lockDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return child;
}

it('lets one process in, and names it to the next', async () => {
  const directory = path.join(root, 'one');
  const release = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${process.pid}`);
  release();
  (await lockDirectory(directory))();
});

it('is free again when its holder was killed', async () => {
  const directory = path.join(root, 'killed');
  const child = await holder(directory);
  await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${child.pid}`);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  (await lockDirectory(directory))();
});

it('gives a directory that was left behind to exactly one of many starters', async () => {
  const directory = path.join(root, 'race');
  const child = await holder(directory);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1);
});

it('locks a directory with a long path', async () => {
  const directory = path.join(root, 'x'.repeat(120));
  const release = await lockDirectory(directory);
  await expect(lockDirectory(directory)).rejects.toThrow('in use');
  release();
});
