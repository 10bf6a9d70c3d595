import { WebAPIPlatformError, WebAPIRequestError } from '@slack/web-api';
import { eq, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalSlack } from '../../src/demo/local-slack/local-slack.ts';
import { expire } from '../../src/gate/expire.ts';
import { report } from '../../src/gate/report.ts';
import { start } from '../../src/gate/start.ts';
import { vote } from '../../src/gate/vote.ts';
import { withdraw } from '../../src/gate/withdraw.ts';
import { postponementOf } from '../../src/slack/postpone.ts';
import { adoptCard, cardsOf, claimDueCards } from '../../src/store/cards.ts';
import type { Database } from '../../src/store/database.ts';
import { cards, outbox } from '../../src/store/schema.ts';
import { advance } from '../support/clock.ts';
import { freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import { until as eventually } from '../support/until.ts';
import { DEPLOYS, localSlack, type Surface, startSurface } from './surface.ts';

const echo = (word: string) => ({ command: { kind: 'argv' as const, argv: ['echo', word] } });

describe('publishing', () => {
  let database: Database;
  let slack: LocalSlack;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase('embedded');
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    slack = await localSlack();
    surface = await startSurface(database, { slack });
  });
  afterEach(async () => {
    await surface.stop();
    await slack.stop();
  });
  const approve = (requestId: string) =>
    vote(surface.deps, {
      requestId,
      voter: voterNamed('Ana'),
      verdict: 'approve',
      reason: null,
      method: 'card',
    });
  const cardOf = async (requestId: string) => (await cardsOf(database.db, requestId))[0];
  const until = <T>(find: () => Promise<T>) => eventually(String(find), find);

  it('posts with metadata, without previews, and remembers place and link', async () => {
    const request = await surface.ask(echo('first'));
    const message = await surface.card('echo first');
    expect(message.metadata).toEqual({
      event_type: 'gatehouse_request',
      event_payload: { request_id: request.id },
    });
    const { unfurl_links, unfurl_media, link_names } = slack.callsOf('chat.postMessage')[0]?.body ?? {};
    expect([unfurl_links, unfurl_media, link_names].map(String)).toEqual(['false', 'false', 'false']);
    const card = await until(async () => (await cardOf(request.id))?.permalink && cardOf(request.id));
    expect(card).toMatchObject({
      channel: DEPLOYS,
      ts: message.ts,
      shownVersion: 1,
      settled: false,
      problem: null,
    });
  });

  it('follows a request to its end: approved, running, ran; then it is settled', async () => {
    const { id } = await surface.ask(echo('life'));
    await approve(id);
    await surface.card(/✅ approved[\s\S]*life/);
    await start(surface.deps, id, 'start-1');
    await surface.card(/running[\s\S]*life/);
    expect((await cardOf(id))?.settled).toBe(false);
    await report(surface.deps, id, { exitCode: 3, signal: null, durationMs: 1500 });
    await surface.card(/failed, exit 3[\s\S]*life/);
    await until(async () => (await cardOf(id))?.settled);
    expect(surface.cards()).toHaveLength(1);
  });

  it('honours 429 and Retry-After; other channels go on meanwhile', async () => {
    slack.fail({ method: 'chat.postMessage', retryAfter: 1, channel: DEPLOYS });
    const started = Date.now();
    await surface.ask(echo('slow'));
    await surface.ask(echo('behind'));
    await surface.ask({ ...echo('elsewhere'), environment: 'staging' });
    await surface.card('echo elsewhere', 'C0STAGING');
    expect(surface.cards()).toHaveLength(0);
    await surface.card('echo slow');
    await surface.card('echo behind');
    expect(Date.now() - started).toBeGreaterThan(950);
    const posts = slack.callsOf('chat.postMessage').filter((call) => call.body.channel === DEPLOYS);
    expect(posts).toHaveLength(3);
  });

  it.each([
    ['an error of Slack', { status: 500 }],
    ['an internal error in 200', { error: 'internal_error' }],
    ['a lost connection', {}],
  ])('tries again after %s', async (what, fault) => {
    slack.fail({ method: 'chat.postMessage', times: 2, ...fault });
    await surface.ask(echo(what));
    await surface.card(what);
    expect(surface.cards()).toHaveLength(1);
  });

  it('an answer lost after Slack took the card makes no second card', async () => {
    slack.fail({ method: 'chat.postMessage', when: 'after' });
    const { id } = await surface.ask(echo('lost'));
    await until(async () => (await cardOf(id))?.ts);
    expect(surface.cards()).toHaveLength(1);
    await approve(id);
    await surface.card(/approved[\s\S]*lost/);
  });

  it('without the permission to look, the extra card decides the same request and ends with it', async () => {
    slack.fail({ method: 'conversations.history', error: 'missing_scope', times: 9 });
    slack.fail({ method: 'chat.postMessage', when: 'after' });
    const { id } = await surface.ask(echo('extra'));
    await until(async () => (await cardOf(id))?.ts);
    const [orphan] = surface.cards();
    expect(surface.cards()).toHaveLength(2);
    await slack.click('UANA', { channel: DEPLOYS, ts: orphan!.ts }, 'approve');
    await until(async () => surface.cards().every((card) => /approved/.test(surface.read(card))));
  });

  it('a press faster than our note of the card makes no trouble', async () => {
    const { id } = await surface.ask(echo('fast'));
    await surface.card('echo fast');
    const place = await until(async () => {
      const card = await cardOf(id);
      return card?.ts ? { channel: card.channel, ts: card.ts } : null;
    });
    await database.db
      .update(cards)
      .set({ ts: null, shownVersion: 0, wantedVersion: 1 })
      .where(eq(cards.requestId, id));
    await adoptCard(database.db, id, place, 1);
    surface.running.publishNow();
    await until(async () => (await cardsOf(database.db, id)).length === 1);
    expect(surface.cards()).toHaveLength(1);
    await approve(id);
    await surface.card(/approved[\s\S]*fast/);
  });

  it('a permanent refusal is kept with its mend; mended, the card appears', async () => {
    const channel = slack.channels.get(DEPLOYS)!;
    channel.members = channel.members.filter((id) => id !== 'UGATEHOUSE');
    const { id } = await surface.ask(echo('uninvited'));
    const problem = await until(async () => (await cardOf(id))?.problem);
    expect(problem).toBe(`Gatehouse is not in the channel ${DEPLOYS}: type /invite @gatehouse there.`);
    slack.invite(DEPLOYS, 'UGATEHOUSE');
    await advance(database, '31 seconds');
    surface.running.publishNow();
    await surface.card('echo uninvited');
    await until(async () => (await cardOf(id))?.problem === null);
  });

  it('gives a card up some time after its request ended while Slack refuses', async () => {
    const { id } = await surface.ask(echo('archived'));
    await surface.card('echo archived');
    slack.channels.get(DEPLOYS)!.archived = true;
    await withdraw(surface.deps, id, null);
    await until(async () => (await cardOf(id))?.problem);
    await database.db.update(cards).set({ attempts: 25, nextAt: sql`now()` }).where(eq(cards.requestId, id));
    surface.running.publishNow();
    await until(async () => (await cardOf(id))?.settled);
    expect((await cardOf(id))?.problem).toContain('is archived');
  });

  it('a card deleted in Slack is posted anew while its request waits', async () => {
    const { id } = await surface.ask({ ...echo('deleted'), environment: 'payments' });
    const { ts } = await surface.card('echo deleted');
    const at = slack.messages(DEPLOYS);
    at.splice(
      at.findIndex((message) => message.ts === ts),
      1,
    );
    await approve(id);
    expect((await surface.card('echo deleted')).ts).not.toBe(ts);
    expect(surface.cards()).toHaveLength(1);
  });

  it('what ended while nobody published gets its end at the next start', async () => {
    const { id } = await surface.ask(echo('restart'));
    await surface.card('echo restart');
    await surface.stop();
    await advance(database, '11 minutes');
    await expire(surface.deps, id);
    surface = await startSurface(database, { slack });
    await surface.card(/expired[\s\S]*restart/);
  });

  it('starts while Slack is down, says so, and catches up', async () => {
    await surface.stop();
    slack.down = true;
    surface = await startSurface(database, { slack });
    const { id } = await surface.ask(echo('down'));
    await until(async () => (await cardOf(id))?.problem);
    expect(surface.running.status()).toMatchObject({ ok: false });
    expect(surface.running.status().problem).toContain('Slack did not say');
    slack.down = false;
    await surface.card('echo down');
    await slack.click('UANA', { channel: DEPLOYS, ts: surface.cards()[0]!.ts }, 'approve');
    await surface.card(/approved[\s\S]*down/);
    expect(surface.running.status()).toMatchObject({ ok: true, team: 'Local Slack' });
  });

  it('two publishers post each card once', async () => {
    const second = await startSurface(database, { slack });
    const words = Array.from({ length: 12 }, (_, index) => `pair-${index}-`);
    for (const word of words) await surface.ask(echo(word));
    for (const word of words) await surface.card(word);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(surface.cards()).toHaveLength(words.length);
    await second.stop();
  });

  it('a card claimed by a process that died is shown after its lease', async () => {
    await surface.stop();
    await surface.ask(echo('leased'));
    await claimDueCards(database, 10, 30);
    surface = await startSurface(database, { slack });
    await advance(database, '31 seconds');
    await surface.card('echo leased');
  });

  it('what people can still decide comes before what ended unseen', async () => {
    await surface.stop();
    const over = [await surface.ask(echo('over-1')), await surface.ask(echo('over-2'))];
    await advance(database, '11 minutes');
    for (const { id } of over) await expire(surface.deps, id);
    const waits = await surface.ask(echo('waits'));
    await advance(database, '1 second');
    const taken = async () => (await claimDueCards(database, 1, 30)).map(({ requestId }) => requestId);
    expect(await taken()).toEqual([waits.id]);
    expect(await taken()).toEqual([over[0]?.id]);
    expect(await taken()).toEqual([over[1]?.id]);
    surface = await startSurface(database, { slack });
  });

  it('tells the requester in the thread when they are in the channel', async () => {
    const { id } = await surface.ask({ ...echo('thread'), owner: 'UCLEO' });
    const { ts } = await surface.card('echo thread');
    await approve(id);
    const [reply] = await slack.waitFor(
      () => slack.thread(DEPLOYS, ts).length > 0 && slack.thread(DEPLOYS, ts),
    );
    expect(surface.read(reply!)).toBe('@Cleo Your request on production was approved by Ana.');
    expect(slack.mentions(reply!)).toEqual(['UCLEO']);
    await until(async () =>
      (await database.db.select().from(outbox)).every((message) => message.doneAt !== null),
    );
  });

  it('tells the requester directly when they are not, with the reason', async () => {
    const { id } = await surface.ask({ ...echo('direct'), owner: 'UDORA' });
    await until(async () => (await cardOf(id))?.permalink);
    await vote(surface.deps, {
      requestId: id,
      voter: voterNamed('Ana'),
      verdict: 'deny',
      reason: 'Not now',
      method: 'card',
    });
    const [message] = await slack.waitFor(() => slack.dm('UDORA').length > 0 && slack.dm('UDORA'));
    const words = surface.read(message!);
    expect(words).toContain('Your request on production was denied by Ana.');
    expect(words).toContain('echo direct');
    expect(words).toContain('Not now');
    expect(words).toContain('Open the card');
  });
});

