import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment } from '../../src/core/environment.ts';
import type { Message } from '../../src/demo/local-slack/workspace.ts';
import { deliverPages } from '../../src/gate/deliver-pages.ts';
import { giveRetrospective } from '../../src/gate/retrospective.ts';
import { sweep } from '../../src/gate/sweep.ts';
import { cardsOf } from '../../src/store/cards.ts';
import type { Database } from '../../src/store/database.ts';
import { unpaidEmergencies } from '../../src/store/emergencies.ts';
import { findRequest } from '../../src/store/requests.ts';
import { cards } from '../../src/store/schema.ts';
import { advance } from '../support/clock.ts';
import { freshDatabase } from '../support/databases.ts';
import { PRODUCTION, voterNamed } from '../support/deps.ts';
import { stubPager } from '../support/on-call.ts';
import { DEPLOYS, type Surface, startSurface } from './surface.ts';

const HOT: Environment = {
  ...PRODUCTION,
  channel: DEPLOYS,
  approvals: 2,
  escalation: {
    steps: [{ afterSeconds: 120, tell: 'reviewers', page: null, risk: null, officeHours: null }],
    pageAtOnce: null,
  },
  emergency: { reviewers: { users: ['UDORA'], groups: ['S0DBA'] }, alone: true, page: 'primary' },
};
const GIVEN = { whatHappened: 'Rolled back.', wasRight: 'yes' as const, becomesRule: null };
const IT = { happened: 'Checkout was down.\nRolled back.', right: 'partly', rule: 'kubectl rollout undo *' };

