import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../src/core/proof/envelope.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import { report } from '../../src/gate/report.ts';
import { start } from '../../src/gate/start.ts';
import { submit } from '../../src/gate/submit.ts';
import { sweep } from '../../src/gate/sweep.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import type { Database } from '../../src/store/database.ts';
import { findRequest, type RequestRow, viewRequest } from '../../src/store/requests.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps, voterNamed } from '../support/deps.ts';
import { mustSubmit, recordTypes } from '../support/verbs.ts';

describe.each(DATABASE_KINDS)('the life of a request, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
  });
  afterAll(() => deps.close());

  let asks = 0;
  const submitted = async (over = {}): Promise<RequestRow> => {
    // Not the same twice: what asks the same as another that waits shares its decision.
    asks += 1;
    const command = { kind: 'argv' as const, argv: ['echo', `hello ${asks}`] };
    return mustSubmit(deps, caller, { command, ...over });
  };
  const approve = (requestId: string, name = 'ana', over = {}) =>
    vote(deps, {
      requestId,
      voter: voterNamed(name, over),
      verdict: 'approve',
      reason: null,
      method: 'card',
    });
  const deny = (requestId: string, name = 'ana') =>
    vote(deps, { requestId, voter: voterNamed(name), verdict: 'deny', reason: 'not now', method: 'card' });
  const recordsOf = (id: string) => recordTypes(database, id);
  const again = async (id: string) => (await findRequest(database.db, id)) as RequestRow;

  it('is approved, used once, and reported', async () => {
    const { id } = await submitted();
    expect(await approve(id)).toMatchObject({ counted: true, ends: 'approved' });
    expect(await start(deps, id, 'start-aaaa')).toMatchObject({ ok: true });
    expect(await start(deps, id, 'start-aaaa')).toMatchObject({ ok: true });
    expect(await start(deps, id, 'start-bbbb')).toMatchObject({ ok: false, code: 'used-before' });
    const outcome = { exitCode: 0, signal: null, durationMs: 12 };
    expect(await report(deps, id, outcome)).toMatchObject({ ok: true });
    expect(await report(deps, id, outcome)).toMatchObject({ ok: true });
    expect(await report(deps, id, { ...outcome, exitCode: 1 })).toMatchObject({
      ok: false,
      code: 'reported-before',
    });
    expect(await recordsOf(id)).toEqual(['requested', 'approved', 'started', 'completed']);
  });

  it('carries a grant signed over its digest', async () => {
    const { id } = await submitted();
    await approve(id);
    const row = await again(id);
    const statement = JSON.parse(open(row.grant as never, [deps.signingKey.publicKey])?.payload ?? '{}');
    expect(statement.subject[0].digest.sha256).toBe(row.digest);
    expect(statement.predicate).toMatchObject({
      decision: 'approved',
      requestId: id,
      quorum: '1/1',
      maxUses: 1,
    });
    expect(new Date(statement.predicate.notAfter)).toEqual(row.useBy);
  });

  it('is denied with a reason', async () => {
    const { id } = await submitted();
    await deny(id);
    expect(await again(id)).toMatchObject({
      state: 'denied',
      decision: { by: 'people', reason: 'not now' },
      grant: null,
    });
    expect(await approve(id)).toMatchObject({ counted: false, code: 'already-decided' });
    expect(await start(deps, id, 'start-aaaa')).toMatchObject({ ok: false, code: 'not-approved' });
  });

  it('needs two distinct people where two are asked for', async () => {
    const { id } = await submitted({ environment: 'payments' });
    expect(await approve(id, 'ana')).toMatchObject({ counted: true, ends: null, approvals: 1, needed: 2 });
    expect(await approve(id, 'ana')).toMatchObject({ counted: false, code: 'voted-before' });
    expect(await approve(id, 'ben')).toMatchObject({ counted: true, ends: 'approved', approvals: 2 });
    expect((await again(id)).decision?.people.map((p) => p.name)).toEqual(['ana', 'ben']);
    expect(await recordsOf(id)).toEqual(['requested', 'voted', 'approved']);
  });

  it.each([
    ['an outsider', { isOutsider: true }, 'outsider'],
    ['a guest', { isGuest: true }, 'guest'],
    ['a deactivated user', { isDeactivated: true }, 'deactivated'],
    ['a bot', { isBot: true }, 'bot'],
    ['no reviewer', { isReviewer: false }, 'not-a-reviewer'],
    ['somebody whose membership is unknown', { isReviewer: null }, 'unknown-membership'],
  ])('does not count %s, and records the attempt', async (_, over, code) => {
    const { id } = await submitted();
    expect(await approve(id, 'eve', over)).toMatchObject({ counted: false, code });
    expect(await again(id)).toMatchObject({ state: 'pending' });
    expect(await recordsOf(id)).toEqual(['requested', 'vote-refused']);
  });

  it('is not approved by the person behind it, who may deny it', async () => {
    const owned = await callerOf(deps, { owner: 'UANA' });
    const { id } = await mustSubmit(deps, owned);
    expect(await approve(id, 'ana')).toMatchObject({ counted: false, code: 'requester' });
    expect(await deny(id, 'ana')).toMatchObject({ counted: true, ends: 'denied' });
  });

  it('notes why commands like it were denied: of the same project and environment, each reason once', async () => {
    const family = { command: { kind: 'argv' as const, argv: ['pg_repack', '--table', `t${asks}`] } };
    for (const word of ['one', 'two']) {
      const { id } = await submitted({ command: { kind: 'argv', argv: ['pg_repack', '--table', word] } });
      await deny(id, 'ben');
    }
    const { id } = await submitted(family);
    expect((await viewRequest(database.db, id))?.notes).toMatchObject([{ by: 'ben', reason: 'not now' }]);
    const elsewhere = await submitted({ ...family, environment: 'staging' });
    expect((await viewRequest(database.db, elsewhere.id))?.notes).toEqual([]);
    const other = await submitted({ command: { kind: 'argv', argv: ['psql', '--list'] } });
    expect((await viewRequest(database.db, other.id))?.notes).toEqual([]);
  });

  it('expires at the deadline, and a click after it decides nothing even before the timer fires', async () => {
    const [first, second] = [await submitted(), await submitted()];
    await advance(database, '9 minutes 50 seconds');
    await sweep(deps);
    expect((await findRequest(database.db, first.id))?.state).toBe('pending');
    await advance(database, '11 seconds');
    expect(await approve(first.id)).toMatchObject({
      counted: false,
      code: 'already-decided',
      request: { state: 'expired' },
    });
    await sweep(deps);
    expect(await again(second.id)).toMatchObject({ state: 'expired', decision: { by: 'deadline' } });
    expect(await recordsOf(first.id)).toEqual(['requested', 'expired']);
  });

  it('is withdrawn by its requester', async () => {
    const { id } = await submitted();
    expect(await withdraw(deps, id, 'Ctrl-C')).toMatchObject({
      state: 'withdrawn',
      decision: { by: 'requester' },
    });
    expect(await approve(id)).toMatchObject({ counted: false, code: 'already-decided' });
  });

  it('is withdrawn when its client falls silent', async () => {
    const { id } = await submitted({ heartbeatSeconds: 30 });
    await advance(database, '31 seconds');
    await sweep(deps);
    expect(await again(id)).toMatchObject({ state: 'withdrawn', decision: { by: 'lost-contact' } });
  });

  it('lapses when the approval is not used in time', async () => {
    const { id } = await submitted();
    await approve(id);
    await advance(database, '15 minutes 1 second');
    expect(await start(deps, id, 'start-aaaa')).toMatchObject({ ok: false, code: 'too-late' });
    await sweep(deps);
    expect((await again(id)).lapsedAt).not.toBeNull();
    expect(await recordsOf(id)).toEqual(['requested', 'approved', 'lapsed']);
  });

  it('is one request for one idempotency key, also when both come at once', async () => {
    const ask = askFor({ idempotencyKey: 'same' });
    const results = await Promise.all([
      submit(deps, caller, ask),
      submit(deps, caller, ask),
      submit(deps, caller, ask),
    ]);
    const ids = results.map((r) => (r.ok ? r.request.id : r.code));
    expect(new Set(ids).size).toBe(1);
    expect(await submit(deps, caller, { ...ask, bodyHash: 'other' })).toEqual({
      ok: false,
      code: 'key-reused',
    });
  });

  it('is denied at once when nobody can be asked', async () => {
    const result = await submit({ ...deps, canAsk: false }, caller, askFor());
    expect(result).toMatchObject({
      ok: true,
      request: { state: 'denied', decision: { by: 'nobody-to-ask' } },
    });
  });

  it.each([
    [{ environment: 'moon' }, 'unknown-environment'],
    [{ project: 'other' }, 'project-not-allowed'],
    [{ command: { kind: 'shell', text: 'x'.repeat(16 * 1024 + 1) } }, 'command-too-long'],
    [{ command: { kind: 'argv', argv: ['a\0b'] } }, 'command-not-text'],
    [{ command: { kind: 'shell', text: '  ' } }, 'command-not-text'],
    [{ digest: { salt: 'x'.repeat(16), sha256: '0'.repeat(64) } }, 'digest-mismatch'],
  ])('refuses %o', async (over, code) => {
    expect(await submit(deps, caller, askFor(over as never))).toEqual({ ok: false, code });
  });

  it('chains every record to the one before it', async () => {
    const rows = await database.rows<{ seq: number; hash: string; envelope: { payload: string } }>(
      sql`select seq::int as seq, hash, envelope from records order by seq`,
    );
    let prev: string | null = null;
    for (const [i, row] of rows.entries()) {
      const { chain } = JSON.parse(Buffer.from(row.envelope.payload, 'base64').toString()).predicate;
      expect(chain).toEqual({ id: 'main', seq: i + 1, prev });
      prev = row.hash;
    }
    expect(rows.length).toBeGreaterThan(30);
  });
});
