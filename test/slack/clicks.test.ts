import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expire } from '../../src/gate/expire.ts';
import type { Database } from '../../src/store/database.ts';
import { findRequest } from '../../src/store/requests.ts';
import { records } from '../../src/store/schema.ts';
import { advance } from '../support/clock.ts';
import { freshDatabase } from '../support/databases.ts';
import { DEPLOYS, type Surface, startSurface } from './surface.ts';

const echo = (word: string) => ({ command: { kind: 'argv' as const, argv: ['echo', word] } });

describe.each(['http', 'socket'] as const)('clicks over %s', (mode) => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase('embedded');
    surface = await startSurface(database, { mode });
  });
  afterAll(async () => {
    await surface.stop();
    await database.close();
  });
  const click = (person: string, ts: string, action: string) =>
    surface.slack.click(person, { channel: DEPLOYS, ts }, action);
  const stateOf = async (id: string) => (await findRequest(database.db, id))?.state;
  const refusals = async () =>
    (await database.db.select().from(records)).filter((record) => record.type === 'vote-refused').length;

  it('approve: the card says who and loses its buttons', async () => {
    const request = await surface.ask(echo('one'));
    const { ts } = await surface.card('echo one');
    await click('UANA', ts, 'approve');
    const card = await surface.card(/approved[\s\S]*echo one/);
    expect(surface.read(card)).toContain('Approved by Ana in Slack');
    expect(surface.slack.buttons(card).map((b) => b.actionId)).toEqual(['details', 'allow']);
    expect(await stateOf(request.id)).toBe('approved');
  });

  it('deny: asks why, and the reason stands on the card', async () => {
    await surface.ask(echo('two'));
    const { ts } = await surface.card('echo two');
    await click('UBEN', ts, 'deny');
    const modal = await surface.modal('UBEN');
    const empty = await surface.slack.submit('UBEN', modal.id, {});
    expect(empty.errors).toEqual({ words: 'Pick a reason above, or write one here.' });
    await surface.slack.submit('UBEN', modal.id, { preset: 'Wrong time', words: 'After the freeze.' });
    const card = await surface.card(/denied[\s\S]*echo two/);
    expect(surface.read(card)).toContain('Denied by Ben in Slack');
    expect(surface.read(card)).toContain('Wrong time: After the freeze.');
  });

  it('a late click is told who was first, and when', async () => {
    await surface.ask(echo('three'));
    const { ts } = await surface.card('echo three');
    surface.slack.fail({ method: 'chat.update', error: 'internal_error', times: 2 });
    await click('UANA', ts, 'approve');
    await click('UBEN', ts, 'approve');
    await surface.toldPrivately('UBEN', /^Already approved by Ana, today at \d+:\d+\.$/);
    await surface.card(/approved[\s\S]*echo three/);
  });

  it('a click after the deadline is told so, though no timer fired yet', async () => {
    const request = await surface.ask(echo('deadline'));
    const { ts } = await surface.card('echo deadline');
    await advance(database, '11 minutes');
    await click('UANA', ts, 'approve');
    await surface.toldPrivately('UANA', /^Already expired because nobody answered in time/);
    await surface.card(/expired[\s\S]*echo deadline/);
    expect(await stateOf(request.id)).toBe('expired');
    await advance(database, '-11 minutes');
  });

  it.each([
    ['a guest', 'UGUEST', 'Guests cannot decide.'],
    ['somebody of another organisation', 'USTRANGE', 'Only people of this workspace can decide.'],
    ['the requester', 'UCLEO', 'You asked for this, so somebody else has to approve it.'],
  ])('%s may not approve, is told why, and it is recorded', async (_, person, words) => {
    const request = await surface.ask({ ...echo(`by ${person}`), owner: 'UCLEO' });
    const { ts } = await surface.card(`by ${person}`);
    const before = await refusals();
    await click(person, ts, 'approve');
    await surface.toldPrivately(person, words);
    expect(await stateOf(request.id)).toBe('pending');
    expect(await refusals()).toBe(before + 1);
  });

  it('a guest who would deny is told in the modal, before writing a reason', async () => {
    await surface.ask(echo('four'));
    const { ts } = await surface.card('echo four');
    const before = await refusals();
    await click('UGUEST', ts, 'deny');
    await surface.modal('UGUEST', 'Guests cannot decide.');
    expect(await refusals()).toBe(before + 1);
  });

  it('who is no member of the channel any more may not decide', async () => {
    const request = await surface.ask(echo('five'));
    const { ts } = await surface.card('echo five');
    surface.slack.fail({ method: 'users.info', delayMs: 300 });
    await click('UDORA', ts, 'approve').catch(() => {});
    surface.slack.invite(DEPLOYS, 'UDORA');
    await click('UDORA', ts, 'approve');
    surface.slack.kick(DEPLOYS, 'UDORA');
    await surface.slack.waitFor(
      () => surface.slack.dm('UDORA').length > 0 || surface.slack.ephemeralsFor('UDORA').length > 0,
    );
    expect(await stateOf(request.id)).toBe('pending');
  });

  it('a membership Slack does not tell does not count', async () => {
    const request = await surface.ask(echo('six'));
    const { ts } = await surface.card('echo six');
    surface.slack.fail({ method: 'conversations.members', status: 500 });
    await click('UANA', ts, 'approve');
    await surface.toldPrivately('UANA', 'Slack did not say whether you may decide');
    expect(await stateOf(request.id)).toBe('pending');
    await click('UANA', ts, 'approve');
    await surface.card(/approved[\s\S]*echo six/);
  });

  it('two approvals need two people; progress is shown; the group counts', async () => {
    await surface.ask({ ...echo('seven'), environment: 'payments' });
    const card = await surface.card('echo seven');
    expect(surface.read(card)).toContain('0 of 2 approvals');
    expect(surface.read(card)).toMatch(/@dba, Ana or Ben/);
    await click('UANA', card.ts, 'approve');
    await surface.card(/1 of 2 approvals: Ana[\s\S]*/);
    await surface.toldPrivately('UANA', 'Counted: 1 of 2. One more person has to approve.');
    await click('UANA', card.ts, 'approve');
    await surface.toldPrivately('UANA', 'You approved this already.');
    await click('UCLEO', card.ts, 'approve');
    expect(surface.read(await surface.card(/approved[\s\S]*echo seven/))).toContain(
      'Approved by Ana and Cleo',
    );
  });

  it('a command too long for the card is approved in Review, which shows all of it', async () => {
    const long = `${'echo 0123456789; '.repeat(200)}rm -rf /end`;
    await surface.ask({ command: { kind: 'shell', text: long } });
    const card = await surface.card('more characters: Review shows all of it');
    expect(surface.slack.buttons(card).map((b) => b.text)).toEqual([
      'Review',
      'Deny',
      "I'm looking",
      'Ask',
      'Details',
    ]);
    await click('UANA', card.ts, 'review');
    const modal = await surface.modal('UANA');
    expect(surface.slack.texts(modal).replaceAll('\n', '')).toContain(long);
    expect(surface.slack.texts(modal)).toContain('Approve on production');
    await surface.slack.submit('UANA', modal.id);
    await surface.card(/approved[\s\S]*0123456789/);
  });

  it('details shows everything, before and after', async () => {
    const request = await surface.ask({ ...echo('eight'), cwd: '/srv/app', reason: 'because' });
    const { ts } = await surface.card('echo eight');
    await click('UBEN', ts, 'details');
    const modal = surface.slack.texts(await surface.modal('UBEN', 'echo eight'));
    expect(modal).toContain(request.id);
    expect(modal).toContain('/srv/app');
    expect(modal).toContain('because');
    await surface.slack.closeView('UBEN', surface.slack.openViews('UBEN')[0]?.id ?? '');
  });

  it('an expired request brings its card to the end', async () => {
    const request = await surface.ask({ ...echo('nine'), timeoutSeconds: 1 });
    await surface.card('echo nine');
    await advance(database, '2 seconds');
    await expire(surface.deps, request.id);
    const card = await surface.card(/expired[\s\S]*echo nine/);
    expect(surface.read(card)).toContain('Expired because nobody answered in time');
    expect(surface.slack.buttons(card).map((b) => b.text)).toEqual(['Details']);
  });

  it('a fault of ours is told, and nothing is decided', async () => {
    const request = await surface.ask(echo('ten'));
    const { ts } = await surface.card('echo ten');
    surface.slack.fail({ method: 'views.open', status: 500 });
    await click('UANA', ts, 'deny');
    await surface.toldPrivately('UANA', 'That did not work; nothing was decided. Try again.');
    expect(await stateOf(request.id)).toBe('pending');
    expect(surface.deps.events.some((event) => event.kind === 'fault')).toBe(true);
  });

  it('of sixty people at once one decides, and every other one is told', async () => {
    const request = await surface.ask(echo('crowd'));
    const { ts } = await surface.card('echo crowd');
    const crowd = Array.from({ length: 60 }, (_, index) => `UCROWD${index}`);
    for (const id of crowd) {
      surface.slack.people.set(id, { id, name: id.toLowerCase(), realName: id });
      surface.slack.invite(DEPLOYS, id);
    }
    surface.slack.fail({ method: 'chat.update', delayMs: 2000 });
    const clicks = await Promise.all(crowd.map((person) => click(person, ts, 'approve')));
    // A busy machine may be late to acknowledge some of sixty: each counts all the same.
    const refused = clicks.filter(({ status, problem }) => status !== 200 && problem !== 'timeout');
    expect(refused).toEqual([]);
    const told = () =>
      crowd.filter((person) =>
        surface.slack.ephemeralsFor(person).some((m) => /^Already approved by UCROWD/.test(surface.read(m))),
      );
    await surface.slack.waitFor(() => told().length === 59, { timeoutMs: 15_000 });
    expect(await stateOf(request.id)).toBe('approved');
    await surface.card(/approved[\s\S]*crowd/);
  });
});
