import { eq, sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../../src/gate/authenticate.ts';
import { keepRule } from '../../src/gate/keep-rule.ts';
import { restoreRule } from '../../src/gate/restore-rule.ts';
import { resumeRule } from '../../src/gate/resume-rule.ts';
import { addRule } from '../../src/gate/rules.ts';
import { acceptSuggestion } from '../../src/gate/suggestions/accept.ts';
import { narrowSuggestion } from '../../src/gate/suggestions/narrow.ts';
import { refuseSuggestion } from '../../src/gate/suggestions/never.ts';
import { postponeSuggestion } from '../../src/gate/suggestions/not-now.ts';
import { undoAcceptance } from '../../src/gate/suggestions/undo.ts';
import { vote } from '../../src/gate/vote.ts';
import type { Database } from '../../src/store/database.ts';
import { findRule, listRules } from '../../src/store/rules.ts';
import { emergencies, rules } from '../../src/store/schema.ts';
import { findSuggestion } from '../../src/store/suggestions.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { callerOf, depsOver, LEARNING, type TestDeps, voterNamed } from '../support/deps.ts';
import { authorNamed, openSuggestion, otherRecords } from '../support/learning.ts';
import { mustSubmit, ruleWish } from '../support/verbs.ts';

const [ana, ben, cleo] = ['ana', 'ben', 'cleo'].map((name) => authorNamed(name)) as [
  ReturnType<typeof authorNamed>,
  ReturnType<typeof authorNamed>,
  ReturnType<typeof authorNamed>,
];
const restart = (name: string) => ({
  kind: 'argv' as const,
  argv: ['kubectl', 'rollout', 'restart', `deployment/${name}`],
});

describe.each(DATABASE_KINDS)('answering suggestions, %s', (kind) => {
  let database: Database;
  let deps: TestDeps;
  let caller: Caller;
  beforeEach(async () => {
    database = await freshDatabase(kind);
    deps = await depsOver(database);
    caller = await callerOf(deps);
  });
  afterEach(() => deps.close());

  const accept = (id: string, version = 1, author = ana, over = {}) =>
    acceptSuggestion(deps, author, { id, version, ...over });
  const ask = (name: string, over = {}) => mustSubmit(deps, caller, { command: restart(name), ...over });
  const deny = async (requestId: string, reason: string | null = null) =>
    vote(deps, { requestId, voter: voterNamed('ben'), verdict: 'deny', reason, method: 'card' });
  const manual = async (over = {}) => {
    const added = await addRule(deps, { ...ana, isAdmin: true }, ruleWish(over));
    if (!added.ok) throw new Error(added.code);
    return added.rule;
  };

  it('puts the rules of an accepted suggestion in force at once, for 90 days, with its record', async () => {
    const { id } = await openSuggestion(database);
    expect((await ask('api')).state).toBe('pending');
    const done = await accept(id);
    expect(done).toMatchObject({
      ok: true,
      state: 'accepted',
      added: [{ source: 'suggested', suggestionId: id, family: 'fam_restart' }],
    });
    expect(await ask('web')).toMatchObject({ state: 'approved', decision: { by: 'rule' } });
    expect((await ask('db')).state).toBe('pending');
    expect(await otherRecords(database)).toEqual(['rule-added', 'suggestion-accepted']);
    await advance(database, '91 days');
    expect((await ask('web')).state).toBe('pending');
  });

  it('is accepted once, and only as the person saw it', async () => {
    const { id } = await openSuggestion(database);
    expect(await accept(id, 2)).toMatchObject({
      ok: false,
      code: 'suggestion-changed',
      suggestion: { version: 1 },
    });
    await accept(id);
    expect(await accept(id)).toMatchObject({
      ok: false,
      code: 'answered-before',
      state: 'accepted',
      byName: 'ana',
    });
    expect(await accept('sug_none')).toMatchObject({ code: 'unknown-suggestion' });
    expect(await listRules(database.db)).toHaveLength(1);
  });

  it('needs two people where the risk is HIGH, or as configured', async () => {
    const { id } = await openSuggestion(database, { risk: 'HIGH' });
    expect(await accept(id)).toMatchObject({ ok: true, state: 'half', missing: 1 });
    expect((await ask('api')).state).toBe('pending');
    expect(await accept(id, 2)).toMatchObject({ ok: false, code: 'same-person' });
    expect(await accept(id, 2, authorNamed('ana', { subject: 'token:other' }))).toMatchObject({
      code: 'same-person',
    });
    expect(await accept(id, 2, ben)).toMatchObject({
      ok: true,
      state: 'accepted',
      suggestion: { answeredByName: 'ana, ben' },
    });
    const low = await openSuggestion(database, {
      id: 'sug_low',
      family: 'fam_low',
      risk: 'LOW',
      rules: ['echo {int}'],
    });
    const strict = { ...deps, learning: { ...LEARNING, acceptances: { LOW: 2, MEDIUM: 2, HIGH: 3 } } };
    expect(await acceptSuggestion(strict, ana, { id: low.id, version: 1 })).toMatchObject({ state: 'half' });
  });

  it('nobody accepts alone what mainly serves their own commands', async () => {
    const evidence = { requesters: ['UCLEO'] } as never;
    const { id } = await openSuggestion(database, { evidence });
    expect(await accept(id, 1, cleo)).toMatchObject({ state: 'half', missing: 1 });
    expect(await accept(id, 2, ana)).toMatchObject({ state: 'accepted' });
    // Most of what was asked here lately was Cleo's.
    const owned = await callerOf(deps, { owner: 'UCLEO' });
    await mustSubmit(deps, owned, { command: restart('x') });
    const other = await openSuggestion(database, { id: 'sug_other', family: 'fam_2', rules: ['echo a'] });
    expect(await accept(other.id, 1, cleo)).toMatchObject({ state: 'half' });
  });

  it('replaces rules in the same transaction, and undo brings them back', async () => {
    const [old, kept] = [
      await manual({ text: 'kubectl rollout restart deployment/api' }),
      await manual({ text: 'kubectl get pods' }),
    ];
    const wider = await manual({
      text: 'kubectl rollout restart deployment/api',
      environment: '*',
      project: '*',
    });
    const { id } = await openSuggestion(database, { kind: 'replace', replaces: [old.text] });
    const done = await accept(id);
    expect(done).toMatchObject({ ok: true, retired: [{ id: old.id, revokedFor: id }] });
    expect((await findRule(database.db, wider.id))?.revokedAt).toBeNull();
    const undone = await undoAcceptance(deps, ben, id);
    expect(undone).toMatchObject({ ok: true, restored: [{ id: old.id }], suggestion: { state: 'not-now' } });
    expect((await ask('web')).state).toBe('pending');
    expect((await findRule(database.db, old.id))?.revokedAt).toBeNull();
    expect((await findRule(database.db, kept.id))?.revokedAt).toBeNull();
    expect(await undoAcceptance(deps, ben, id)).toMatchObject({ code: 'nothing-to-undo' });
    expect((await otherRecords(database)).slice(-3)).toEqual([
      'rule-revoked',
      'rule-restored',
      'suggestion-undone',
    ]);
  });

  it('extends a family: what is in force stays, the new rule comes', async () => {
    const { id } = await openSuggestion(database);
    await accept(id);
    const rules = [
      'kubectl rollout restart deployment/{svc:api,web}',
      'kubectl rollout restart deploy/{svc:api,web}',
    ];
    const more = await openSuggestion(database, { id: 'sug_more', kind: 'extend', rules });
    expect(await accept(more.id)).toMatchObject({ ok: true, added: [{ text: rules[1] }], retired: [] });
    expect(await listRules(database.db)).toHaveLength(2);
  });

  it('is refused when people denied what it covers since, or a retrospective is due', async () => {
    const { id } = await openSuggestion(database);
    const { id: denied } = await ask('web');
    await deny(denied);
    expect(await accept(id)).toMatchObject({
      ok: false,
      code: 'denied-since',
      command: 'kubectl rollout restart deployment/web',
    });
    const other = await openSuggestion(database, { id: 'sug_other', family: 'fam_2', rules: ['echo a'] });
    await database.db.insert(emergencies).values({
      requestId: 'req_x',
      environment: 'production',
      openedBy: ['UANA'],
      openedAt: sql`now()`,
      dueAt: sql`now()`,
      reminded: 0,
    });
    expect(await accept(other.id)).toMatchObject({ ok: false, code: 'retrospective-due' });
    expect(await listRules(database.db)).toEqual([]);
  });

  it('who takes back their own request has denied nothing', async () => {
    const { id } = await openSuggestion(database);
    const owned = await callerOf(deps, { owner: 'UBEN' });
    const { id: own } = await mustSubmit(deps, owned, { command: restart('web') });
    await deny(own);
    expect(await accept(id)).toMatchObject({ ok: true, state: 'accepted' });
  });

  it('narrows to a suggestion of its own, which the same people may accept', async () => {
    const { id } = await openSuggestion(database);
    const made = await narrowSuggestion(deps, ana, { id, version: 1, keys: ['value:0:1'] });
    if (!made.ok) throw new Error(made.code);
    expect(made.from).toMatchObject({ state: 'never', reason: 'narrowed by ana' });
    expect(made.suggestion).toMatchObject({
      state: 'open',
      narrowedFrom: id,
      body: { rules: ['kubectl rollout restart deployment/api'] },
    });
    expect(await narrowSuggestion(deps, ana, { id, version: 1, keys: ['value:0:1'] })).toMatchObject({
      code: 'answered-before',
    });
    expect(await accept(made.suggestion.id)).toMatchObject({ ok: true });
    expect([(await ask('api')).state, (await ask('web')).state]).toEqual(['approved', 'pending']);
  });

  it('is put off or refused, with who, why and a record', async () => {
    const first = await openSuggestion(database);
    expect(await postponeSuggestion(deps, ana, first)).toMatchObject({
      ok: true,
      suggestion: { state: 'not-now', answeredByName: 'ana' },
    });
    const second = await openSuggestion(database, { id: 'sug_2' });
    const refused = await refuseSuggestion(deps, ben, {
      ...second,
      reason: 'token=ghp_0123456789abcdefghijABCDEFGHIJ012345',
    });
    expect(refused).toMatchObject({ ok: true, suggestion: { state: 'never' } });
    expect((await findSuggestion(database.db, 'sug_2'))?.reason).not.toContain('ghp_');
    expect(await accept('sug_2', 2)).toMatchObject({ code: 'answered-before' });
    expect(await otherRecords(database)).toEqual(['suggestion-postponed', 'suggestion-refused']);
  });

  describe('in the shadow', () => {
    const inShadow = async () => {
      const { id } = await openSuggestion(database);
      await accept(id, 1, ana, { shadowDays: 7 });
      const [rule] = await listRules(database.db);
      return (rule as { id: string }).id;
    };

    it('notes what it would have let pass, and lets pass once its time is over', async () => {
      const ruleId = await inShadow();
      const asked = await ask('api');
      expect(asked).toMatchObject({ state: 'pending', shadowRules: [ruleId], rules: [] });
      expect(asked.explanation.map(({ why }) => why).join()).toContain('would have let it pass');
      expect(await findRule(database.db, ruleId)).toMatchObject({ shadowHits: 1, hits: 0 });
      await advance(database, '7 days 1 second');
      expect(await ask('web')).toMatchObject({ state: 'approved', decision: { by: 'rule' } });
    });

    it('goes for good when people deny what it would have let pass', async () => {
      const ruleId = await inShadow();
      await deny((await ask('api')).id, 'not today');
      const rule = await findRule(database.db, ruleId);
      expect(rule?.revokedAt).not.toBeNull();
      expect(rule?.suspendedWhy).toBe('ben denied: kubectl rollout restart deployment/api (not today)');
      expect(await restoreRule(deps, ana, ruleId)).toMatchObject({ code: 'nothing-to-undo' });
      await advance(database, '8 days');
      expect((await ask('web')).state).toBe('pending');
    });
  });

  describe('spot checks', () => {
    const always = () => ({ ...deps, learning: { ...LEARNING, spotChecks: 1 } });
    const accepted = async () => {
      const { id } = await openSuggestion(database);
      await accept(id);
      const [rule] = await listRules(database.db);
      return (rule as { id: string }).id;
    };

    it('shows what a suggested rule covers; an approval changes nothing', async () => {
      const ruleId = await accepted();
      const asked = await mustSubmit(always(), caller, { command: restart('api') });
      expect(asked).toMatchObject({ state: 'pending', spotCheck: true, rules: [ruleId] });
      await vote(deps, {
        requestId: asked.id,
        voter: voterNamed('ben'),
        verdict: 'approve',
        reason: null,
        method: 'card',
      });
      expect((await ask('web')).state).toBe('approved');
    });

    it('a denial suspends the rule in every replica with its transaction, until somebody else resumes it', async () => {
      const ruleId = await accepted();
      const replica = await depsOver(database);
      expect((await mustSubmit(replica, caller, { command: restart('api') })).state).toBe('approved');
      const { id } = await mustSubmit(always(), caller, { command: restart('api') });
      await deny(id, 'odd');
      expect((await mustSubmit(replica, caller, { command: restart('web') })).state).toBe('pending');
      expect(await findRule(database.db, ruleId)).toMatchObject({
        suspendedWhy: 'ben denied: kubectl rollout restart deployment/api (odd)',
      });
      expect((await otherRecords(database)).slice(-1)).toEqual(['rule-suspended']);
      expect(await resumeRule(deps, authorNamed('ci', { isRequester: true }), ruleId)).toMatchObject({
        code: 'mainly-own',
      });
      expect(await resumeRule(deps, ana, ruleId)).toMatchObject({ ok: true });
      expect((await mustSubmit(replica, caller, { command: restart('web') })).state).toBe('approved');
      expect(await resumeRule(deps, ana, ruleId)).toMatchObject({ code: 'not-suspended' });
    });

    it('never what a person wrote, nor without anybody to ask', async () => {
      await manual({ text: 'echo manual' });
      const command = { kind: 'argv' as const, argv: ['echo', 'manual'] };
      expect((await mustSubmit(always(), caller, { command })).state).toBe('approved');
      await accepted();
      expect(
        (await mustSubmit({ ...always(), canAsk: false }, caller, { command: restart('api') })).state,
      ).toBe('approved');
    });

    it('takes about its share, the same for every spelling within a quarter of an hour', async () => {
      await accepted();
      const some = { ...deps, learning: { ...LEARNING, spotChecks: 0.5 } };
      const seen = new Set<string>();
      for (let window = 0; window < 24; window++) {
        const states = [];
        for (const name of ['api', 'web'])
          states.push(
            (await mustSubmit(some, caller, { command: restart(name), bodyHash: `${window}${name}` }))
              .spotCheck,
          );
        seen.add(states.join());
        await advance(database, '1 hour');
      }
      expect([...seen].every((pair) => pair === 'true,true' || pair === 'false,false')).toBe(true);
      expect(seen.size).toBe(2);
    });
  });

  it('a denial of what a rule covers, asked for another reason, suspends it, too', async () => {
    const rule = await manual({ text: 'kubectl rollout restart deployment/api' });
    const policies = [{ name: 'look', match: {}, effect: { kind: 'require' as const, approvals: 1 } }];
    const { id, rules: covering } = await mustSubmit({ ...deps, policies }, caller, {
      command: restart('api'),
    });
    expect(covering).toEqual([rule.id]);
    await deny(id);
    expect((await findRule(database.db, rule.id))?.suspendedAt).not.toBeNull();
  });

  it('keeps a rule that was announced to go, and renews one whose time is nearly over', async () => {
    const rule = await manual({ text: 'echo a' });
    expect(await keepRule(deps, ana, rule.id)).toMatchObject({ code: 'nothing-to-keep' });
    await database.db
      .update(rules)
      .set({ pruneAt: sql`now() + interval '1 day'` })
      .where(eq(rules.id, rule.id));
    expect(await keepRule(deps, ana, rule.id)).toMatchObject({
      ok: true,
      renewed: false,
      rule: { pruneAt: null },
    });
    const short = await manual({ text: 'echo b', expiresInDays: 3 });
    expect(await keepRule(deps, authorNamed('ci', { isRequester: true }), short.id)).toMatchObject({
      code: 'mainly-own',
    });
    expect(await keepRule(deps, ana, short.id)).toMatchObject({ ok: true, renewed: true });
    await advance(database, '80 days');
    expect((await findRule(database.db, short.id))?.expiresAt?.getTime()).toBeGreaterThan(
      Date.now() + 80 * 86_400_000,
    );
  });
});
