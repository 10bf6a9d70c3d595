import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Message } from '../../src/demo/local-slack/workspace.ts';
import { addRule } from '../../src/gate/rules.ts';
import type { Ask } from '../../src/gate/submit.ts';
import type { Database } from '../../src/store/database.ts';
import { findRule, listRules } from '../../src/store/rules.ts';
import { freshDatabase } from '../support/databases.ts';
import { PRODUCTION } from '../support/deps.ts';
import { ruleWish } from '../support/verbs.ts';
import { DEPLOYS, type Surface, startSurface } from './surface.ts';

const image = (service: string, tag: string): Partial<Ask> => ({
  command: { kind: 'shell', text: `kubectl -n shop set image deploy/${service} app=reg/app:${tag}` },
  environment: 'staging',
});
const ADMIN = { subject: 'token:adm', name: 'admin', isAdmin: true, people: [] };
const STAGING = 'C0STAGING';

describe('rules in Slack', () => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase('embedded');
    surface = await startSurface(database, {
      over: {
        policies: [
          {
            name: 'Databases',
            match: { environments: ['production'], commands: ['psql *'] },
            effect: { kind: 'require', from: { users: ['UBEN'], groups: [] } },
          },
        ],
        environments: new Map([
          ['production', { ...PRODUCTION, channel: DEPLOYS }],
          [
            'staging',
            {
              ...PRODUCTION,
              name: 'staging',
              production: false,
              channel: '#staging',
              unansweredMayRun: true,
            },
          ],
        ]),
      },
    });
  });
  afterAll(async () => {
    await surface.stop();
    await database.close();
  });

  /** Asks, lets Ana approve, and returns the card. */
  const approved = async (over: Parameters<Surface['ask']>[0], reads: string, channel = STAGING) => {
    await surface.ask(over);
    const { ts } = await surface.card(reads, channel);
    await surface.slack.click('UANA', { channel, ts }, 'approve');
    return surface.card(new RegExp(`approved[\\s\\S]*${reads}`), channel);
  };
  const allow = async (person: string, card: Message, channel = STAGING) => {
    await surface.slack.click(person, { channel, ts: card.ts }, 'allow');
    return surface.modal(person, /Cancel|Close/);
  };
  const close = (person: string) =>
    surface.slack.closeView(person, surface.slack.openViews(person).at(-1)?.id ?? '');
  const modalReading = async (person: string, reads: RegExp) => surface.modal(person, reads);
  const inThread = (channel: string, ts: string, reads: RegExp) =>
    surface.slack.waitFor(() => surface.slack.thread(channel, ts).find((m) => reads.test(surface.read(m))), {
      what: `${reads} in the thread`,
    });
  const choices = (words: string) => [...words.matchAll(/^\d\. (\w+)/gm)].map(([, kind]) => kind);
  const gate = async (person: string, text: string, reads: RegExp, channel = DEPLOYS) => {
    await surface.slack.slash(person, '/gate', text, channel);
    return surface.toldPrivately(person, reads);
  };
  /** The value of one choice of a modal, by its number on it. */
  const choice = (view: { blocks: unknown }, number: number): string => {
    const values = [...JSON.stringify(view.blocks).matchAll(/"value":"((?:exact|literal|pattern):\w+)"/g)];
    return values[number - 1]?.[1] ?? '';
  };

  it('allow in future: three choices with their reach; the chosen one lets the next pass at once', async () => {
    await approved(image('web', '1.2.3'), 'app:1.2.3');
    const card = await approved(image('web', '1.2.4'), 'app:1.2.4');
    await allow('UANA', card);
    const modal = await modalReading('UANA', /This pattern/);
    const words = surface.slack.texts(modal);
    expect(choices(words).slice(0, 3)).toEqual(['Exactly', 'These', 'This']);
    expect(words).toContain('kubectl -n shop set image deploy/web app=reg/app:{semver}');
    expect(words).toContain('✅ kubectl -n shop set image deploy/web app=reg/app:1.2.3');
    expect(words).toContain('⛔ kubectl …reg/app:1.2.4; rm -rf /');
    expect(words).toContain('Only project shop');
    await surface.slack.submit('UANA', modal.id, { choice: choice(modal, 3) });
    await surface.toldPrivately('UANA', /Saved: rule rul_\w+ is in force and expires/);
    const note = await inThread(STAGING, card.ts, /Ana allowed this in future without asking/);
    expect(surface.read(note)).toContain('staging · project shop');
    const next = await surface.ask(image('web', '1.2.5'));
    expect(next).toMatchObject({ state: 'approved', decision: { by: 'rule' } });
    expect(await surface.ask(image('other', '1.2.5'))).toMatchObject({ state: 'pending' });
  });

  it('is not offered twice: the rule that covers it by now is named', async () => {
    const card = await surface.card(/approved[\s\S]*app:1.2.4/, STAGING);
    await allow('UANA', card);
    expect(surface.slack.texts(await modalReading('UANA', /covers it already/))).toMatch(
      /The rule rul_\w{8}/,
    );
    await close('UANA');
  });

  it('revoke: it asks again, and the channel knows', async () => {
    const [rule] = await listRules(database.db, { environment: 'staging' });
    await gate(
      'UANA',
      `rules revoke ${rule?.id.slice(0, 12)}`,
      /Revoked, what it covers asks again/,
      STAGING,
    );
    const offered = surface.slack.ephemeralsFor('UANA').at(-1);
    await surface.slack.click('UANA', { channel: STAGING, ts: offered?.ts ?? '' }, 'revoke-rule');
    await surface.card(/Ana revoked the rule/, STAGING);
    expect(await surface.ask(image('web', '1.2.6'))).toMatchObject({ state: 'pending' });
  });

  it('when nobody objects it may run: only where the environment lets it, and only LOW', async () => {
    const card = await approved(
      { command: { kind: 'argv', argv: ['date'] }, environment: 'staging' },
      'date',
    );
    await allow('UANA', card);
    const modal = await modalReading('UANA', /it runs when nobody objects/);
    await surface.slack.submit('UANA', modal.id, { unanswered: ['allow'], expires: 'never' });
    await surface.toldPrivately('UANA', /is in force and never expires/);
    const [rule] = await listRules(database.db, { search: 'date' });
    expect(rule).toMatchObject({ whenUnanswered: 'allow', text: '= date', expiresAt: null });
  });

  it('a rule whose author asks for it waits in production; a second person confirms it', async () => {
    const ask = { command: { kind: 'shell' as const, text: 'uptime -p' }, owner: 'UCLEO' };
    const card = await approved(ask, 'uptime -p', DEPLOYS);
    await allow('UCLEO', card, DEPLOYS);
    const modal = await modalReading('UCLEO', /Exactly this text/);
    expect(surface.slack.texts(modal)).not.toContain('nobody objects');
    await surface.slack.submit('UCLEO', modal.id);
    await surface.toldPrivately('UCLEO', /waits for a second person/);
    const note = await inThread(DEPLOYS, card.ts, /waits for a second person/);
    expect(await surface.ask({ ...ask, owner: undefined })).toMatchObject({ state: 'pending' });

    const target = { channel: DEPLOYS, ts: note.ts };
    await surface.slack.click('UCLEO', target, 'confirm-rule');
    await surface.toldPrivately('UCLEO', /You made this rule, so somebody else has to confirm it/);
    await surface.slack.click('UGUEST', target, 'confirm-rule');
    await surface.toldPrivately('UGUEST', /Guests cannot decide/);
    await surface.slack.click('UBEN', target, 'confirm-rule');
    const confirmed = await inThread(DEPLOYS, card.ts, /Confirmed by Ben/);
    expect(surface.slack.buttons(confirmed)).toEqual([]);
    expect(await surface.ask({ ...ask, owner: undefined })).toMatchObject({ state: 'approved' });
  });

  it.each([
    ['a guest', 'UGUEST', /Guests cannot decide/],
    ['an outsider', 'USTRANGE', /Only people of this workspace/],
  ])('%s is told in the modal', async (_, person, words) => {
    const card = await approved(
      { command: { kind: 'argv', argv: ['echo', person] } },
      `echo ${person}`,
      DEPLOYS,
    );
    await allow(person, card, DEPLOYS);
    await modalReading(person, words);
    await close(person);
  });

  it('who may not decide any more makes no rule, although the modal was open', async () => {
    const card = await approved({ command: { kind: 'argv', argv: ['echo', 'late'] } }, 'echo late', DEPLOYS);
    await allow('UCLEO', card, DEPLOYS);
    const modal = await modalReading('UCLEO', /Exactly this text/);
    surface.slack.kick(DEPLOYS, 'UCLEO');
    await surface.slack.submit('UCLEO', modal.id);
    await surface.slack.waitFor(() => surface.slack.dm('UCLEO').length > 0, { what: 'Cleo to be told' });
    expect(await listRules(database.db, { search: 'echo late' })).toEqual([]);
    surface.slack.invite(DEPLOYS, 'UCLEO');
  });

  it('what was not shown is not saved', async () => {
    const card = await approved(image('web', '2.0.0'), 'app:2.0.0');
    await allow('UANA', card);
    const modal = await modalReading('UANA', /This pattern/);
    const shown = choice(modal, 3);
    const element = modal.blocks.find((block) => block.block_id === 'choice')?.element as {
      options: { value: string }[];
    };
    for (const each of element.options) if (each.value === shown) each.value = 'pattern:other';
    const answer = await surface.slack.submit('UANA', modal.id, { choice: 'pattern:other' });
    expect(answer.errors?.choice).toContain('Open this again');
    await close('UANA');
  });

  it('list: pages, words, environments; only what the person may see', async () => {
    for (let i = 1; i <= 12; i++) await addRule(surface.deps, ADMIN, ruleWish({ text: `echo page-${i}-` }));
    await addRule(surface.deps, ADMIN, ruleWish({ text: 'echo everywhere', environment: '*' }));
    const first = await gate('UBEN', 'rules echo', /13 rules with “echo”, 1 to 10/);
    expect(first).toContain('echo everywhere');
    expect(first).toContain('every environment · project shop');
    expect(first).toContain('not used yet · never expires · by admin');
    expect(first).not.toContain('page-1-');
    const shown = surface.slack.ephemeralsFor('UBEN').at(-1);
    await surface.slack.click('UBEN', { channel: DEPLOYS, ts: shown?.ts ?? '' }, 'rules-next');
    const second = await surface.toldPrivately('UBEN', /11 to 13/);
    expect(second).toContain('page-1-');
    expect(second).toContain('[Previous]');
    expect(surface.slack.ephemeralsFor('UBEN').filter((m) => /page-\d/.test(surface.read(m)))).toHaveLength(
      1,
    );
    expect(await gate('UANA', 'rules page-3- in production', /page-3-/)).toContain('1 rule for production');
    expect(await gate('UDORA', 'rules in production', /You see the rules of/, STAGING)).toContain('staging');
    expect(await gate('UDORA', 'rules page-3-', /No rules with/, STAGING)).not.toContain('echo page-3-');
  });

  it('rules for every environment are the administrators’', async () => {
    const [rule] = await listRules(database.db, { environment: '*' });
    await gate('UANA', `rules revoke ${rule?.id}`, /changed by an administrator/);
    expect((await findRule(database.db, rule?.id ?? ''))?.revokedAt).toBeNull();
  });

  it('add: says why it is no rule, and what to write instead', async () => {
    const words = await gate('UANA', 'rules add git push --* in production', /This cannot be a rule/);
    expect(words).toContain('a wildcard decides which option it is');
    expect(words).toContain('Instead: ');
    await gate('UANA', 'rules add ls in nowhere', /Say where it should hold[\s\S]*production, staging/);
    await gate('UANA', 'rules add', /Rules let the commands they cover pass/);
  });

  it('add: opens a modal with how far it reaches, and tells the channel', async () => {
    await surface.slack.slash('UANA', '/gate', 'rules add kubectl get pods -n * in production', DEPLOYS);
    const modal = await modalReading('UANA', /Only from repository/);
    const words = surface.slack.texts(modal);
    expect(words).toContain('kubectl get pods -n *');
    expect(words).toContain('✅ kubectl get pods -n api');
    expect(words).toContain('⛔ kubectl get pods -n api; rm -rf /');
    await surface.slack.submit('UANA', modal.id, { project: 'shop', cwd: '/srv/shop' });
    expect(surface.read(await surface.card(/Ana allowed this in future/))).toContain(
      'production · project shop · in /srv/shop',
    );
    const ask = { command: { kind: 'shell' as const, text: 'kubectl get pods -n web' } };
    expect(await surface.ask({ ...ask, cwd: '/srv/shop' })).toMatchObject({ state: 'approved' });
    expect(await surface.ask({ ...ask, cwd: '/srv' })).toMatchObject({ state: 'pending' });
  });

  it('add: who does not decide there is told so', async () => {
    await surface.slack.slash('UDORA', '/gate', 'rules add ls -l in production', STAGING);
    await modalReading('UDORA', /can decide here/);
    await close('UDORA');
  });

  it('confirm by its id, for somebody who sees the whole rule', async () => {
    const cleo = { subject: 'slack:T0:UCLEO', name: 'Cleo', isAdmin: false, people: ['UCLEO'] };
    const request = await surface.ask({ command: { kind: 'argv', argv: ['w'] }, owner: 'UCLEO' });
    const added = await addRule(surface.deps, cleo, ruleWish({ text: 'w', originRequestId: request.id }));
    const id = added.ok ? added.rule.id : '';
    await gate('UBEN', `rules confirm ${id}`, /Confirmed, what it covers runs without asking/);
    const offered = surface.slack.ephemeralsFor('UBEN').at(-1);
    await surface.slack.click('UBEN', { channel: DEPLOYS, ts: offered?.ts ?? '' }, 'confirm-rule');
    await surface.toldPrivately('UBEN', /Confirmed by Ben/);
    expect((await findRule(database.db, id))?.confirmedAt).not.toBeNull();
    await gate('UANA', `rules confirm ${id}`, /in force already/);
  });

  it('a policy says who decides: the card names them, nobody else counts, and no rule is offered', async () => {
    await surface.ask({ command: { kind: 'shell', text: 'psql -c "select 1"' } });
    const card = await surface.card('psql -c');
    expect(surface.read(card)).toContain('Why it asks: policy “Databases”');
    expect(surface.read(card)).toContain('Who decides: Ben, not who asked');
    await surface.slack.click('UANA', { channel: DEPLOYS, ts: card.ts }, 'approve');
    await surface.toldPrivately('UANA', /Only Ben can decide here/);
    await surface.slack.click('UBEN', { channel: DEPLOYS, ts: card.ts }, 'approve');
    const decided = await surface.card(/approved[\s\S]*psql -c/);
    expect(surface.slack.buttons(decided).map((b) => b.actionId)).toEqual(['details']);
    await surface.slack.click('UANA', { channel: DEPLOYS, ts: card.ts }, 'details');
    expect(surface.slack.texts(await modalReading('UANA', /What was looked at/))).toContain(
      'policy “Databases”: applies',
    );
    await close('UANA');
  });

  it('check: names the rule that lets it pass, and what the nearest one says', async () => {
    await addRule(surface.deps, ADMIN, ruleWish({ text: 'helm rollback shop *' }));
    expect(await gate('UANA', 'check helm rollback shop 12', /helm rollback shop 12/)).toMatch(
      /production: it would pass by the rule helm rollback shop \*/,
    );
    const words = await gate('UANA', 'check helm rollback shop 12 --force', /--force/);
    expect(words).toContain('it would ask any full member of this channel');
    expect(words).toContain('The nearest:');
    expect(words).toContain('one word more than the rule has');
    expect(await gate('UANA', 'check helm rollback shop 1 in staging', /On staging/)).toContain(
      'it is for production',
    );
  });
});
