import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { checkGrant } from '../../src/core/proof/grant.ts';
import { openPostgres } from '../../src/store/database.ts';
import { examineChain } from '../../src/store/whole-chain.ts';
import { freshPostgres } from '../support/databases.ts';
import { freshDirectory, startGate } from '../support/gate-process.ts';
import { makeServer, type ServerProcess, sharedSecrets } from '../support/server-process.ts';
import { openServerWorld, type ServerWorld } from '../support/server-world.ts';
import { openCard, openSlack } from '../support/story.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

interface Asked {
  id: string;
  state: string;
  grant: unknown;
  started_at: string | null;
}

const ask = async (server: ServerProcess, token: string, command: string): Promise<Asked> => {
  const body = { environment: 'production', command };
  return (await (await server.call('POST', '/api/v1/requests', { token, body })).json()) as Asked;
};
const look = async (server: ServerProcess, token: string, id: string): Promise<Asked> =>
  (await (await server.call('GET', `/api/v1/requests/${id}?wait=20&version=1`, { token })).json()) as Asked;
const start = (server: ServerProcess, token: string, id: string) =>
  server.call('POST', `/api/v1/requests/${id}/start`, { token, body: { start_id: randomUUID() } });

describe('an embedded gate that loses its directory', () => {
  let world: ServerWorld;
  let file: string;
  const gate = (args: string[]) => startGate(args, { env: { GATE_DATA: world.server.dataDirectory } }).ended;

  beforeEach(async () => {
    world = await openServerWorld('embedded', 'http');
    file = path.join(freshDirectory(), 'gate.tgz');
    await world.server.start();
  });
  afterEach(() => world.close());

  it('has everything back: tokens, decisions, its key, the whole chain; and no approval twice', async () => {
    const { server, slack } = world;
    const [token, publicKey] = [await server.token(), await server.publicKey()];
    const used = await ask(server, token, 'systemctl restart one');
    await slack.click('UANA', await openCard(slack), 'approve');
    const approved = await look(server, token, used.id);
    expect((await start(server, token, used.id)).status).toBe(200);
    const unused = await ask(server, token, 'systemctl restart two');
    await slack.click('UANA', await openCard(slack), 'approve');
    expect(await look(server, token, unused.id)).toMatchObject({ state: 'approved', started_at: null });

    const refused = await gate(['backup', '--to', file]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/in use by process \d+.*\nhint: stop/),
    });
    expect(existsSync(file)).toBe(false);

    await server.stop();
    const made = await gate(['backup', '--to', file]);
    expect(made.stdout).toMatch(
      /holds database, signing-key\.pem, admin-token\nTried +2 requests; \d+ records/,
    );
    expect(made.code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await gate(['backup', '--to', file])).stderr).toMatch(/is there already/);

    await server.start();
    // Used after the backup: the restored gate cannot know.
    expect((await start(server, token, unused.id)).status).toBe(200);
    await server.stop();
    rmSync(server.dataDirectory, { recursive: true });

    const restored = await gate(['restore', '--from', file]);
    expect(restored).toMatchObject({ code: 0, stdout: expect.stringMatching(/Void +1 approvals/) });
    expect(statSync(path.join(server.dataDirectory, 'signing-key.pem')).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(server.dataDirectory, 'database')).mode & 0o777).toBe(0o700);
    expect((await gate(['restore', '--from', file])).stderr).toMatch(/has a database\nhint: stop the gate/);

    await server.start();
    expect(await server.publicKey()).toBe(publicKey);
    expect(await look(server, token, used.id)).toMatchObject({ state: 'approved' });
    const checked = checkGrant(approved.grant as never, {
      requestId: used.id,
      digestWith: () => '',
      publicKeys: [publicKey],
      nowMs: Date.now(),
    });
    // Its signature is good; no command of this test has its digest.
    expect(checked).toMatchObject({ good: false, fault: 'other-command' });
    expect((await start(server, token, unused.id)).status).toBe(409);
    expect((await start(server, token, used.id)).status).toBe(409);
    const fault = await world.atRest(async (database) => (await examineChain(database)).fault);
    expect(fault).toBeNull();
  });

  it('restores nothing from a file that is damaged or no backup, and touches no other key', async () => {
    const { server } = world;
    await server.stop();
    await gate(['backup', '--to', file]);
    const aside = `${server.dataDirectory}.before`;
    execFileSync('mv', [server.dataDirectory, aside]);

    const damaged = path.join(path.dirname(file), 'damaged.tgz');
    writeFileSync(damaged, readFileSync(file).subarray(0, 100_000));
    const strange = path.join(path.dirname(file), 'strange.tgz');
    execFileSync('tar', ['-czf', strange, '-C', '/', 'etc/hostname']);
    for (const [from, words] of [
      [damaged, /tar says/],
      [strange, /is no backup of a gate: it holds etc/],
      ['/no/such/file', /there is no \/no/],
    ] as const) {
      const ended = await gate(['restore', '--from', from]);
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(words) });
      expect(existsSync(path.join(server.dataDirectory, 'database'))).toBe(false);
    }

    mkdirSync(server.dataDirectory, { recursive: true });
    writeFileSync(path.join(server.dataDirectory, 'signing-key.pem'), 'another key');
    const ended = await gate(['restore', '--from', file]);
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/has another signing-key\.pem/) });
    expect(readFileSync(path.join(server.dataDirectory, 'signing-key.pem'), 'utf8')).toBe('another key');
  });
});

