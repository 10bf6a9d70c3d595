import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Suggestion } from '../../../src/core/learning/suggestion.ts';
import type { LocalSlack } from '../../../src/demo/local-slack/local-slack.ts';
import { postponeSuggestion } from '../../../src/gate/suggestions/not-now.ts';
import { vote } from '../../../src/gate/vote.ts';
import type { Database } from '../../../src/store/database.ts';
import { orderPosts } from '../../../src/store/learning-posts.ts';
import { listRules } from '../../../src/store/rules.ts';
import { learningPosts, rules, suggestions } from '../../../src/store/schema.ts';
import { findSuggestion } from '../../../src/store/suggestions.ts';
import { advance } from '../../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../../support/databases.ts';
import { voterNamed } from '../../support/deps.ts';
import { until } from '../../support/until.ts';
import { DEPLOYS, localSlack, type Surface, startSurface } from '../surface.ts';
import { proposed, prune, suggestion } from './sample.ts';

const API = 'kubectl -n shop set image deployment/api api=registry.example.com/shop/api:4f2a91c';
const ANA = { subject: 'slack:T0:UANA', name: 'Ana', isAdmin: false, people: ['UANA'] };

describe.each(DATABASE_KINDS)('suggestions in Slack, %s', (kind) => {
  let database: Database;
  let slack: LocalSlack;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase(kind);
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    slack = await localSlack();
    surface = await startSurface(database, { slack });
  });
  afterEach(async () => {
    await surface.stop();
    await slack.stop();
    for (const table of [suggestions, learningPosts, rules]) await database.db.delete(table);
    await database.rows(sql`update rules_version set version = version + 1`);
  });

  const listed = async (person: string, reads: RegExp, channel = DEPLOYS) => {
    await slack.slash(person, '/gate', 'rules', channel);
    await surface.toldPrivately(person, reads);
    const ts = slack.ephemeralsFor(person).at(-1)?.ts ?? '';
    return { channel, ts };
  };
  /** The modal of a suggestion, opened from the list. */
  const opened = async (person: string, id: string, reads: RegExp) => {
    const at = await listed(person, /suggestion|You cannot|can decide/);
    await slack.click(person, at, 'open-suggestion', { value: id });
    return surface.modal(person, reads);
  };
  const closed = (person: string) => slack.closeView(person, slack.openViews(person).at(-1)?.id ?? '');
  const states = async () =>
    Object.fromEntries((await database.db.select().from(suggestions)).map(({ id, state }) => [id, state]));
  const records = async () =>
    (await database.rows<{ type: string }>(sql`select type from records order by seq`)).map(
      ({ type }) => type,
    );
  const rulesNow = async () => (await listRules(database.db)).map(({ text }) => text);
  const storedRule = async (text: string, over: object = {}) => {
    await surface.ask();
    await database.db.insert(rules).values({
      id: `rul_${Math.abs(hash(text)).toString(16).padStart(16, '0')}`,
      text,
      environment: 'production',
      project: 'shop',
      source: 'suggested',
      allowsCritical: false,
      match: [],
      notMatch: [],
      createdAt: sql`now()`,
      createdBy: 'gate',
      createdByName: 'gatehouse',
      confirmedAt: sql`now()`,
      hits: 0,
      ...over,
    });
    await database.rows(sql`update rules_version set version = version + 1`);
    return (await listRules(database.db, { search: text }))[0]?.id ?? '';
  };

  it('accepts what was seen: in force at once, told in the channel, gone from the list', async () => {
    await proposed(database, suggestion(), suggestion({ id: 'sug_second0000000', savesPerWeek: 2 }));
    expect(await surface.ask({ command: { kind: 'shell', text: API } })).toMatchObject({ state: 'pending' });
    const modal = await opened('UANA', suggestion().id, /What would pass without asking/);
    const words = slack.texts(modal);
    for (const part of ['41 approvals by Ana, Ben and Cleo', '38 values', '✅', '⛔', 'Retires 2 rules', '⚠️'])
      expect(words).toContain(part);
    await slack.submit('UANA', modal.id, { expires: '30' });
    await surface.modal('UANA', /Ana accepted new rules/);
    const card = await surface.card(/Ana accepted new rules[\s\S]*without asking from now on/);
    expect(slack.buttons(card).map(({ text }) => text)).toEqual(['Undo']);
    expect(await surface.ask({ command: { kind: 'shell', text: API } })).toMatchObject({
      state: 'approved',
      decision: { by: 'rule' },
    });
    const [rule] = await listRules(database.db);
    const days = ((rule?.expiresAt?.getTime() ?? 0) - (rule?.createdAt.getTime() ?? 0)) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await surface.toldPrivately('UANA', /1 suggestion\./);
    expect(await records()).toContain('suggestion-accepted');
  });

  it('a week in the shadow: it still asks', async () => {
    await proposed(database, suggestion());
    const modal = await opened('UANA', suggestion().id, /in the shadow first/);
    await slack.submit('UANA', modal.id, { shadow: ['7'] });
    await surface.card(/In the shadow until/);
    expect(await surface.ask({ command: { kind: 'shell', text: API } })).toMatchObject({ state: 'pending' });
    await advance(database, '8 days');
    expect(await surface.ask({ command: { kind: 'shell', text: API } })).toMatchObject({ state: 'approved' });
  });

  it('takes two people where the risk is high; the same one twice is not two', async () => {
    await proposed(database, suggestion({ risk: 'HIGH', acceptancesNeeded: 2 }));
    const modal = await opened('UANA', suggestion().id, /2 people must accept/);
    await slack.submit('UANA', modal.id);
    const card = await surface.card(/⏳ Ana accepted new rules[\s\S]*One more person must accept/);
    expect(await rulesNow()).toEqual([]);
    await closed('UANA');
    await slack.click('UANA', { channel: DEPLOYS, ts: card.ts }, 'open-suggestion');
    const again = await surface.modal('UANA', /Accepted by Ana\. One more person/);
    expect(again.submit ?? null).toBeNull();
    await slack.click('UBEN', { channel: DEPLOYS, ts: card.ts }, 'open-suggestion');
    const second = await surface.modal('UBEN', /Accepted by Ana\. One more person/);
    await slack.submit('UBEN', second.id);
    await surface.card(/✅ Ana and Ben accepted new rules/);
    expect(await rulesNow()).toHaveLength(2);
    expect(surface.cards().filter((each) => /accepted new rules/.test(surface.read(each)))).toHaveLength(1);
  });

  it.each([
    ['UGUEST', /Guests cannot/],
    ['USTRANGE', /Only people of this workspace/],
    ['UDORA', /can decide here/],
  ])('%s sees none of it, and cannot open one', async (person, words) => {
    await proposed(database, suggestion({ risk: 'HIGH', acceptancesNeeded: 2 }));
    await slack.slash(person, '/gate', 'rules', person === 'UDORA' ? 'C0ELSEWHERE' : DEPLOYS);
    const told = await slack.waitFor(() => slack.ephemeralsFor(person).at(-1), { what: 'an answer' });
    expect(surface.read(told)).not.toContain('Deploys of api');
    if (person === 'UDORA') return;
    const modal = await opened('UANA', suggestion().id, /people must accept/);
    await slack.submit('UANA', modal.id);
    const card = await surface.card(/⏳ Ana/);
    await slack.click(person, { channel: DEPLOYS, ts: card.ts }, 'open-suggestion');
    expect(slack.texts(await surface.modal(person, words))).not.toContain('What would pass');
    expect(await states()).toEqual({ [suggestion().id]: 'half' });
  });

  it('who left the channel while the modal was open accepts nothing', async () => {
    await proposed(database, suggestion());
    const modal = await opened('UCLEO', suggestion().id, /What would pass/);
    slack.kick(DEPLOYS, 'UCLEO');
    await slack.submit('UCLEO', modal.id);
    await surface.modal('UCLEO', /can decide here|cannot decide/);
    expect(await states()).toEqual({ [suggestion().id]: 'open' });
    expect(await rulesNow()).toEqual([]);
  });

  it('what has changed meanwhile is not accepted; what was answered meanwhile says by whom', async () => {
    await proposed(database, suggestion());
    const ana = await opened('UANA', suggestion().id, /What would pass/);
    const ben = await opened('UBEN', suggestion().id, /What would pass/);
    const cleo = await opened('UCLEO', suggestion().id, /What would pass/);
    await database.db
      .update(suggestions)
      .set({ version: 2, body: suggestion({ rules: ['kubectl get pods'] }) })
      .where(eq(suggestions.id, suggestion().id));
    await slack.submit('UANA', ana.id);
    await surface.modal('UANA', /has changed since you opened it/);
    expect(await rulesNow()).toEqual([]);
    await postponeSuggestion(surface.deps, ANA, { id: suggestion().id, version: 2 });
    await slack.submit('UBEN', ben.id);
    await surface.modal('UBEN', /put off by Ana already/);
    await slack.click('UCLEO', { viewId: cleo.id }, 'suggestion-never');
    await surface.modal('UCLEO', /put off by Ana already/);
    expect(await states()).toEqual({ [suggestion().id]: 'not-now' });
  });

  it('accepted by two at the same moment, it is accepted once', async () => {
    await proposed(database, suggestion());
    const before = (await records()).filter((type) => type === 'suggestion-accepted').length;
    const ana = await opened('UANA', suggestion().id, /What would pass/);
    const ben = await opened('UBEN', suggestion().id, /What would pass/);
    await Promise.all([slack.submit('UANA', ana.id), slack.submit('UBEN', ben.id)]);
    const both = await Promise.all(
      ['UANA', 'UBEN'].map((person) =>
        surface.modal(person, /(?:Ana|Ben) accepted new rules|accepted by (?:Ana|Ben) already/),
      ),
    );
    expect(both.filter((view) => /accepted by/.test(slack.texts(view)))).toHaveLength(1);
    expect((await records()).filter((type) => type === 'suggestion-accepted')).toHaveLength(before + 1);
    expect(await rulesNow()).toHaveLength(2);
    await surface.card(/accepted new rules/);
    expect(surface.cards().filter((each) => /accepted new rules/.test(surface.read(each)))).toHaveLength(1);
  });

  it('not now, and never after being asked once more', async () => {
    const other = suggestion({ id: 'sug_second0000000' });
    await proposed(database, suggestion(), other);
    const first = await opened('UANA', suggestion().id, /What would pass/);
    await slack.click('UANA', { viewId: first.id }, 'suggestion-not-now');
    await surface.modal('UANA', /Ana put a suggestion off/);
    await closed('UANA');
    const second = await opened('UANA', other.id, /What would pass/);
    expect(JSON.stringify(second.blocks)).toContain('Never suggest this?');
    await slack.click('UANA', { viewId: second.id }, 'suggestion-never');
    await surface.modal('UANA', /Ana does not want a suggestion/);
    await surface.toldPrivately('UANA', /No suggestions wait for an answer/);
    expect(await states()).toEqual({ [suggestion().id]: 'not-now', [other.id]: 'never' });
    expect(surface.cards()).toEqual([]);
  });

  it('narrower: ticked, shown, saved, and then a suggestion of its own', async () => {
    await proposed(database, suggestion());
    let modal = await opened('UANA', suggestion().id, /What would pass/);
    await slack.click('UANA', { viewId: modal.id }, 'narrow-suggestion');
    modal = await surface.modal('UANA', /Leave values out/);
    expect((await slack.submit('UANA', modal.id, {})).errors).toBeTruthy();
    const worker = /"value":"(value:\d+:\d+)"[^}]*/g;
    const keys = [...JSON.stringify(modal.blocks).matchAll(worker)].map(([, key]) => key ?? '');
    await slack.submit('UANA', modal.id, { value: [keys.at(-1) ?? ''], rule: ['rule:1'] });
    const result = await surface.modal('UANA', /What would pass instead/);
    expect(slack.texts(result)).toContain('{svc:api,web}');
    expect(await states()).toEqual({ [suggestion().id]: 'open' });
    await slack.submit('UANA', result.id);
    const own = await surface.modal('UANA', /What would pass without asking/);
    const after = await states();
    expect(after[suggestion().id]).toBe('never');
    expect(Object.values(after).sort()).toEqual(['never', 'open']);
    await slack.submit('UANA', own.id);
    await surface.card(/Ana accepted new rules/);
    expect(await rulesNow()).toEqual([
      'kubectl -n shop set image deployment/{svc:api,web} {svc}=registry.example.com/shop/{svc}:{sha:7}',
    ]);
  });

  it('back from narrowing nothing has happened', async () => {
    await proposed(database, suggestion());
    const modal = await opened('UANA', suggestion().id, /What would pass/);
    await slack.click('UANA', { viewId: modal.id }, 'narrow-suggestion');
    await surface.modal('UANA', /Leave values out/);
    await slack.click('UANA', { viewId: modal.id }, 'back-to-suggestion');
    expect((await surface.modal('UANA', /What would pass without asking/)).submit).toMatchObject({
      text: 'Accept',
    });
    expect((await findSuggestion(database.db, suggestion().id))?.version).toBe(1);
  });

  it('a prune removes, and is undone from the channel; somebody who may not is told so', async () => {
    const [text = ''] = prune().replaces;
    await storedRule(text);
    await proposed(database, prune());
    const modal = await opened('UANA', prune().id, /Would leave/);
    await slack.submit('UANA', modal.id);
    const card = await surface.card(/🧹 Ana removed rules[\s\S]*Undo brings them back/);
    expect(await rulesNow()).toEqual([]);
    await slack.click('UGUEST', { channel: DEPLOYS, ts: card.ts }, 'undo-suggestion');
    await surface.toldPrivately('UGUEST', /Guests cannot/);
    await slack.click('UBEN', { channel: DEPLOYS, ts: card.ts }, 'undo-suggestion');
    const after = await surface.card(/Ben brought rules back/);
    expect(after.ts).toBe(card.ts);
    expect(slack.buttons(after)).toEqual([]);
    expect(await rulesNow()).toEqual([text]);
  });

  it('a prune is kept', async () => {
    const [text = ''] = prune().replaces;
    await storedRule(text, { pruneAt: sql`now() + interval '3 days'` });
    await proposed(database, prune());
    const modal = await opened('UANA', prune().id, /Would leave/);
    await slack.click('UANA', { viewId: modal.id }, 'suggestion-keep');
    await surface.modal('UANA', /Ana keeps rules/);
    expect(await states()).toEqual({ [prune().id]: 'never' });
    expect((await listRules(database.db))[0]).toMatchObject({ text, pruneAt: null });
  });

  it('a rule that a denial put on hold: a card in the channel, resumed or revoked there or from the list', async () => {
    const [first, second] = [
      await storedRule('kubectl get pods -n *'),
      await storedRule('kubectl get pods -n web'),
    ];
    const ask = await surface.ask({
      command: { kind: 'shell', text: 'kubectl get pods -n web; rm -rf /tmp/x' },
    });
    await database.db
      .update(rules)
      .set({ suspendedAt: sql`now()`, suspendedWhy: 'Ana denied: kubectl get pods -n web' });
    await orderPosts(database.db, [
      { key: 'rule:1', channel: DEPLOYS, payload: { kind: 'rule', ruleId: first } },
    ]);
    surface.running.publishNow();
    const card = await surface.card(/A rule is on hold[\s\S]*Ana denied/);
    await slack.click('UGUEST', { channel: DEPLOYS, ts: card.ts }, 'resume-rule');
    await surface.toldPrivately('UGUEST', /Guests cannot/);
    await slack.click('UBEN', { channel: DEPLOYS, ts: card.ts }, 'resume-rule');
    await surface.card(/This rule is in force/);
    await slack.waitFor(
      () => slack.thread(DEPLOYS, card.ts).find((m) => /Ben put a rule back/.test(surface.read(m))),
      {
        what: 'who did it',
      },
    );
    const at = await listed('UANA', /A rule is on hold/);
    await slack.click('UANA', at, 'open-rule', { value: second });
    const modal = await surface.modal('UANA', /A rule is on hold/);
    await slack.click('UANA', { viewId: modal.id }, 'remove-rule');
    await surface.modal('UANA', /Ana revoked a rule/);
    await surface.card(/Ana revoked a rule/);
    expect((await listRules(database.db)).map(({ id, suspendedAt }) => ({ id, suspendedAt }))).toEqual([
      { id: first, suspendedAt: null },
    ]);
    expect(ask.state).toBe('pending');
  });

  it('a denial of what a rule covers puts it on hold, and its card in the channel', async () => {
    await proposed(database, suggestion());
    const request = await surface.ask({ command: { kind: 'shell', text: API } });
    const modal = await opened('UANA', suggestion().id, /What would pass/);
    await slack.submit('UANA', modal.id);
    await surface.card(/Ana accepted new rules/);
    await vote(surface.deps, {
      requestId: request.id,
      voter: voterNamed('Ben'),
      verdict: 'deny',
      reason: 'frozen',
      method: 'card',
    });
    await surface.card(/A rule is on hold[\s\S]*Ben denied/);
  });

  it('rules about to go are listed, kept, and brought back when they went', async () => {
    const leaving = await storedRule('ls -l /srv', { pruneAt: sql`now() + interval '3 days'` });
    const at = await listed('UANA', /A rule nobody needs goes on/);
    await slack.click('UANA', at, 'open-rule', { value: leaving });
    const modal = await surface.modal('UANA', /Nobody needs this rule/);
    await slack.click('UANA', { viewId: modal.id }, 'keep-rule');
    await surface.modal('UANA', /Ana keeps a rule/);
    await database.db
      .update(rules)
      .set({ revokedAt: sql`now()`, revokedBy: 'gate', revokedFor: 'prune' })
      .where(eq(rules.id, leaving));
    await orderPosts(database.db, [
      { key: 'pruned:1', channel: DEPLOYS, payload: { kind: 'pruned', night: 'x', ruleIds: [leaving] } },
    ]);
    surface.running.publishNow();
    const card = await surface.card(/1 rule went last night/);
    await slack.click('UANA', { channel: DEPLOYS, ts: card.ts }, 'restore-rule');
    await surface.card(/↩️ ls -l \/srv/);
    expect(await rulesNow()).toEqual(['ls -l /srv']);
  });

  it('the most saving first, 25 at once, and then the rest', async () => {
    const many: Suggestion[] = Array.from({ length: 28 }, (_, i) =>
      suggestion({ id: `sug_${String(i).padStart(16, '0')}`, title: `Family ${i} of many`, savesPerWeek: i }),
    );
    await proposed(database, ...many);
    const at = await listed('UBEN', /28 suggestions, 1 to 25/);
    const first = slack.ephemeralsFor('UBEN').at(-1);
    const order = [...surface.read(first!).matchAll(/Family (\d+) of/g)].map(([, i]) => Number(i));
    expect(order).toEqual(Array.from({ length: 25 }, (_, i) => 27 - i));
    await slack.click('UBEN', at, 'more-suggestions');
    await surface.toldPrivately('UBEN', /28 suggestions, 26 to 28[\s\S]*Family 0 of many/);
    await slack.click('UBEN', at, 'all-rules');
    await surface.toldPrivately('UBEN', /No rules/);
  });

  it('only those of the channel’s environments', async () => {
    await proposed(
      database,
      suggestion({ title: 'Of production' }),
      suggestion({ id: 'sug_staging000000', environment: 'staging', title: 'Of staging' }),
    );
    await listed('UANA', /Of staging/, 'C0STAGING');
    expect(surface.read(slack.ephemeralsFor('UANA').at(-1)!)).not.toContain('Of production');
    await listed('UANA', /Of production/, 'C0ELSEWHERE');
    expect(surface.read(slack.ephemeralsFor('UANA').at(-1)!)).toContain('Of staging');
  });

  it('the line of a night: once, although Slack fails, and its button shows the list', async () => {
    await proposed(database, suggestion());
    slack.fail({ method: 'chat.postMessage', status: 500, times: 1 });
    slack.fail({ method: 'chat.postMessage', when: 'after', times: 1 });
    const payload = {
      kind: 'night' as const,
      night: '2026-11-25',
      environments: ['production'],
      suggestions: 4,
      prunes: 0,
      savesPerWeek: 31,
      report: {
        days: 7,
        decided: 412,
        passed: 375,
        savedSeconds: 15_000,
        medianSeconds: 34,
        p90Seconds: 182,
      },
    };
    const post = { key: 'night:2026-11-25', channel: '#deploys', payload };
    await orderPosts(database.db, [post]);
    await orderPosts(database.db, [post]);
    surface.running.publishNow();
    const line = await until('the line', async () => {
      await advance(database, '5 seconds');
      surface.running.publishNow();
      const [row] = await database.db.select().from(learningPosts);
      return row?.doneAt ? surface.cards().find(({ ts }) => ts === row.ts) : undefined;
    });
    const words = surface.read(line!);
    expect(words).toContain('Last night: 4 suggestions would save about 31 approvals a week. /gate rules');
    expect(words).toContain('91 % of 412 requests passed by rules');
    expect(words).toContain('34 s (median), 9 of 10 within 3 min 2 s');
    expect(surface.cards()).toHaveLength(1);
    await slack.click('UBEN', { channel: DEPLOYS, ts: line!.ts }, 'show-suggestions');
    await surface.toldPrivately('UBEN', /1 suggestion\./);
  });

  const ended = (key: string) =>
    until('its end', async () => {
      const [found] = await database.db.select().from(learningPosts).where(eq(learningPosts.key, key));
      if (found?.doneAt) return found;
      // Time moves while nobody has it in hand.
      if (found?.leaseUntil === null) await advance(database, '31 seconds');
      surface.running.publishNow();
      return undefined;
    });

  it('what shows nothing any more, and a channel that Slack refuses, are given up and noted', async () => {
    const payload = { kind: 'suggestion' as const, suggestionId: suggestion().id };
    await proposed(database, suggestion());
    await orderPosts(database.db, [
      { key: 'gone', channel: DEPLOYS, payload: { ...payload, suggestionId: 'sug_gone' } },
      { key: 'refused', channel: 'C0NOWHERE', payload },
    ]);
    expect((await ended('gone')).problem).toBe('there is nothing to show');
    expect(await ended('refused')).toMatchObject({ attempts: 20, ts: null });
    expect((await ended('refused')).problem).toContain('/invite @gatehouse');
  });

  it('two replicas post each message once', async () => {
    const other = await startSurface(database, { slack });
    const keys = Array.from({ length: 12 }, (_, i) => `twelve-${i}`);
    const night = { kind: 'night' as const, environments: [], prunes: 0, savesPerWeek: 0, report: null };
    await orderPosts(
      database.db,
      keys.map((key, i) => ({
        key,
        channel: DEPLOYS,
        payload: { ...night, night: key, suggestions: 1000 + i },
      })),
    );
    surface.running.publishNow();
    other.running.publishNow();
    await until('all twelve', async () =>
      (await database.db.select().from(learningPosts)).every(({ doneAt }) => doneAt !== null),
    );
    const numbers = surface.cards().map((each) => /1,0\d\d/.exec(surface.read(each))?.[0]);
    expect(numbers.toSorted()).toEqual(keys.map((_, i) => (1000 + i).toLocaleString('en-US')).toSorted());
    await other.running.stop();
    await other.deps.changes.close();
  });
});

const hash = (text: string): number =>
  [...text].reduce((sum, one) => (sum * 31 + (one.codePointAt(0) ?? 0)) | 0, 7);
