import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/gate/authenticate.ts';
import { createRuleBook } from '../../src/gate/rule-book.ts';
import { type Author, addRule, revokeRule } from '../../src/gate/rules.ts';
import { submit } from '../../src/gate/submit.ts';
import { createTogether } from '../../src/gate/together.ts';
import { type Database, openPostgres } from '../../src/store/database.ts';
import { findRequest, type RequestRow } from '../../src/store/requests.ts';
import { findRule } from '../../src/store/rules.ts';
import { DATABASE_KINDS, freshDatabase, freshPostgres } from '../support/databases.ts';
import { askFor, callerOf, depsOver, type TestDeps } from '../support/deps.ts';
import { faultsOfRequests, faultsOfTheChain } from '../support/invariants.ts';
import { recordTypes, ruleWish } from '../support/verbs.ts';

const author: Author = { subject: 'token:admin', name: 'admin', isAdmin: true, people: [] };
const covered = (n: number | string) => ({
  command: { kind: 'argv' as const, argv: ['kubectl', 'get', 'pods', '-n', `team-${n}`] },
  environment: 'staging',
});
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const soundness = async (database: Database, deps: TestDeps) => [
  ...(await faultsOfRequests(database)),
  ...(await faultsOfTheChain(database, deps.signingKey.publicKey)),
];

async function allowPods(deps: TestDeps): Promise<string> {
  const added = await addRule(
    deps,
    author,
    ruleWish({ text: 'kubectl get pods -n team-*', environment: 'staging' }),
  );
  if (!added.ok) throw new Error(JSON.stringify(added));
  return added.rule.id;
}