it('names the tool for a gate on PostgreSQL', async () => {
  const env = { DATABASE_URL: 'postgres://gate@127.0.0.1/gatehouse' };
  for (const [args, tool] of [
    [['backup', '--to', 'x'], /hint: pg_dump --format=custom/],
    [['restore', '--from', 'x'], /hint: pg_restore --no-owner/],
  ] as const)
    expect((await startGate([...args], { env }).ended).stderr).toMatch(tool);
});

const major = (text: string): number => Number(/(\d+)(?:\.|devel|$|\s)/.exec(text)?.[1] ?? 0);
const tools = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' });
const toolsAre = tools.status === 0 ? major(tools.stdout) : 0;

it('comes back from pg_dump on PostgreSQL', async ({ skip }) => {
  const source = await openPostgres(inject('postgresUrl'), { connections: 1 });
  const [server] = await source.rows<{ v: number }>(
    sql`select current_setting('server_version_num')::int / 10000 as v`,
  );
  await source.close();
  skip(
    toolsAre < (server?.v ?? 0),
    `pg_dump ${toolsAre || 'is missing and'} cannot read PostgreSQL ${server?.v}: TEST_DATABASE_URL names an older one`,
  );
  const slack = await openSlack();
  const [before, after] = [await freshPostgres(), await freshPostgres({ isEmpty: true })];
  const variables = sharedSecrets();
  const first = await makeServer({ slack, transport: 'http', databaseUrl: before.url, variables });
  const second = await makeServer({ slack, transport: 'http', databaseUrl: after.url, variables });
  try {
    slack.requestUrl = first.slackUrl;
    await first.start();
    const [token, publicKey] = [await first.token(), await first.publicKey()];
    const { id } = await ask(first, token, 'systemctl restart one');
    await slack.click('UANA', await openCard(slack), 'approve');
    await look(first, token, id);

    const dump = path.join(freshDirectory(), 'gatehouse.dump');
    execFileSync('pg_dump', ['--format=custom', `--file=${dump}`, before.url]);
    await first.stop();
    execFileSync('pg_restore', ['--no-owner', '--exit-on-error', `--dbname=${after.url}`, dump]);

    await second.start();
    expect(await second.publicKey()).toBe(publicKey);
    expect(await look(second, token, id)).toMatchObject({ id, state: 'approved' });
    await second.stop();
    const restored = await openPostgres(after.url, { connections: 1 });
    expect(await examineChain(restored)).toMatchObject({ requests: 1, fault: null });
    await restored.close();
  } finally {
    await Promise.all([first.close(), second.close()]);
    await slack.stop();
    await Promise.all([before.drop(), after.drop()]);
  }
});
