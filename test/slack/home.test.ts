import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewFaults } from '../../src/demo/local-slack/block-kit.ts';
import { vote } from '../../src/gate/vote.ts';
import { type HomeFound, homeView, MOST_DECIDED, MOST_WAITING } from '../../src/slack/home-view.ts';
import type { Database } from '../../src/store/database.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { PRODUCTION, voterNamed } from '../support/deps.ts';
import { DEPLOYS, localSlack, type Surface, startSurface } from './surface.ts';
import { at, viewOf } from './views.ts';

const echo = (word: string) => ({ command: { kind: 'argv' as const, argv: ['echo', word] } });

describe.each(DATABASE_KINDS)('the home tab, database %s', (kind) => {
  let database: Database;
  let surface: Surface;
  beforeAll(async () => {
    database = await freshDatabase(kind);
    surface = await startSurface(database, { mode: kind === 'embedded' ? 'http' : 'socket' });
  });
  afterAll(async () => {
    await surface.stop();
    await database.close();
  });
  const { words, home } = {
    home: async (person: string, reads: RegExp) =>
      surface.slack.waitFor(
        () => {
          const view = surface.slack.home(person);
          return view && reads.test(surface.slack.texts(view)) && view;
        },
        { what: `a home of ${person} with ${reads}` },
      ),
    words: (view: Parameters<Surface['slack']['texts']>[0]) => surface.slack.texts(view),
  };
  const opened = async (person: string, reads: RegExp) => {
    const [delivery] = await surface.slack.openHome(person);
    expect(delivery?.status).toBe(200);
    return home(person, reads);
  };

  it('of somebody with nothing to do says so, and that the gate is well', async () => {
    const view = await opened('UDORA', /Nothing waits for you/);
    expect(words(view)).toContain('What you decided\nNothing yet.');
    expect(words(view)).toContain(
      `The database answers (${kind === 'postgres' ? 'PostgreSQL' : 'embedded'})`,
    );
    expect(words(view)).toContain('Slack is connected: Local Slack.');
    expect(words(view)).toContain('No rule is suspended');
    expect(words(view)).toContain('not studied a night yet');
  });

  it('shows what this person may decide, what ends first before the rest, and nothing else', async () => {
    await surface.ask({ ...echo('later'), reason: 'Release <!channel> 4.2' });
    await surface.ask({ ...echo('sooner'), timeoutSeconds: 60 });
    await surface.ask({ ...echo('of ana herself'), owner: 'UANA' });
    await surface.ask({ ...echo('for-two'), environment: 'payments' });
    await surface.ask({ ...echo('of staging'), environment: 'staging' });
    const ana = words(await opened('UANA', /Waiting for you \(4\)/));
    expect(ana.indexOf('echo sooner')).toBeLessThan(ana.indexOf('echo later'));
    expect(ana).toContain('“Release <!channel> 4.2”');
    expect(ana).not.toContain('of ana herself');
    const cleo = words(await opened('UCLEO', /Waiting for you/));
    expect(cleo).toContain('echo for-two');
    expect(cleo).not.toContain('of staging');
    expect(words(await opened('UDORA', /Waiting for you \(1\)/))).toContain('of staging');
  });

  it('opens what it takes to decide, and Refresh shows what became of it', async () => {
    const before = await opened('UBEN', /echo sooner/);
    const sooner = surface.slack.buttons(before).find(({ actionId }) => actionId === 'review');
    expect(sooner).toBeDefined();
    await surface.slack.click('UBEN', { viewId: before.id }, 'review', { value: sooner?.value });
    const modal = await surface.modal('UBEN', /echo sooner/);
    await surface.slack.submit('UBEN', modal.id);
    await surface.card(/Approved by Ben[\s\S]*echo sooner/);
    await surface.slack.click('UBEN', { viewId: before.id }, 'home-refresh');
    const after = words(await home('UBEN', /✅ approved/));
    expect(after.slice(0, after.indexOf('What you decided'))).not.toContain('echo sooner');
    expect(after.slice(after.indexOf('What you decided'))).toMatch(
      /✅ approved.* on production: echo sooner · Open/,
    );
  });

  it('does not show again what this person approved already, where two have to', async () => {
    const request = await surface.ask({ ...echo('twice'), environment: 'payments' });
    const voter = voterNamed('ana', { subject: 'slack:T0LOCAL:UANA' });
    await vote(surface.deps, {
      requestId: request.id,
      voter,
      verdict: 'approve',
      reason: null,
      method: 'card',
    });
    const ana = words(await opened('UANA', /echo twice/));
    expect(ana.indexOf('echo twice')).toBeGreaterThan(ana.indexOf('What you decided'));
    expect(ana).toMatch(/echo twice, still waits · Open/);
    expect(words(await opened('UCLEO', /echo twice/))).toContain('1 of 2 approvals: ana');
  });

  it('links the card where it is known, and its own page otherwise', async () => {
    await surface.ask(echo('linked'));
    await surface.card('echo linked');
    await surface.slack.waitFor(
      () =>
        surface.slack.callsOf('chat.getPermalink').length >= surface.slack.callsOf('chat.postMessage').length,
      { what: 'links to all cards' },
    );
    const view = await opened('UANA', /echo linked/);
    const links = JSON.stringify(view.blocks).match(/"url":"[^"]+"/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    expect(links.every((link) => /\/archives\/|gate\.example\.com\/requests\/req_/.test(link))).toBe(true);
    const opening = await surface.slack.click('UANA', { viewId: view.id }, 'home-open');
    expect(opening.status).toBe(200);
  });

  it('shows nothing to a guest or to somebody from elsewhere', async () => {
    for (const person of ['UGUEST', 'USTRANGE']) {
      const view = await opened(person, /full members/);
      expect(words(view)).not.toContain('echo');
    }
  });

  it('says what is not well: rules on hold, a card that Slack refuses, a night that failed', async () => {
    await database.rows(sql`insert into rules (id, text, environment, project, source, allows_critical, match, not_match,
      created_at, created_by, created_by_name, hits, suspended_at) values ('rul_1', 'ls', 'production', 'shop', 'manual',
      false, '[]', '[]', now(), 'test', 'test', 0, now())`);
    await database.rows(sql`insert into nights (id, due_at, attempts, done, problem)
      values ('2026-11-25', now(), 3, '[]', 'the learner ran out of time')`);
    surface.slack.channels.get(DEPLOYS)!.archived = true;
    await surface.ask(echo('unseen'));
    await surface.slack.waitFor(
      () =>
        surface.slack
          .callsOf('chat.postMessage')
          .find(({ answer }) => JSON.stringify(answer).includes('is_archived')),
      { what: 'a refusal' },
    );
    const view = await opened('UANA', /cannot be shown/);
    expect(words(view)).toMatch(/1 card cannot be shown\. .*archived: unarchive it/);
    expect(words(view)).toContain('1 rule is suspended after a denial');
    expect(words(view)).toContain('The night of 2026-11-25: the learner ran out of time');
    surface.slack.channels.get(DEPLOYS)!.archived = false;
  });

  it('when Slack does not say who decides: says so, and shows nothing that may not be theirs', async () => {
    surface.slack.fail({ method: 'conversations.members', error: 'internal_error', times: 50 });
    const view = await opened('UCLEO', /does not say everywhere/);
    expect(words(view)).not.toContain('echo later');
    surface.slack.workAgain();
  });
});