describe.each(DATABASE_KINDS)('what rules let pass, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  let ruleId: string;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
    ruleId = await allowPods(deps);
  });
  afterAll(() => deps.close());

  const hits = async () => (await findRule(database.db, ruleId))?.hits ?? 0;
  const mustPass = async (over: Parameters<typeof askFor>[0]): Promise<RequestRow> => {
    const result = await submit(deps, caller, askFor(over));
    if (!result.ok) throw new Error(result.code);
    expect(result.request.state).toBe('approved');
    return result.request;
  };

  it('is answered as it is stored, with its records, its timer and its hit', async () => {
    const before = await hits();
    const row = await mustPass({
      ...covered('one'),
      reason: 'to look',
      context: { repository: 'acme/shop', step: 'deploy', run_id: '7', actor: 'cleo' },
      cwd: '/srv',
      idempotencyKey: 'one',
    });
    expect(await findRequest(database.db, row.id)).toEqual(row);
    expect(row).toMatchObject({ version: 2, decision: { by: 'rule' }, rules: [ruleId] });
    expect((row.useBy?.getTime() ?? 0) - row.createdAt.getTime()).toBe(900_000);
    expect(await recordTypes(database, row.id)).toEqual(['requested', 'approved']);
    const timers = await database.rows(
      sql`select kind, due_at = ${row.useBy?.toISOString()}::timestamptz as "isInTime" from timers where request_id = ${row.id}`,
    );
    expect(timers).toEqual([{ kind: 'lapse', isInTime: true }]);
    expect(await hits()).toBe(before + 1);
    expect(await soundness(database, deps)).toEqual([]);
  });

  it('two hundred at once: each once, few commits, one chain without a gap', async () => {
    const before = await hits();
    const commits = async () =>
      (await database.rows<{ n: number }>(sql`select count(distinct xmin::text)::int as n from requests`))[0]
        ?.n ?? 0;
    const committed = await commits();
    const rows = await Promise.all(numbers(200).map((n) => mustPass(covered(`many-${n}`))));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(200);
    expect((await commits()) - committed).toBeLessThan(20);
    expect(await hits()).toBe(before + 200);
    expect(await soundness(database, deps)).toEqual([]);
  });

  it('one that the database refuses spoils nobody else’s', async () => {
    const poisoned = expect(
      submit(deps, caller, askFor({ ...covered('poisoned'), reason: 'a\0b' })),
    ).rejects.toThrow();
    const others = await Promise.all(numbers(20).map((n) => mustPass(covered(`beside-${n}`))));
    await poisoned;
    for (const { id } of others) expect((await findRequest(database.db, id))?.state).toBe('approved');
    expect(await soundness(database, deps)).toEqual([]);
  });

  it('the same idempotency key at once is one request; with another body it is a mistake', async () => {
    const same = { ...covered('same'), idempotencyKey: 'at-once' };
    const answers = await Promise.all([
      ...numbers(10).map(() => submit(deps, caller, askFor(same))),
      submit(deps, caller, askFor({ ...same, bodyHash: 'another' })),
    ]);
    const ids = new Set(answers.flatMap((answer) => (answer.ok ? [answer.request.id] : [])));
    expect(ids.size).toBe(1);
    expect(answers.at(-1)).toEqual({ ok: false, code: 'key-reused' });
    expect(await submit(deps, caller, askFor(same))).toMatchObject({ ok: true, replayed: true });
    expect(await soundness(database, deps)).toEqual([]);
  });

  it('what no rule covers waits beside what passes', async () => {
    const [waits, passes] = await Promise.all([
      submit(
        deps,
        caller,
        askFor({ ...covered('x'), command: { kind: 'argv', argv: ['kubectl', 'drain', 'n1'] } }),
      ),
      mustPass(covered('beside-one-that-waits')),
    ]);
    expect(waits).toMatchObject({ ok: true, request: { state: 'pending' } });
    expect(passes.state).toBe('approved');
  });

  it('takes the place of an older run, by itself', async () => {
    const lane = { repository: 'acme/shop', job: 'ship', step: 'drain' };
    const older = await submit(
      deps,
      caller,
      askFor({
        ...covered('x'),
        command: { kind: 'argv', argv: ['kubectl', 'drain', 'n2'] },
        context: { ...lane, run_id: '10' },
      }),
    );
    await mustPass({ ...covered('newer'), context: { ...lane, run_id: '11' } });
    const { id } = (older as { request: RequestRow }).request;
    expect(await findRequest(database.db, id)).toMatchObject({ state: 'withdrawn' });
  });

  it('a rule that is revoked while it is being stored lets nothing pass', async () => {
    const other = await addRule(
      deps,
      author,
      ruleWish({ text: 'kubectl get nodes', environment: 'staging' }),
    );
    if (!other.ok) throw new Error('no rule');
    const late: TestDeps = {
      ...deps,
      together: {
        ...deps.together,
        write: async (writing) => {
          await revokeRule(deps, author, other.rule.id);
          return deps.together.write(writing);
        },
      },
    };
    const ask = askFor({ ...covered('x'), command: { kind: 'argv', argv: ['kubectl', 'get', 'nodes'] } });
    expect(await submit(late, caller, ask)).toMatchObject({ ok: true, request: { state: 'pending' } });
    expect(await soundness(database, deps)).toEqual([]);
  });
});

describe('what rules let pass at two replicas', () => {
  it('goes onto one chain without a gap, beside verbs that write it, too', async () => {
    const { url, drop } = await freshPostgres();
    const [first, second] = [await openPostgres(url), await openPostgres(url)];
    const deps = await depsOver(first);
    const other = {
      ...deps,
      database: second,
      together: createTogether(second),
      ruleBook: createRuleBook(second),
    };
    const caller = await callerOf(deps);
    await allowPods(deps);
    const rounds = numbers(150).map(async (n) => {
      const at = n % 2 ? deps : other;
      const result = await submit(at, caller, askFor(covered(n)));
      if (n % 15 === 0) await callerOf(at);
      return result.ok && result.request.state;
    });
    expect(new Set(await Promise.all(rounds))).toEqual(new Set(['approved']));
    expect(await soundness(first, deps)).toEqual([]);
    await deps.close();
    await second.close();
    await drop();
  });
});
