import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTyped, splitEnvironment, unescaped } from '../../src/slack/typed.ts';
import type { Database } from '../../src/store/database.ts';
import { freshDatabase } from '../support/databases.ts';
import { DEPLOYS, type Surface, startSurface } from './surface.ts';

describe('what was typed', () => {
  it.each([
    ['', { word: 'help' }],
    ['  HELP ', { word: 'help' }],
    ['pending', { word: 'pending', page: 1 }],
    ['pending 3', { word: 'pending', page: 3 }],
    ['pending -1', { word: 'pending', page: 1 }],
    ['show abc123', { word: 'show', id: 'abc123' }],
    [
      'check rm -rf /tmp/x &amp;&amp; echo &lt;done&gt;',
      { word: 'check', command: 'rm -rf /tmp/x && echo <done>' },
    ],
    ['pendign', { word: 'unknown', typed: 'pendign', nearest: 'pending' }],
    ['ch', { word: 'unknown', typed: 'ch', nearest: 'check' }],
    ['rules', { word: 'rules', does: 'suggestions', rest: '' }],
    ['rules list', { word: 'rules', does: 'list', rest: '' }],
    ['rules kubectl in staging', { word: 'rules', does: 'list', rest: 'kubectl in staging' }],
    ['rules ADD ls * in staging', { word: 'rules', does: 'add', rest: 'ls * in staging' }],
    ['rules revoke rul_1', { word: 'rules', does: 'revoke', rest: 'rul_1' }],
    ['notes', { word: 'notes', rest: '' }],
    ['notes pg_repack in staging', { word: 'notes', rest: 'pg_repack in staging' }],
    ['me', { word: 'me', rest: '' }],
    ['ME quiet 22:00-07:00', { word: 'me', rest: 'quiet 22:00-07:00' }],
    ['mee', { word: 'unknown', typed: 'mee', nearest: 'me' }],
    ['ls', { word: 'unknown', typed: 'ls', nearest: null }],
    ['frobnicate', { word: 'unknown', typed: 'frobnicate', nearest: null }],
  ])('%j', (text, typed) => {
    expect(readTyped(text)).toEqual(typed);
  });

  it.each([
    ['ls in staging', 'ls', 'staging'],
    ['in staging', '', 'staging'],
    ['echo in in staging', 'echo in', 'staging'],
    ['ls in nowhere', 'ls in nowhere', null],
    ['ls instaging', 'ls instaging', null],
  ])('%j names an environment only when there is one', (text, words, environment) => {
    expect(splitEnvironment(text, ['staging'])).toEqual({ words, environment });
  });

  it.each([
    ['curl &lt;b&gt; &amp;amp;', 'curl <b> &amp;'],
    ['ping <@U123|ana> in <#C1|deploys>', 'ping @ana in #deploys'],
    ['curl <https://example.com/x|example.com/x>', 'curl https://example.com/x'],
    ['echo <!channel>', 'echo @channel'],
  ])('%j is unescaped once', (text, plain) => {
    expect(unescaped(text)).toBe(plain);
  });
});

describe('/gate', () => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase('embedded');
    surface = await startSurface(database);
  });
  afterAll(async () => {
    await surface.stop();
    await database.close();
  });
  const gate = async (person: string, text: string, reads: RegExp, channel = DEPLOYS) => {
    await surface.slack.slash(person, '/gate', text, channel);
    return surface.toldPrivately(person, reads);
  };

  it('help', async () => {
    expect(await gate('UGUEST', 'help', /gate pending/)).toContain(
      '/gate check <command> [in <environment>]',
    );
  });

  it('an unknown word: help, with the nearest', async () => {
    expect(await gate('UANA', 'shwo', /There is no/)).toContain('Did you mean /gate show?');
  });

  it('check: assesses and asks nobody', async () => {
    const words = await gate('UANA', 'check rm -rf "/srv/a b" && echo <done>', /rm -rf/);
    expect(words).toContain('rm -rf "/srv/a b" && echo <done>');
    expect(words).toMatch(/(LOW|MEDIUM|HIGH|CRITICAL) risk, \d+ of 100/);
    expect(words).toContain('it would ask any full member of this channel, for 10 min.');
    expect(words).toContain('No request was made and nothing runs.');
    expect(surface.cards()).toHaveLength(0);
  });

  it('check without a command says how', async () => {
    expect(await gate('UANA', 'check', /Type a command/)).toContain('/gate check');
  });

  it('pending: only what the person may see, in pages', async () => {
    for (let i = 1; i <= 12; i++)
      await surface.ask({ command: { kind: 'argv', argv: ['echo', `no-${i}-`] } });
    await surface.ask({ command: { kind: 'argv', argv: ['echo', 'stage'] }, environment: 'staging' });
    await surface.card('no-12-');
    const all = await gate('UANA', 'pending', /Waiting/);
    expect(all).toContain('echo stage');
    expect(all).toContain('Older ones: /gate pending 2');
    expect(await gate('UBEN', 'pending 2', /no-1-/)).not.toContain('no-12-');
    expect(await gate('UDORA', 'pending', /stage/, 'C0STAGING')).not.toContain('no-');
  });

  it('show: the card without its decisions, by the beginning of an id', async () => {
    const request = await surface.ask({ command: { kind: 'argv', argv: ['echo', 'shown'] } });
    const words = await gate('UANA', `show ${request.id.slice(4, 12)}`, /echo shown/);
    expect(words).toContain('[Details]');
    expect(words).not.toContain('[Approve');
    expect(await gate('UDORA', `show ${request.id}`, /No request/, 'C0STAGING')).toContain(
      'No request of your channels',
    );
  });

  it.each([
    ['a guest', 'UGUEST', /Guests cannot use \/gate/],
    ['an outsider', 'USTRANGE', /Only people of this workspace/],
  ])('%s is refused', async (_, person, words) => {
    await gate(person, 'pending', words);
  });
});
