import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { freePort } from '../support/story.ts';

const LAUNCHER = fileURLToPath(new URL('../../src/cli/gate.cjs', import.meta.url));
const GOOD =
  'url: http://gate.example.com\nenvironments: { production: { channel: "#deploys", reviewers: channel } }\n';

const directories: string[] = [];
let child: ChildProcess | null = null;
afterEach(async () => {
  child?.kill('SIGKILL');
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

/** `gate serve` as an operator starts it: from a directory of their own, far from the checkout. */
function serve(config: string, variables: Record<string, string>) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'gatehouse-serve-'));
  directories.push(cwd);
  writeFileSync(path.join(cwd, 'gatehouse.yaml'), config);
  const started = spawn(process.execPath, [LAUNCHER, 'serve'], {
    cwd,
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      ...variables,
    } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  child = started;
  let said = '';
  started.stderr.on('data', (data) => {
    said += data;
  });
  const exit = new Promise<number | null>((resolve) => started.once('close', resolve));
  return { cwd, exit, said: () => said, process: started };
}

it('starts in a directory of its own, keeps its secrets to itself, serves its pages, and closes', async () => {
  const port = await freePort();
  const server = serve(GOOD, { PORT: String(port) });
  const get = (page: string) => fetch(`http://127.0.0.1:${port}${page}`);
  await expect.poll(() => server.said(), { timeout: 30_000 }).toContain('SLACK_BOT_TOKEN');
  expect(server.said()).toContain('Public key');
  expect(await (await get('/docs')).text()).toContain('Gatehouse API');
  for (const file of ['signing-key.pem', 'admin-token']) {
    expect(statSync(path.join(server.cwd, '.gatehouse', file)).mode & 0o777).toBe(0o600);
  }
  server.process.kill('SIGTERM');
  expect(await server.exit).toBe(0);
});

it('does not start on a faulty file, and names every fault with its mend', async () => {
  const server = serve('url: nowhere\nenvironments: { production: { channel: deploys } }\n', {});
  expect(await server.exit).toBe(2);
  expect(server.said()).toMatch(/url: write a web address/);
  expect(server.said()).toMatch(/environments\.production\.channel: write a channel id/);
  expect(server.said()).toMatch(/environments\.production\.reviewers/);
});

it('says what to do when there is no configuration', async () => {
  const server = serve(GOOD, { GATE_CONFIG: '/nowhere/gatehouse.yaml' });
  expect(await server.exit).toBe(2);
  expect(server.said()).toContain('there is no such file');
});

it('serves on for a while when it is told to end, and says that it is leaving', async () => {
  const port = await freePort();
  const server = serve(GOOD, { PORT: String(port), GATE_DRAIN_SECONDS: '60' });
  const status = async (page: string) => (await fetch(`http://127.0.0.1:${port}${page}`)).status;
  await expect.poll(() => server.said(), { timeout: 30_000 }).toContain('SLACK_BOT_TOKEN');
  expect(await status('/readyz')).toBe(200);
  server.process.kill('SIGTERM');
  await expect.poll(() => status('/readyz')).toBe(503);
  expect(await status('/healthz')).toBe(200);
  expect(await status('/api/v1/keys')).toBe(200);
  // Who cannot wait says it twice.
  server.process.kill('SIGTERM');
  await server.exit;
  expect(server.process.signalCode).toBe('SIGTERM');
});
