import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PastDecision, Suggestion } from '../../src/core/learning/suggestion.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import { type Learn, type LearnInput, learnInWorker } from '../../src/gate/night/learn.ts';
import { setDueNight, workAtNight } from '../../src/gate/night/night.ts';
import { restoreRule } from '../../src/gate/restore-rule.ts';
import { addRule } from '../../src/gate/rules.ts';
import { acceptSuggestion } from '../../src/gate/suggestions/accept.ts';
import { suggested } from '../../src/gate/suggestions/list.ts';
import { narrowSuggestion } from '../../src/gate/suggestions/narrow.ts';
import { refuseSuggestion } from '../../src/gate/suggestions/never.ts';
import { postponeSuggestion } from '../../src/gate/suggestions/not-now.ts';
import type { Database } from '../../src/store/database.ts';
import { findRule } from '../../src/store/rules.ts';
import { learningPosts, nights, rules } from '../../src/store/schema.ts';
import { findSuggestion, listSuggestions } from '../../src/store/suggestions.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { callerOf, depsOver, type TestDeps } from '../support/deps.ts';
import { longestGap } from '../support/gaps.ts';
import { decided, multiply } from '../support/history.ts';
import { authorNamed, otherRecords, suggestionOf } from '../support/learning.ts';
import { mustSubmit, ruleWish } from '../support/verbs.ts';

const ana = authorNamed('ana');

/** A learner that notes what it was given and answers this. */
function stubLearner(answer: (seen: PastDecision[], input: LearnInput) => Suggestion[] = () => []) {
  const calls: { seen: PastDecision[]; input: LearnInput }[] = [];
  const learn: Learn = async (input) => {
    const seen: PastDecision[] = [];
    for await (const page of input.pages) seen.push(...page);
    calls.push({ seen, input });
    return answer(seen, input);
  };
  return { learn, calls };
}