it('says that the database does not answer', async () => {
  const database = await freshDatabase('embedded');
  const surface = await startSurface(database, { slack: await localSlack() });
  await database.close();
  await surface.slack.openHome('UANA');
  const view = await surface.slack.waitFor(() => surface.slack.home('UANA'));
  expect(surface.slack.texts(view)).toContain('The database does not answer. Nothing is decided');
  await surface.slack.stop();
});

describe('the view', () => {
  const long = viewOf({
    command: { kind: 'shell', text: 'echo x\n'.repeat(2000) },
    reason: 'why '.repeat(500),
  });
  const many = (count: number) => Array.from({ length: count }, (_, i) => ({ ...long, id: `req_${i}` }));
  const found: HomeFound = {
    waiting: many(MOST_WAITING).map((request) => ({
      request,
      votes: [],
      environment: { ...PRODUCTION, name: 'p'.repeat(63) },
      link: 'https://local.slack.example/archives/C1/p1',
    })),
    more: 3,
    isUnsure: true,
    decided: many(MOST_DECIDED).map((request) => ({
      request,
      vote: { verdict: 'deny' as const, at: at(60) },
      link: 'https://gate.example.com/requests/req_1',
    })),
    state: { refusedCards: { count: 2, problem: 'x'.repeat(900) }, suspendedRules: 4, night: null },
    database: 'postgres',
  };

  it('keeps within the limits of a home tab, however much there is', () => {
    const view = homeView({
      found,
      slack: { ok: false, team: null, problem: 'no' },
      version: '1',
      at: at(0),
    });
    expect(viewFaults(JSON.parse(JSON.stringify(view)), 'home')).toEqual([]);
    expect(view.blocks.length).toBeLessThanOrEqual(100);
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(150_000);
  });
});
