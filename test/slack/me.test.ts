import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readMe } from '../../src/slack/me.ts';
import type { Database } from '../../src/store/database.ts';
import { settingsOf } from '../../src/store/people-settings.ts';
import { freshDatabase } from '../support/databases.ts';
import { DEPLOYS, localSlack, type Surface, startSurface } from './surface.ts';

const NIGHT = { from: 1320, to: 420 };

describe('what was typed after /gate me', () => {
  it.each([
    ['quiet 22:00-07:00', { quiet: NIGHT }],
    ['QUIET 22:00 - 7:00', { quiet: NIGHT }],
    ['quiet off', { quiet: null }],
    ['ways slack', { ways: 'slack' }],
    ['ways  Both', { ways: 'both' }],
    ['quiet', { why: 'Quiet hours are two times, such as 22:00-07:00.' }],
    ['quiet 22-7', { why: 'Quiet hours are two times, such as 22:00-07:00.' }],
    ['quiet 08:00-08:00', { why: 'Quiet hours end at another time than they begin.' }],
    ['ways pigeon', { why: 'The ways are slack, email and both.' }],
    ['volume 11', { why: 'That is none of your settings.' }],
  ])('%j', (typed, expected) => {
    expect(readMe(typed)).toEqual(expected);
  });
});

describe('/gate me', () => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase('embedded');
    const slack = await localSlack({
      people: [
        { id: 'UANA', name: 'ana', realName: 'Ana', tz: 'Europe/Berlin' },
        { id: 'UBEN', name: 'ben', realName: 'Ben', tz: 'Asia/Tokyo' },
        { id: 'UGUEST', name: 'gus', realName: 'Gus', isGuest: true },
      ],
      channels: [{ id: DEPLOYS, name: 'deploys', members: ['UGATEHOUSE', 'UANA', 'UBEN', 'UGUEST'] }],
    });
    surface = await startSurface(database, { slack });
  });
  afterAll(async () => {
    await surface.stop();
    await surface.slack.stop();
    await database.close();
  });
  afterEach(async () => {
    for (const { id } of surface.slack.openViews('UANA')) await surface.slack.closeView('UANA', id);
  });

  const gate = (person: string, text: string) => surface.slack.slash(person, '/gate', text, DEPLOYS);
  const told = (person: string, reads: RegExp) => surface.toldPrivately(person, reads);
  const kept = async (person: string) => (await settingsOf(database.db, [person])).get(person);
  const opened = async (person: string) => {
    await gate(person, 'me');
    return surface.modal(person, /Quiet hours|cannot/);
  };
  const fields = (view: { state: { values: unknown } }) => view.state.values;

  it('shows what holds for somebody who never said anything', async () => {
    const view = await opened('UANA');
    const words = surface.slack.texts(view);
    expect(words).toContain('Quiet hours\nSend me nothing between these times');
    expect(words).toContain('From\n22:00\nEurope/Berlin');
    expect(words).toContain('pages from the on-call provider still come through');
    expect(words).toContain('When everybody on a step wants quiet, the next step is taken at once');
    expect(words).toContain('This gate does not send e-mail, so you are told in Slack');
    expect(fields(view)).toMatchObject({
      quiet: { quiet: { selected_options: [] } },
      ways: { ways: { selected_option: { value: 'both' } } },
    });
    expect(await kept('UANA')).toBeUndefined();
  });

  it('saves what is chosen, with their time zone, and shows it the next time', async () => {
    const view = await opened('UANA');
    await surface.slack.submit('UANA', view.id, { quiet: ['on'], from: '21:30', ways: 'slack' });
    expect(await told('UANA', /21:30/)).toContain('Quiet hours: 21:30 to 07:00, Europe/Berlin');
    expect(await kept('UANA')).toEqual({
      quiet: { from: 1290, to: 420 },
      timeZone: 'Europe/Berlin',
      ways: 'slack',
    });
    expect(fields(await opened('UANA'))).toMatchObject({
      quiet: { quiet: { selected_options: [{ value: 'on' }] } },
      from: { from: { selected_time: '21:30', timezone: 'Europe/Berlin' } },
      ways: { ways: { selected_option: { value: 'slack' } } },
    });
  });

  it('refuses hours of no length in their place', async () => {
    const view = await opened('UANA');
    const { errors } = await surface.slack.submit('UANA', view.id, {
      quiet: ['on'],
      from: '08:00',
      to: '08:00',
    });
    expect(errors).toEqual({ to: 'Quiet hours end at another time than they begin.' });
  });

  it('takes the tick away: no quiet any more', async () => {
    const view = await opened('UANA');
    await surface.slack.submit('UANA', view.id, { quiet: [], from: '08:00', to: '08:00' });
    await told('UANA', /Quiet hours: none/);
    expect(await kept('UANA')).toMatchObject({ quiet: null });
  });

  it('typed: changes one thing, of this person alone', async () => {
    await gate('UBEN', 'me quiet 22:00-07:00');
    await told('UBEN', /Quiet hours: 22:00 to 07:00, Asia\/Tokyo/);
    await gate('UBEN', 'me ways email');
    expect(await told('UBEN', /You are told by e-mail/)).toContain('22:00 to 07:00');
    expect(await kept('UBEN')).toEqual({ quiet: NIGHT, timeZone: 'Asia/Tokyo', ways: 'email' });
    await gate('UBEN', 'me quiet off');
    await told('UBEN', /Quiet hours: none/);
    expect(await kept('UBEN')).toMatchObject({ quiet: null, ways: 'email' });
    expect(await kept('UANA')).toMatchObject({ ways: 'slack' });
  });

  it('typed wrongly: says how, and changes nothing', async () => {
    await gate('UBEN', 'me ways pigeon');
    expect(await told('UBEN', /The ways are/)).toContain('/gate me quiet 22:00-07:00');
    expect(await kept('UBEN')).toMatchObject({ ways: 'email' });
  });

  it('a guest is told so in the modal, and has nothing to save', async () => {
    await gate('UGUEST', 'me');
    const view = await surface.modal('UGUEST', /Guests cannot use/);
    expect(view.submit).toBeNull();
    await gate('UGUEST', 'me quiet off');
    await told('UGUEST', /Guests cannot use/);
    expect(await kept('UGUEST')).toBeUndefined();
  });

  it('when Slack does not say who it is: nothing is changed', async () => {
    surface.slack.fail({ method: 'users.info', error: 'internal_error' });
    await gate('UANA', 'me ways both');
    await told('UANA', /That did not work/);
    expect(await kept('UANA')).toMatchObject({ ways: 'slack' });
  });
});