describe.each(DATABASE_KINDS)('the night, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  beforeEach(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
  });
  afterEach(() => deps.close());

  const toNextNight = () => advance(database, '24 hours');
  const nightsDone = async () =>
    (await database.db.select().from(nights).orderBy(nights.id)).filter(
      ({ finishedAt, problem }) => finishedAt && !problem,
    );
  const withLearner = (learn: Learn): TestDeps => Object.assign(deps, { learn });
  const manual = async (over = {}) => {
    const added = await addRule(deps, { ...ana, isAdmin: true }, ruleWish(over));
    if (!added.ok) throw new Error(added.code);
    return added.rule.id;
  };

  it('does nothing before anybody asked for anything', async () => {
    expect(await workAtNight(deps)).toBe(0);
    await mustSubmit(deps, caller);
    expect(await workAtNight(deps)).toBe(0);
    await toNextNight();
    expect(await workAtNight(deps)).toBe(1);
    expect(await workAtNight(deps)).toBe(0);
  });

  it('is done once over all replicas, whoever comes first', async () => {
    await mustSubmit(deps, caller);
    await toNextNight();
    const { learn, calls } = stubLearner(() => [suggestionOf()]);
    const replicas = [
      withLearner(learn),
      await depsOver(database, { learn, signingKey: deps.signingKey }),
      await depsOver(database, { learn, signingKey: deps.signingKey }),
    ];
    await Promise.all(replicas.map(workAtNight));
    await Promise.all(replicas.map(workAtNight));
    expect(calls).toHaveLength(1);
    expect(await nightsDone()).toHaveLength(1);
    expect(await listSuggestions(database.db)).toHaveLength(1);
    expect((await otherRecords(database)).filter((type) => type === 'night')).toHaveLength(1);
    expect(await database.db.select().from(learningPosts)).toHaveLength(1);
  });

  it('three missed nights are made up for in one', async () => {
    await mustSubmit(deps, caller);
    await toNextNight();
    await workAtNight(deps);
    await advance(database, '3 days');
    expect(await workAtNight(deps)).toBe(1);
    expect(await workAtNight(deps)).toBe(0);
    expect(await nightsDone()).toHaveLength(2);
  });

  it('goes on where a process that died had stopped, and nothing comes twice', async () => {
    await mustSubmit(deps, caller);
    await toNextNight();
    const { learn, calls } = stubLearner(() => [suggestionOf()]);
    // It dies after it had learned: the lease runs, nobody works.
    const dies = { ...withLearner(learn) };
    dies.observe = ((event: never) => {
      if ((event as { step?: string }).step === 'learn') throw new Error('killed');
    }) as never;
    await workAtNight(dies);
    expect((await database.db.select().from(nights))[0]).toMatchObject({ done: ['learn'], finishedAt: null });
    expect(await workAtNight(deps)).toBe(0);
    await advance(database, '2 minutes');
    expect(await workAtNight(deps)).toBe(1);
    expect(calls).toHaveLength(1);
    expect((await nightsDone())[0]).toMatchObject({
      done: ['learn', 'notices', 'prune', 'report', 'post'],
      attempts: 2,
    });
    expect(await listSuggestions(database.db)).toMatchObject([{ version: 1 }]);
  });

  it('who lost the lease while learning changes nothing', async () => {
    await mustSubmit(deps, caller);
    await toNextNight();
    const slow = stubLearner(() => [suggestionOf({ id: 'sug_late' })]);
    const other = await depsOver(database, {
      learn: stubLearner(() => [suggestionOf()]).learn,
      signingKey: deps.signingKey,
    });
    const learn: Learn = async (input) => {
      await advance(database, '2 minutes');
      await workAtNight(other);
      return slow.learn(input);
    };
    await workAtNight(withLearner(learn));
    expect((await listSuggestions(database.db)).map(({ id }) => id)).toEqual([suggestionOf().id]);
    expect(deps.events.filter(({ kind: event }) => event === 'fault')).toEqual([]);
  });

  it('a fault is said and tried again later', async () => {
    await mustSubmit(deps, caller);
    await toNextNight();
    await workAtNight(withLearner(() => Promise.reject(new Error('no'))));
    expect(deps.events).toContainEqual(expect.objectContaining({ kind: 'fault' }));
    expect(await workAtNight(deps)).toBe(0);
    await advance(database, '1 minute');
    await workAtNight(withLearner(stubLearner().learn));
    expect(await nightsDone()).toHaveLength(1);
  });

  it('has the learner study what people decided, and nothing else', async () => {
    const owned = await callerOf(deps, { owner: 'UCLEO' });
    await decided(deps, caller, { text: 'echo a', verdict: 'approve', by: 'ana' });
    await decided(deps, owned, { text: 'echo b', verdict: 'deny', by: 'ben' });
    await decided(deps, owned, { text: 'echo own', verdict: 'deny', by: 'cleo' });
    await decided(deps, caller, { text: 'echo old', verdict: 'approve', by: 'ana', ago: '91d' });
    await decided(deps, caller, {
      text: 'curl -H "Authorization: Bearer ghp_0123456789abcdefghijABCDEFGHIJ012345" x',
      verdict: 'approve',
      by: 'ana',
    });
    await decided(deps, caller, {
      text: 'echo two',
      verdict: 'approve',
      by: 'ana',
      over: { environment: 'payments' },
    });
    await manual({ text: 'echo ruled', environment: 'production' });
    await mustSubmit(deps, caller, { command: { kind: 'shell', text: 'echo ruled' } });
    await toNextNight();
    const { learn, calls } = stubLearner();
    await workAtNight(withLearner(learn));
    expect(
      calls[0]?.seen.map(({ command, decision, decidedBy, requester }) => [
        command,
        decision,
        decidedBy,
        requester,
      ]),
    ).toEqual([
      ['echo a', 'approved', 'UANA', 'ci'],
      ['echo b', 'denied', 'UBEN', 'UCLEO'],
      ['echo ruled', 'auto', 'rule', 'ci'],
    ]);
    expect(calls[0]?.input.rules).toMatchObject([{ rule: 'echo ruled', hits: 1 }]);
  });

  it('names that a client gives itself do not make two requesters of one', async () => {
    for (const actor of ['mallory', 'trent']) {
      const over = { context: { actor } };
      await decided(deps, caller, { text: 'deployctl restart web', verdict: 'approve', by: 'ana', over });
    }
    await toNextNight();
    await workAtNight(Object.assign(deps, { learn: learnInWorker }));
    expect((await suggested(deps)).total).toBe(0);
    await decided(deps, caller, { text: 'deployctl restart web', verdict: 'approve', by: 'ben' });
    await toNextNight();
    await workAtNight(deps);
    expect((await suggested(deps)).total).toBe(1);
  });

  it('supersedes what is no longer proposed, and withdraws what people denied since', async () => {
    await mustSubmit(deps, caller);
    let answer = [suggestionOf(), suggestionOf({ id: 'sug_2', family: 'fam_2', rules: ['echo {int}'] })];
    withLearner(stubLearner(() => answer).learn);
    await toNextNight();
    await workAtNight(deps);
    expect((await suggested(deps)).total).toBe(2);
    await decided(deps, caller, {
      text: 'kubectl rollout restart deployment/api',
      verdict: 'deny',
      by: 'ben',
    });
    answer = [];
    await toNextNight();
    await workAtNight(deps);
    expect(await findSuggestion(database.db, suggestionOf().id)).toMatchObject({
      state: 'withdrawn',
      reason: expect.stringContaining('ben denied kubectl rollout restart deployment/api'),
    });
    expect(await findSuggestion(database.db, 'sug_2')).toMatchObject({ state: 'superseded' });
    answer = [suggestionOf({ id: 'sug_2', family: 'fam_2', rules: ['echo {int}'] })];
    await toNextNight();
    await workAtNight(deps);
    expect(await findSuggestion(database.db, 'sug_2')).toMatchObject({
      state: 'open',
      night: expect.any(String),
    });
  });

  it('what was put off comes back after a week, what was refused only on new evidence, what was narrowed stays', async () => {
    await mustSubmit(deps, caller);
    const families = ['put-off', 'refused', 'narrowed'].map((family) =>
      suggestionOf({ id: `sug_${family}`, family }),
    );
    let answer = families;
    withLearner(stubLearner(() => answer).learn);
    await toNextNight();
    await workAtNight(deps);
    await postponeSuggestion(deps, ana, { id: 'sug_put-off', version: 1 });
    await refuseSuggestion(deps, ana, { id: 'sug_refused', version: 1 });
    const narrowed = await narrowSuggestion(deps, ana, {
      id: 'sug_narrowed',
      version: 1,
      keys: ['value:0:0'],
    });
    if (!narrowed.ok) throw new Error(narrowed.code);
    const open = async () => (await listSuggestions(database.db)).map(({ id }) => id).sort();
    const more = (approvals: number, requesters: string[]) =>
      families.map((each) => ({ ...each, evidence: { ...each.evidence, approvals, requesters } }));
    const openAfter = async (days: number, given: Suggestion[]) => {
      answer = given;
      await advance(database, `${days} days`);
      await workAtNight(deps);
      return open();
    };
    expect(await openAfter(1, families)).toEqual([narrowed.suggestion.id]);
    expect(await openAfter(1, more(12, ['UCLEO']))).toEqual([narrowed.suggestion.id, 'sug_put-off'].sort());
    await postponeSuggestion(deps, ana, { id: 'sug_put-off', version: 3 });
    expect(await openAfter(6, more(12, ['UCLEO']))).toEqual([narrowed.suggestion.id]);
    expect(await openAfter(1, more(12, ['UCLEO']))).toEqual([narrowed.suggestion.id, 'sug_put-off'].sort());
    expect(await openAfter(1, more(12, ['UCLEO', 'UNEW']))).toEqual(
      [narrowed.suggestion.id, 'sug_narrowed', 'sug_put-off', 'sug_refused'].sort(),
    );
  });

  it('a refreshed suggestion has to be looked at again; the same one is left alone', async () => {
    await mustSubmit(deps, caller);
    let answer = [suggestionOf()];
    withLearner(stubLearner(() => answer).learn);
    for (let night = 0; night < 2; night++) {
      await toNextNight();
      await workAtNight(deps);
    }
    expect((await listSuggestions(database.db))[0]?.version).toBe(1);
    answer = [suggestionOf({ savesPerWeek: 9 })];
    await toNextNight();
    await workAtNight(deps);
    expect(await acceptSuggestion(deps, ana, { id: suggestionOf().id, version: 1 })).toMatchObject({
      code: 'suggestion-changed',
    });
  });

  it('announces rules nobody needs, and takes them away a week later; used or kept ones stay; undo brings one back', async () => {
    const [unused, , late] = [
      await manual({ text: 'echo unused' }),
      await manual({ text: 'echo used' }),
      await manual({ text: 'echo late' }),
    ];
    const use = (text: string) => mustSubmit(deps, caller, { command: { kind: 'shell', text } });
    await use('echo used');
    await advance(database, '13 days');
    await use('echo used');
    await workAtNight(deps);
    expect((await findRule(database.db, unused))?.pruneAt).toBeNull();
    await advance(database, '2 days');
    await workAtNight(deps);
    const announced = await database.db.select().from(rules).where(sql`${rules.pruneAt} is not null`);
    expect(announced.map(({ id }) => id).sort()).toEqual([unused, late].sort());
    const [line] = (await database.db.select().from(learningPosts).orderBy(sql`id desc`)) as never as {
      payload: object;
    }[];
    expect(line?.payload).toMatchObject({ kind: 'night', announced: 2 });
    await advance(database, '3 days');
    expect((await use('echo late')).state).toBe('approved');
    await advance(database, '5 days');
    await workAtNight(deps);
    expect((await use('echo unused')).state).toBe('pending');
    expect((await use('echo late')).state).toBe('approved');
    expect((await use('echo used')).state).toBe('approved');
    expect((await otherRecords(database)).filter((type) => /announced|revoked/.test(type))).toEqual([
      'rule-announced',
      'rule-announced',
      'rule-revoked',
    ]);
    expect(await restoreRule(deps, ana, unused)).toMatchObject({ ok: true });
    expect((await use('echo unused')).state).toBe('approved');
    await database.db
      .update(rules)
      .set({ revokedAt: sql`now() - interval '31 days'`, revokedFor: 'prune' })
      .where(eq(rules.id, unused));
    expect(await restoreRule(deps, ana, unused)).toMatchObject({ code: 'nothing-to-undo' });
  });

  it('reports how it went', async () => {
    await manual({ text: 'echo ruled' });
    await mustSubmit(deps, caller, { command: { kind: 'shell', text: 'echo ruled' } });
    await decided(deps, caller, { text: 'kubectl get pods', verdict: 'approve', by: 'ana' });
    await toNextNight();
    await workAtNight(withLearner(stubLearner().learn));
    expect((await nightsDone())[0]?.report).toMatchObject({
      decided: 2,
      passed: 1,
      byPeople: 1,
      hitRate: 0.5,
      savedMinutes: 2,
      answerers: [{ name: 'ana', decisions: 1 }],
      mostAsked: [{ family: 'kubectl get', environment: 'production', asked: 1 }],
      whitelist: { rules: 1, families: 1 },
    });
  });

  it('a night that is set at the same time by two is set once', async () => {
    await mustSubmit(deps, caller);
    await toNextNight();
    expect(
      (await Promise.all([setDueNight(deps), setDueNight(deps), setDueNight(deps)])).filter(Boolean),
    ).toHaveLength(1);
  });

  it('studies thousands of decisions while this thread keeps serving', async () => {
    const text = 'deployctl release web-1 --build 1';
    const id = await decided(deps, caller, { text, verdict: 'approve', by: 'ana' });
    await multiply(database, id, 5000);
    await toNextNight();
    const gap = await longestGap(() => workAtNight(withLearner(learnInWorker)));
    expect(deps.events.filter(({ kind: event }) => event === 'fault')).toEqual([]);
    const learned = deps.events.find((event) => event.kind === 'night' && event.step === 'learn');
    expect(learned).toMatchObject({ counts: { decisions: 5001 } });
    // The embedded database works in this thread, too.
    expect(gap).toBeLessThan(kind === 'postgres' ? 100 : 500);
  });
});