describe('when to try again', () => {
  const card = { attempts: 3, channel: '#deploys' };
  it('later each time, never later than 45 seconds', () => {
    const after = (attempts: number) =>
      postponementOf(new Error('x'), { ...card, attempts }, () => 0.5).afterSeconds;
    expect([1, 2, 3, 10].map(after)).toEqual([0.5, 1, 2, 30]);
  });

  it('a post that may yet appear later than one that failed; a change of a card at once', () => {
    const error = new WebAPIRequestError(new DOMException('too late', 'TimeoutError'));
    const pause = (ts: string | null) => postponementOf(error, { ...card, ts }, () => 0.5).afterSeconds;
    expect([pause(null), pause('1.1')]).toEqual([10, 2]);
  });

  it.each([
    ['not_in_channel', 'Gatehouse is not in #deploys: type /invite @gatehouse there.'],
    ['channel_not_found', 'Gatehouse is not in #deploys: type /invite @gatehouse there.'],
    ['is_archived', '#deploys is archived: unarchive it, or configure another channel.'],
    ['invalid_auth', 'Slack does not accept SLACK_BOT_TOKEN any more'],
    ['missing_scope', 'install it again with the scopes of manifest.yml'],
    ['restricted_action', 'Gatehouse may not post in #deploys'],
    ['no_idea', 'Slack refused the card for #deploys: no_idea.'],
  ])('%s is asked about again every 30 seconds, and says its mend', (code, mend) => {
    const { afterSeconds, problem } = postponementOf(
      new WebAPIPlatformError({ ok: false, error: code } as never),
      card,
    );
    expect(afterSeconds).toBe(30);
    expect(problem).toContain(mend);
  });
});
