import { type SQL, sql } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type FakePagerDuty, startFakePagerDuty } from '../../src/demo/pagers/fake-pagerduty.ts';
import { type MailHost, startMailHost } from '../on-call/smtp.ts';
import { expectInvariants } from '../support/invariants.ts';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import type { ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { inForm, measured } from './form.ts';

const STORM = inForm(60, 300);
const ROUTING_KEY = 'r'.repeat(32);
const CONFIG = (pagerDuty: string, smtp: number) => `
url: http://gate.example.com
environments:
  production:
    channel: "#deploys"
    reviewers: { users: [UANA, UBEN] }
    escalation:
      - { after: 4m, tell: { users: [UNORA], emails: [backup@example.com] } }
      - { after: 6m, page: primary }
on_call:
  primary: { kind: pagerduty, routing_key: "${ROUTING_KEY}", base_url: "${pagerDuty}" }
email: { smtp: "smtp://127.0.0.1:${smtp}", from: gate@example.com }
limits: { requests_per_second: 1000, burst: 1000, pending_per_token: 1000 }
`;

/** Two real servers over one PostgreSQL, with a clock that is moved; what crosses the wire is real. */
describe('the ladder when things break, two replicas', () => {
  let world: Replicas;
  let pagerDuty: FakePagerDuty;
  let mail: MailHost;
  beforeAll(async () => {
    [pagerDuty, mail] = [await startFakePagerDuty({ routingKeys: [ROUTING_KEY] }), await startMailHost()];
    world = await startReplicas('socket', CONFIG(pagerDuty.url, mail.port));
  }, 120_000);
  afterAll(async () => {
    await world.close();
    await Promise.all([pagerDuty.close(), mail.close()]);
  });
  afterEach(async () => {
    await forward('1 hour');
    await until('everything to be over', async () => (await count(`state = 'pending'`)) === 0);
    await until('no open incident', () => pagerDuty.incidents.every(({ status }) => status === 'resolved'));
    pagerDuty.calls.length = 0;
    pagerDuty.incidents.length = 0;
    mail.mails.length = 0;
  });

  /**
   * Not while a card is on its way: its lease would end in the middle, and the other server would post it again, as no
   * real clock makes it.
   */
  const moveClock = (by: SQL) =>
    until('no card to be on its way', async () => {
      const moved = await world.database.rows(sql`
        update clock.shift set by = clock.shift.by + ${by}
        where not exists (select 1 from cards where lease_until > now()) returning 1 as one`);
      return moved.length === 1;
    });
  const forward = (by: string) => moveClock(sql`${by}::interval`);
  /** To a second after the next step of this kind is due, however long this waits for the lease of a card. */
  const forwardTo = (kind: string) =>
    moveClock(sql`(select min(due_at) - now() + interval '1 second' from steps
      where kind = ${kind} and taken_at is null)`);
  const count = async (condition: string) => {
    const [row] = await world.database.rows<{ n: number }>(
      sql`select count(*)::int as n from requests where ${sql.raw(condition)}`,
    );
    return row?.n ?? 0;
  };
  const taken = async (kind: string) => {
    const rows = await world.database.rows<{ id: string; late: number }>(
      sql`select request_id as id, extract(epoch from taken_at - due_at)::float8 as late from steps
        where kind = ${kind} and taken_at is not null`,
    );
    return rows;
  };
  const ask = (at: ServerProcess = world.a) => world.ask(at, 'production', 'echo', String(Math.random()));

  it(`${STORM} requests that escalate in the same minute are a few incidents; none is lost`, async () => {
    for (let i = 0; i < STORM; i += 10)
      await Promise.all(Array.from({ length: 10 }, (_, j) => ask(j % 2 ? world.a : world.b)));
    await forward('6 minutes 30 seconds');
    await until('every page', async () => (await taken('page')).length === STORM);
    await until('the storm to be counted', () =>
      pagerDuty.incidents.some(({ summary }) => {
        const [, counted] = /^(\d+) requests wait in production$/.exec(summary) ?? [];
        return Number(counted) > (STORM * 2) / 3;
      }),
    );
    const calls = pagerDuty.calls.filter(({ path }) => path === '/v2/enqueue');
    expect(calls.every(({ status }) => status === 202)).toBe(true);
    expect(calls.length).toBeLessThan(inForm(30, 60));
    expect(pagerDuty.incidents.length).toBeLessThanOrEqual(8);
    const [under] = await world.database.rows<{ n: number }>(
      sql`select count(distinct request_id)::int as n from page_requests`,
    );
    expect(under?.n).toBe(STORM);
    // Nor is the same mailbox filled with as many mails.
    expect(mail.mails.length).toBeLessThan(inForm(30, 60));
    measured({
      case: 'E7',
      promise: `${STORM} requests escalate in the same minute: a few incidents and one that counts, all closed in the end`,
      runs: STORM,
      figures: {
        incidents: pagerDuty.incidents.length,
        'calls to the pager': calls.length,
        mails: mail.mails.length,
      },
    });
  }, 180_000);

  it('the server dies between the call and its note: one incident, closed in the end', async () => {
    await world.b.stop();
    await world.a.stop();
    await world.a.start({ FAILPOINT: 'page-after-send' });
    const { id } = await ask();
    await forward('6 minutes 1 second');
    expect(await world.a.ended()).toBe('SIGKILL');
    expect(pagerDuty.incidents).toHaveLength(1);
    await world.b.start();
    await forward('31 seconds');
    await until('the page to be noted', async () => {
      const [page] = await world.database.rows<{ sent: boolean }>(
        sql`select sent_at is not null as sent from pages join page_requests on page_id = id where request_id = ${id}`,
      );
      return page?.sent === true;
    });
    expect(new Set(pagerDuty.incidents.map(({ key }) => key)).size).toBe(1);
    expect(pagerDuty.incidents).toHaveLength(1);
    await forward('4 minutes');
    await until('the incident to be closed', () => pagerDuty.incidents[0]?.status === 'resolved');
    await world.a.start();
  }, 120_000);

  it('the server dies in the middle of a step: the other one takes it, once, hardly late', async () => {
    await world.a.stop();
    await world.a.start({ FAILPOINT: 'step-before-commit' });
    const before = (await taken('tell')).length;
    await world.b.stop();
    const dying = world.a.ended();
    const { id } = await ask().catch(() => ({ id: '' }));
    expect(await dying).toBe('SIGKILL');
    await world.b.start();
    await forwardTo('tell');
    await until('the backups to be told', async () => (await taken('tell')).length === before + 1);
    const [step] = (await taken('tell')).filter((each) => each.id === id || id === '');
    expect(step?.late).toBeLessThan(10);
    await until('one mail', () => mail.mails.length >= 1);
    expect(mail.mails.filter(({ to }) => to.includes('backup@example.com'))).toHaveLength(1);
    await world.a.start();
  }, 120_000);

  it('Slack is down: mail and pager are tried at once, and the deadline stands', async () => {
    world.slack.fail({ method: '*', times: 10_000, status: 500 });
    const { id } = await ask();
    await until('an incident', () => pagerDuty.incidents.length === 1);
    await until('a mail', () => mail.mails.some(({ to }) => to.includes('backup@example.com')));
    await forward('10 minutes 1 second');
    await until('the end', async () => (await world.read(world.b, id)).state === 'expired');
    world.slack.workAgain();
  }, 60_000);

  it('the clock of the database jumps back: nothing comes early, nothing twice', async () => {
    const { id } = await ask();
    await until('the card step', async () => (await taken('card')).some((each) => each.id === id));
    const before = (await taken('tell')).length;
    await forward('-2 hours');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect((await taken('tell')).length).toBe(before);
    expect((await world.read(world.a, id)).state).toBe('pending');
    await forward('2 hours 10 minutes 1 second');
    await until('the end', async () => (await world.read(world.a, id)).state === 'expired');
  }, 60_000);

  it('leaves everything in order', async () => {
    await expectInvariants(world.database, world.slack, world.publicKey);
  }, 60_000);
});