describe('an emergency in Slack', () => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase('embedded');
    surface = await startSurface(database);
    surface.slack.invite(DEPLOYS, 'UDORA');
    surface.deps.environments.set('production', HOT);
    surface.deps.onCall = new Map([['primary', stubPager('primary')]]);
  });
  afterAll(async () => {
    await surface.stop();
    await database.close();
  });
  const click = (person: string, ts: string, action: string) =>
    surface.slack.click(person, { channel: DEPLOYS, ts }, action);
  const settle = async () => {
    while ((await sweep(surface.deps)) + (await deliverPages(surface.deps)) > 0);
  };
  const buttons = (message: Message) => surface.slack.buttons(message).map(({ text }) => text);
  const reply = (ts: string, reads: RegExp) =>
    surface.slack.waitFor(
      () =>
        surface.slack
          .messages(DEPLOYS)
          .find((m) => m.thread_ts === ts && m.ts !== ts && reads.test(surface.read(m))),
      { what: `a reply with ${reads}` },
    );

  let words = 0;
  /** An ask, and its card. */
  const asked = async (over = {}) => {
    words += 1;
    const word = `word${words}end`;
    const request = await surface.ask({
      command: { kind: 'argv', argv: ['deploy', word] },
      context: { run_id: `run-${words}` },
      ...over,
    });
    return { id: request.id, word, ts: (await surface.card(word)).ts, card: () => surface.card(word) };
  };
  const urgent = (over = {}) => asked({ emergency: true, reason: 'checkout is down', ...over });
  const approved = async (over = {}) => {
    const request = await urgent(over);
    await click('UDORA', request.ts, 'approve');
    await surface.card(new RegExp(`approved[\\s\\S]*${request.word}`));
    return request;
  };
  const pay = async () => {
    for (const { requestId } of await unpaidEmergencies(database.db))
      await giveRetrospective(surface.deps, { requestId, voter: voterNamed('ana'), given: GIVEN });
  };
  /** What was read before is closed. */
  const clear = async (person: string) => {
    for (const view of surface.slack.openViews(person).toReversed())
      await surface.slack.closeView(person, view.id);
  };
  const openDetails = async (person: string, ts: string) => {
    await clear(person);
    await click(person, ts, 'details');
    return surface.modal(person, 'Digest');
  };
  const lookBack = async (person: string, ts: string) => {
    await clear(person);
    await click(person, ts, 'retrospective');
    return surface.modal(person, 'Was it right');
  };

  it('its card is unmistakable, says who may approve and what follows; everybody is told under it', async () => {
    const { ts, word, card } = await urgent();
    const shown = surface.read(await card());
    expect(shown.split('\n')[0]).toBe('🚨 EMERGENCY · 🟥 production: run this?');
    expect(shown).toMatch(/Who decides: only the emergency list: @dba or Dora, not who asked/);
    expect(shown).toContain('Afterwards: a retrospective is due within 24 hours of the approval.');
    const announced = await reply(ts, /this is an emergency/);
    expect(surface.read(announced)).toMatch(
      /@channel this is an emergency\. Only its emergency list may approve it: /,
    );
    expect(surface.read(announced)).toContain('Whoever is on call is paged.');
    expect(announced.broadcast).toBe(true);
    await settle();
    await surface.slack.waitFor(() =>
      surface.slack
        .dm('UDORA')
        .some((m) =>
          /EMERGENCY · production: a request waits.*Only its emergency list may approve it/.test(
            surface.read(m),
          ),
        ),
    );
    await surface.card(
      new RegExp(`${word}[\\s\\S]*emergency list told: Dora and Cleo|emergency list told: Cleo and Dora`),
    );
  });

  it('only its list approves it; others are told who', async () => {
    const { id, ts } = await urgent();
    await click('UANA', ts, 'approve');
    await surface.toldPrivately('UANA', /^Only @dba or Dora can decide here\. Ask one of them\./);
    expect((await findRequest(database.db, id))?.state).toBe('pending');
    await click('UCLEO', ts, 'approve');
    await surface.card(/approved by Cleo|Approved by Cleo/);
    await pay();
  });

  it('approved, the card says when the retrospective is due; it is given in a form, once', async () => {
    const { id, ts, word } = await approved();
    const owing = await surface.card(new RegExp(`Retrospective due [\\s\\S]*${word}`));
    expect(surface.read(owing).split('\n')[0]).toBe('🚨 EMERGENCY · 🟥 production: ✅ approved');
    expect(surface.read(owing)).toMatch(
      /Until it is given: no other emergency of the same people, and no new rule here/,
    );
    expect(buttons(owing)).toEqual(['Give the retrospective', 'Details']);

    const modal = await lookBack('UANA', ts);
    expect(surface.slack.texts(modal)).toContain('approved by Dora');
    await expect(surface.slack.submit('UANA', modal.id, {})).rejects.toThrow(/happened/);
    const empty = await surface.slack.submit('UANA', modal.id, { ...IT, happened: '  ' });
    expect(empty.errors).toEqual({ happened: 'Say what happened.' });
    const slow = await lookBack('UBEN', ts);
    await surface.slack.submit('UANA', modal.id, IT);
    const given = await surface.card(new RegExp(`Retrospective given by Ana[\\s\\S]*${word}`));
    expect(surface.read(given)).not.toContain('Retrospective due');
    expect(buttons(given)).toContain('Allow this in future…');
    expect(buttons(given)).not.toContain('Give the retrospective');
    await reply(ts, /retrospective of this emergency was given by Ana/);

    await surface.slack.submit('UBEN', slow.id, IT);
    await surface.toldPrivately('UBEN', /Ana gave this retrospective already, .*Details shows it/);
    await click('UANA', ts, 'details');
    const details = surface.slack.texts(await surface.modal('UANA', 'What should become a rule'));
    expect(details).toMatch(
      /Checkout was down\.\n[\s\S]*Was it right\? Partly[\s\S]*kubectl rollout undo \*/,
    );
    expect(details).toContain(id);
  });

  it('whoever has nothing to do with it does not look back; who asked does', async () => {
    const { ts } = await approved({ owner: 'UCLEO' });
    await click('UGUEST', ts, 'retrospective');
    await surface.modal('UGUEST', 'Guests cannot decide');
    const modal = await lookBack('UCLEO', ts);
    await surface.slack.submit('UCLEO', modal.id, IT);
    await surface.card(/Retrospective given by Cleo/);
  });

  it('reminders have the button, and it is no card of its own', async () => {
    const { ts, word } = await approved({ owner: 'UCLEO' });
    await advance(database, '12 hours 1 minute');
    await settle();
    const reminder = await reply(ts, /@Cleo the retrospective of this emergency is due in 12 hours/);
    const known = (await database.db.select().from(cards)).length;
    const modal = await lookBack('UANA', reminder.ts);
    await advance(database, '12 hours');
    await settle();
    const overdue = await reply(ts, /is overdue; whoever is on call is paged/);
    expect(overdue.broadcast).toBe(true);
    await surface.card(/It is overdue: whoever is on call was paged/);
    await surface.slack.submit('UANA', modal.id, IT);
    await surface.card(new RegExp(`Retrospective given by Ana[\\s\\S]*${word}`));
    await click('UBEN', reminder.ts, 'retrospective');
    await surface.toldPrivately('UBEN', /gave this retrospective already/);
    expect((await database.db.select().from(cards)).length).toBe(known);
    expect(surface.read(surface.slack.messages(DEPLOYS).find((m) => m.ts === reminder.ts)!)).toMatch(
      /is due in 12 hours/,
    );
    await advance(database, '-24 hours 1 minute');
  });

  it('its reminder comes also when the card was deleted', async () => {
    const { id, ts } = await urgent();
    surface.slack.fail({ method: 'chat.update', error: 'message_not_found', times: 5 });
    await click('UDORA', ts, 'approve');
    await expect.poll(() => cardsOf(database.db, id)).toEqual([]);
    await advance(database, '12 hours 1 minute');
    await settle();
    await surface.slack.waitFor(
      () =>
        surface.slack
          .messages(DEPLOYS)
          .find((m) => /this emergency is due in 12 hours/.test(surface.read(m)) && !m.thread_ts),
      { what: 'a reminder in the channel', timeoutMs: 15_000 },
    );
    await advance(database, '-12 hours 1 minute');
    await pay();
  });

  describe('declared from a waiting card', () => {
    it('in Details, with a reason; approvals so far are set aside, and the card turns', async () => {
      const { id, ts, word, card } = await asked({ reason: 'Release 1.4' });
      expect(buttons(await card())).not.toContain('Emergency…');
      await click('UBEN', ts, 'approve');
      await surface.card(/1 of 2 approvals: Ben/);
      const details = await openDetails('UANA', ts);
      await surface.slack.click('UANA', { viewId: details.id }, 'emergency');
      const modal = await surface.modal('UANA', 'Why is it an emergency');
      expect(surface.slack.texts(modal)).toMatch(
        /only the emergency list may approve it\. Approvals given so far do not count/,
      );
      expect((await surface.slack.submit('UANA', modal.id, { words: ' ' })).errors).toEqual({
        words: 'Say why it is an emergency.',
      });
      await surface.slack.submit('UANA', modal.id, { words: 'it burns' });
      expect(surface.slack.openViews('UANA')).toEqual([]);
      const turned = surface.read(await surface.card(/EMERGENCY[\s\S]*Emergency, says Ana: it burns/));
      expect(turned).toContain('Release 1.4');
      expect(turned).not.toContain('1 of 2');
      await reply(ts, /this is an emergency/);
      await click('UBEN', ts, 'approve');
      await surface.toldPrivately('UBEN', 'Only @dba or Dora can decide here');
      expect(surface.slack.texts(await openDetails('UBEN', ts))).not.toContain('Emergency…');
      await click('UDORA', ts, 'approve');
      await surface.card(new RegExp(`Approved by Dora[\\s\\S]*${word}`));
      expect(
        (await unpaidEmergencies(database.db)).map(({ requestId, openedBy }) => [requestId, openedBy[0]]),
      ).toEqual([[id, 'UANA']]);
      await pay();
    });

    it('is refused plainly: guests, those who owe, and what has ended', async () => {
      const owing = await approved({ owner: 'UCLEO' });
      const { ts, word } = await asked({ owner: 'UCLEO' });
      const forGuests = await openDetails('UGUEST', ts);
      await surface.slack.click('UGUEST', { viewId: forGuests.id }, 'emergency');
      await surface.modal('UGUEST', 'Guests cannot decide');

      const details = await openDetails('UBEN', ts);
      await surface.slack.click('UBEN', { viewId: details.id }, 'emergency');
      const modal = await surface.modal('UBEN', 'Why is it an emergency');
      await surface.slack.submit('UBEN', modal.id, { words: 'again' });
      await surface.toldPrivately('UBEN', /A retrospective is still due from the people behind this/);
      expect(owing.id).not.toBe('');
      await pay();

      const late = await openDetails('UBEN', ts);
      await click('UANA', ts, 'deny');
      await surface.slack.submit('UANA', (await surface.modal('UANA', 'Why not')).id, { words: 'no' });
      await surface.card(new RegExp(`Denied by Ana[\\s\\S]*${word}`));
      await surface.slack.click('UBEN', { viewId: late.id }, 'emergency');
      await surface.toldPrivately('UBEN', /Already denied by Ana/);
    });

    it('is not offered where there is no list', async () => {
      await surface.ask({ command: { kind: 'argv', argv: ['deploy', 'calmly'] }, environment: 'staging' });
      const { ts } = await surface.card('calmly', 'C0STAGING');
      await surface.slack.click('UANA', { channel: 'C0STAGING', ts }, 'details');
      expect(surface.slack.texts(await surface.modal('UANA', 'calmly'))).not.toContain('Emergency…');
    });
  });

  it('while it is owed no rule is accepted: neither from a card nor typed', async () => {
    const before = await asked();
    for (const person of ['UANA', 'UBEN']) await click(person, before.ts, 'approve');
    const done = await surface.card(new RegExp(`approved[\\s\\S]*${before.word}`));
    expect(buttons(done)).toContain('Allow this in future…');
    await approved();
    await click('UBEN', before.ts, 'allow');
    const allow = await surface.modal('UBEN', /Cancel/);
    await surface.slack.submit('UBEN', allow.id, {});
    await clear('UANA');
    await surface.slack.slash('UANA', '/gate', 'rules add kubectl get pods in production', DEPLOYS);
    const add = await surface.modal('UANA', /Only from repository/);
    await surface.slack.submit('UANA', add.id, {});
    await surface.toldPrivately('UANA', /retrospective of an emergency is still due in this environment/);
    await surface.toldPrivately('UBEN', /retrospective of an emergency is still due in this environment/);
    await pay();
  });
});
