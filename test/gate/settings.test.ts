import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setSettings } from '../../src/gate/settings.ts';
import type { Database } from '../../src/store/database.ts';
import { settingsOf } from '../../src/store/people-settings.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';

const NIGHT = { from: 1320, to: 420 };

describe.each(DATABASE_KINDS)('settings of people, %s', (kind) => {
  let database: Database;
  beforeAll(async () => {
    database = await freshDatabase(kind);
  });
  afterAll(() => database.close());
  const set = (userId: string, wish: Parameters<typeof setSettings>[2]) =>
    setSettings({ database }, userId, wish);
  const kept = async (...userIds: string[]) => Object.fromEntries(await settingsOf(database.db, userIds));

  it('nobody has any before they say something', async () => {
    expect(await kept('UANA')).toEqual({});
    expect(await kept()).toEqual({});
  });

  it('what is said is kept; what is not begins as everybody’s', async () => {
    const settings = { quiet: NIGHT, timeZone: 'Europe/Berlin', ways: 'both' };
    expect(await set('UANA', { quiet: NIGHT, timeZone: 'Europe/Berlin' })).toEqual(settings);
    expect(await kept('UANA', 'UBEN')).toEqual({ UANA: settings });
  });

  it('each part changes by itself', async () => {
    await set('UBEN', { ways: 'email' });
    expect(await set('UBEN', { quiet: NIGHT })).toMatchObject({ quiet: NIGHT, ways: 'email' });
    expect(await set('UBEN', { ways: 'slack' })).toMatchObject({ quiet: NIGHT, ways: 'slack' });
    expect(await set('UBEN', { quiet: null })).toMatchObject({ quiet: null, ways: 'slack' });
    expect(await set('UBEN', {})).toEqual({ quiet: null, timeZone: null, ways: 'slack' });
  });

  it('midnight is a time like others', async () => {
    await set('UCLEO', { quiet: { from: 0, to: 60 } });
    expect(await kept('UCLEO')).toMatchObject({ UCLEO: { quiet: { from: 0, to: 60 } } });
  });

  it('two changes at once: both hold', async () => {
    await Promise.all([set('UDORA', { ways: 'email' }), set('UDORA', { quiet: NIGHT })]);
    expect(await kept('UDORA')).toMatchObject({ UDORA: { quiet: NIGHT, ways: 'email' } });
  });
});
