import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import { until } from '../support/until.ts';
import { runClient } from './client.ts';
import { isLong, measured } from './form.ts';
import { coverEcho, type FaultWorld, startFaultWorld } from './world.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 180_000 });

const MEGABYTE = 1024 * 1024;
const DISK_MEGABYTES = 160;

/** Only root mounts a small disk of its own. */
const canMount = isLong && process.getuid?.() === 0;

describe.runIf(canMount)('the disk of PostgreSQL is full', () => {
  let disk: string;
  let postgres: OwnPostgres;
  let world: FaultWorld;
  beforeAll(async () => {
    disk = mkdtempSync(path.join(tmpdir(), 'gatehouse-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MEGABYTES}m,mode=0755`, 'tmpfs', disk]);
    postgres = await startOwnPostgres(disk);
    world = await startFaultWorld({ databaseUrl: postgres.url });
    await coverEcho(world);
  });
  afterAll(async () => {
    await world?.close();
    await postgres?.close();
    execFileSync('umount', ['-l', disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  it('nothing is approved; when there is room again everything goes on', async () => {
    const { balancer: _, a, token, ledger } = world;
    const { bavail, bsize } = statfsSync(disk);
    const ballast = path.join(disk, 'ballast');
    writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - MEGABYTE / 2)));
    const statuses: number[] = [];
    const large = 'x'.repeat(12_000);
    await until(
      'the disk to be full',
      async () => {
        const body = { environment: 'production', argv: ['echo', `${statuses.length}-${large}`] };
        const answer = await a.call('POST', '/api/v1/requests', { token, body }).catch(() => null);
        statuses.push(answer?.status ?? 0);
        if (answer?.status === 202) ledger.accepted.add(((await answer.json()) as { id: string }).id);
        return statuses.slice(-5).every((status) => status >= 500);
      },
      120_000,
    );
    const body = { environment: 'staging', argv: ['echo', 'covered', 'while-full'] };
    const refused = await a.call('POST', '/api/v1/requests', { token, body });
    expect(refused.status).toBe(503);
    rmSync(ballast);
    await postgres.start().catch(() => {});
    const after = await runClient(world, 'staging', ['echo', 'covered', 'room-again']);
    expect(after.hasRun).toBe(true);
    for (const id of ledger.accepted)
      await a.call('POST', `/api/v1/requests/${id}/withdraw`, { token, body: {} });
    await world.expectPromises();
    measured({
      case: 'P4',
      promise: 'the disk is full: 503, nothing is approved; with room again the chain is whole',
      runs: 1,
      figures: { 'taken before it was full': statuses.filter((status) => status === 202).length },
    });
  });
});
