import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vote } from '../../src/gate/vote.ts';
import { advance } from '../support/clock.ts';
import { DATABASE_KINDS, freshDatabase } from '../support/databases.ts';
import { voterNamed } from '../support/deps.ts';
import type { Browser } from './browser.ts';
import { elementsOf } from './html.ts';
import { startWorld, type World } from './world.ts';

describe.each(DATABASE_KINDS)('the decision page, %s', (kind) => {
  let world: World;
  let ana: Browser;
  let ben: Browser;
  let cleo: Browser;
  beforeAll(async () => {
    world = await startWorld(await freshDatabase(kind));
    [ana, ben, cleo] = [
      await world.browser('UANA'),
      await world.browser('UBEN'),
      await world.browser('UCLEO'),
    ];
  });
  afterAll(() => world.close());

  const open = (who: Browser, id: string) => who.get(`/requests/${id}`);
  const inSlack = (requestId: string, verdict: 'approve' | 'deny', reason: string | null = null) =>
    vote(world.gate.deps, { requestId, voter: voterNamed('ben'), verdict, reason, method: 'card' });
  const buttons = (body: string) => elementsOf(body, 'button').map(({ text }) => text.trim());

  it('says why commands like it were denied before', async () => {
    const denied = await world.ask({ argv: ['pg_repack', '--table', 'orders'] });
    await inSlack(denied, 'deny', 'Not during the sale');
    const { body } = await open(ana, await world.ask({ argv: ['pg_repack', '--table', 'items'] }));
    expect(body).toContain('Not during the sale');
    const other = await open(ana, await world.ask({ argv: ['psql', '--list'] }));
    expect(other.body).not.toContain('Not during the sale');
  });

  it('shows the facts of the card', async () => {
    const id = await world.ask({
      argv: ['kubectl', 'delete', 'pod', 'web 1'],
      reason: 'it hangs',
      cwd: '/srv/shop',
      context: {
        repository: 'acme/shop',
        ref: 'refs/heads/main',
        server_url: 'https://github.com',
        sha: 'a1b2c3d4e5f6',
        run_url: 'https://github.com/acme/shop/actions/runs/77',
        job: 'deploy',
        step: 'restart',
        actor: 'cleo',
        links: [{ title: 'Ticket', url: 'https://tickets.example.com/OPS-12' }],
        checks: [
          { name: 'test', state: 'success' },
          { name: 'lint', state: 'failure' },
        ],
        change_summary: 'Nothing but a restart.',
      },
    });
    const { page, body } = await open(ana, id);
    for (const words of [
      'production',
      'Run this?',
      "kubectl delete pod 'web 1'",
      'In /srv/shop',
      'of 100',
      'it hangs',
      'Nothing but a restart.',
      'cleo via deploy job (CI)',
      'project shop · acme/shop at refs/heads/main · deploy › restart',
      'run (github.com)',
      'commit a1b2c3d (github.com)',
      'Ticket open (tickets.example.com)',
      '1 of 2 passed',
      'lint: failure',
      'Expires',
      'full members of #deploys, not who asked',
      id,
    ])
      expect(page.text).toContain(words);
    expect(elementsOf(body, 'pre').map(({ text }) => text)).toEqual(["kubectl delete pod 'web 1'"]);
    expect(elementsOf(body, 'time').every(({ attributes }) => attributes.datetime?.endsWith('Z'))).toBe(true);
    expect(buttons(body)).toEqual([
      'Sign out',
      'Approve on production',
      'Deny',
      'I’m looking',
      'Ask',
      'Make it an emergency',
    ]);
  });

  it('approves with one press, and the record says how', async () => {
    const id = await world.ask();
    const after = await ana.send(await open(ana, id), '/approve');
    expect(after.url).toBe(`${world.url}/requests/${id}`);
    expect(after.page.text).toContain('Approved by Ana');
    expect(after.page.text).toContain('Ana approved on this page');
    expect(after.page.text).toContain('It may start until');
    expect(buttons(after.body)).toEqual(['Sign out']);
    expect(await world.state(id)).toBe('approved');
  });

  it('counts one of two approvals, once a person', async () => {
    const id = await world.ask({ environment: 'payments' });
    const first = await ana.send(await open(ana, id), '/approve');
    expect(first.page.text).toContain('Counted: 1 of 2');
    expect(first.page.text).toContain('1 of 2: Ana');
    expect(first.page.text).toContain('You approved this already. Somebody else has to as well.');
    expect(buttons(first.body)).not.toContain('Approve on payments');
    const again = await ana.post(`/requests/${id}/approve`, { csrf: csrfOf(first.body) });
    expect(again.page.text).toContain('1 of 2: Ana');
    expect(await world.state(id)).toBe('pending');
    expect((await ben.send(await open(ben, id), '/approve')).page.text).toContain('Approved by Ana and Ben');
  });

  it('says something once', async () => {
    const id = await world.ask({ environment: 'payments' });
    expect((await ana.send(await open(ana, id), '/approve')).page.text).toContain('Counted: 1 of 2');
    expect((await open(ana, id)).page.text).not.toContain('Counted: 1 of 2');
  });

  it('denies with a reason: picked, written, or both', async () => {
    const told = async (typed: Record<string, string>) => {
      const id = await world.ask();
      await ana.send(await open(ana, id), '/deny', typed);
      expect(await world.state(id)).toBe('denied');
      return (await open(ana, id)).page.text;
    };
    expect(await told({ preset: 'Wrong time' })).toContain('Ana denied on this page');
    expect(await told({ words: 'Freeze until Monday' })).toContain('Freeze until Monday');
    expect(await told({ preset: 'Wrong time', words: 'Monday' })).toContain('Wrong time: Monday');
    // A token of GitHub's is 36 letters and digits after its prefix.
    expect(await told({ words: `use ghp_${'a1B2'.repeat(9)} instead` })).not.toContain('a1B2a1B2');
  });

  it.each([
    [{}, 'Not denied yet'],
    [{ words: '  \n ' }, 'Not denied yet'],
    [{ preset: 'Because' }, 'Not denied yet'],
    [{ words: 'x'.repeat(1001) }, 'longer than 1,000 characters'],
  ])('does not deny with %o', async (typed, says) => {
    const id = await world.ask();
    const after = await ana.send(await open(ana, id), '/deny', typed as Record<string, string>);
    expect(after.page.text).toContain(says);
    expect(await world.state(id)).toBe('pending');
  });

  it('lets whoever asked deny, never approve', async () => {
    const id = await world.ask();
    const page = await open(cleo, id);
    expect(page.page.text).toContain('You asked for this, so somebody else has to approve it.');
    expect(buttons(page.body)).toEqual(['Sign out', 'Deny', 'Make it an emergency']);
    const csrf = csrfOf(page.body);
    const after = await cleo.post(`/requests/${id}/approve`, { csrf });
    expect(after.page.text).toContain('You asked for this');
    expect(await world.state(id)).toBe('pending');
    await cleo.send(page, '/deny', { preset: 'Not needed any more' });
    expect(await world.state(id)).toBe('denied');
  });

  it('lets others look who do not decide', async () => {
    const id = await world.ask({ environment: 'payments' });
    const { slack } = world;
    slack.people.set('UDORA', { id: 'UDORA', name: 'dora', realName: 'Dora' });
    slack.invite('C0DEPLOYS', 'UDORA');
    const dora = await world.browser('UDORA');
    const page = await open(dora, id);
    expect(page.page.text).toContain('You can look, not decide. Only 2 named reviewers can.');
    expect(buttons(page.body)).toEqual(['Sign out']);
    for (const verb of ['approve', 'deny', 'claim', 'ask', 'extend']) {
      const sent = { csrf: csrfOf(page.body), words: 'why?' };
      const after = await dora.post(`/requests/${id}/${verb}`, sent);
      expect(after.page.text).toContain('You cannot decide here. Only 2 named reviewers can.');
    }
    expect(await world.state(id)).toBe('pending');
  });

  it('reads rights at the click, not at the page', async () => {
    const id = await world.ask();
    const { slack } = world;
    slack.people.set('UEVE', { id: 'UEVE', name: 'eve', realName: 'Eve' });
    slack.invite('C0DEPLOYS', 'UEVE');
    const eve = await world.browser('UEVE');
    const page = await open(eve, id);
    slack.kick('C0DEPLOYS', 'UEVE');
    expect((await eve.send(page, '/approve')).status).toBe(404);
    expect((await open(eve, id)).status).toBe(404);
    expect(await world.state(id)).toBe('pending');
  });

  it('tells a late click who decided', async () => {
    const id = await world.ask();
    const page = await open(ana, id);
    await inSlack(id, 'deny', 'frozen');
    const after = await ana.send(page, '/approve');
    expect(after.page.text).toContain('This did not count: it was already denied by ben. Reason: frozen');
    expect(await world.state(id)).toBe('denied');
  });

  it('refuses an approval when the command is not wholly shown', async () => {
    const id = await world.ask({ command: `echo ${'\u200b'.repeat(5300)}` });
    const page = await open(ana, id);
    expect(page.page.text).toContain('it cannot be approved');
    expect(page.body).not.toContain('/approve"');
    const after = await ana.post(`/requests/${id}/approve`, { csrf: csrfOf(page.body) });
    expect(after.page.text).toContain('nobody approves what they cannot see');
    expect(await world.state(id)).toBe('pending');
    await ana.send(page, '/deny', { preset: 'Looks dangerous' });
    expect(await world.state(id)).toBe('denied');
  });

  it('puts the button that approves a long command at its end', async () => {
    const command = Array.from({ length: 60 }, (_, n) => `echo line ${n}`).join('\n');
    const id = await world.ask({ command });
    const { body, page } = await open(ana, id);
    expect(page.text).toContain('echo line 59');
    expect(page.text).toContain('the button to approve stands at its end');
    expect(body.indexOf('/approve"')).toBeGreaterThan(body.indexOf('echo line 59'));
    expect(body.match(/\/approve"/g)).toHaveLength(1);
  });

  it('shows the one decision for all who asked the same, whichever link is opened', async () => {
    const first = await world.ask({ argv: ['echo', 'the same'] });
    const second = await world.ask({ argv: ['echo', 'the same'] });
    const page = await open(ana, second);
    expect(page.page.text).toContain('Asked 2 times: one decision for all.');
    const asked = await ana.send(page, '/ask', { words: 'Twice?' });
    expect(asked.page.text).toContain('Twice?');
    expect((await open(ben, second)).page.text).toContain('Twice?');
    await ben.send(await open(ben, second), '/approve');
    expect([await world.state(first), await world.state(second)]).toEqual(['approved', 'approved']);
    expect((await open(ana, second)).page.text).toContain(second);
  });

  it('shows who is looking', async () => {
    const id = await world.ask();
    const after = await ana.send(await open(ana, id), '/claim');
    expect(after.page.text).toMatch(/Looking at it\s*Ana, since/);
  });

  it('asks, and lets whoever asked for the command answer', async () => {
    const id = await world.ask();
    const asked = await ana.send(await open(ana, id), '/ask', { words: 'Is there a backup?' });
    expect(asked.page.text).toContain('Is there a backup?');
    expect(asked.page.text).toContain('Not answered yet.');
    expect(asked.page.text).toContain('Held up by a question');
    expect(asked.body).not.toContain('/answer"');
    const answered = await cleo.send(await open(cleo, id), '/answer', { words: 'Yes, from tonight.' });
    expect(answered.page.text).toMatch(/Cleo answered.*Yes, from tonight\./s);
    expect((await open(ben, id)).page.text).toContain('Yes, from tonight.');
  });

  it('lets nobody else answer', async () => {
    const id = await world.ask();
    const asked = await ana.send(await open(ana, id), '/ask', { words: 'Why?' });
    const question = /name="question" value="(\d+)"/.exec((await open(cleo, id)).body)?.[1] ?? '';
    const after = await ana.post(`/requests/${id}/answer`, {
      csrf: csrfOf(asked.body),
      question,
      words: 'because',
    });
    expect(after.page.text).toContain('Only the one who asked answers questions');
  });

  it('offers more time only in the last third', async () => {
    const id = await world.ask();
    const early = await open(ana, id);
    expect(buttons(early.body).join()).not.toContain('Extend');
    const refused = await ana.post(`/requests/${id}/extend`, { csrf: csrfOf(early.body) });
    expect(refused.page.text).toContain('too early to extend');
    await advance(world.database, '7 minutes');
    const late = await open(ana, id);
    expect(buttons(late.body)).toContain('Extend by 5 min');
    const before = elementsOf(late.body, 'span').find(({ attributes }) => attributes['data-until']);
    const after = await ana.send(late, '/extend');
    const now = elementsOf(after.body, 'span').find(({ attributes }) => attributes['data-until']);
    const until = (span: typeof now) => Date.parse(span?.attributes['data-until'] ?? '');
    expect(until(now) - until(before)).toBe(300_000);
  });

  it('makes it an emergency: then only those named for it approve', async () => {
    const id = await world.ask();
    const after = await ana.send(await open(ana, id), '/emergency', { words: 'Checkout is down' });
    expect(after.page.text).toContain('Emergency: only the people named for emergencies here may approve.');
    expect(buttons(after.body)).not.toContain('Approve on production');
    const approved = await ben.send(await open(ben, id), '/approve');
    expect(approved.page.text).toContain('Approved by Ben');
    expect(approved.page.text).toContain('A retrospective of this emergency is due');
  });

  it('shows the ladder: who was told, and what comes', async () => {
    const id = await world.ask();
    await expect.poll(async () => (await open(ana, id)).page.text).toContain('Card in the channel, for Ana');
    const { text } = (await open(ana, id)).page;
    expect(text).toContain('Reviewers are told');
    expect(text).toContain('Backups are told');
    expect(text).toContain('Denied, if nobody decides');
  });

  it('tells the page to look again when time changes what it offers', async () => {
    const id = await world.ask();
    const [article] = elementsOf((await open(ana, id)).body, 'article');
    const [third, end] = (article?.attributes['data-look-again'] ?? '').split(' ').map(Date.parse);
    expect(Number(end) - Number(third)).toBe(200_000);
  });

  it('lists what waits in the channels of whoever looks, and nothing else', async () => {
    const there = await world.ask({ argv: ['echo', 'in deploys'] });
    const elsewhere = await world.ask({ environment: 'staging', argv: ['echo', 'in staging'] });
    const [nora, nobody] = [await world.browser('UNORA'), await world.browser()];
    const list = async (who: Browser) => (await who.get('/requests')).body;
    expect(await list(ben)).toContain(`/requests/${there}`);
    expect(await list(ben)).not.toContain(elsewhere);
    expect(await list(nora)).toContain(`/requests/${elsewhere}`);
    expect(await list(nora)).not.toContain('in deploys');
    const closed = await nobody.get('/requests');
    expect(closed.status).toBe(401);
    expect(closed.body).not.toContain('req_');
    expect((await nobody.signIn('UANA', '/requests')).url).toBe(`${world.url}/requests`);
  });

  it('lets whoever asked see and answer, in the channel or not', async () => {
    const id = await world.ask();
    world.slack.kick('C0DEPLOYS', 'UCLEO');
    await ana.send(await open(ana, id), '/ask', { words: 'Why now?' });
    const page = await open(cleo, id);
    expect(buttons(page.body)).not.toContain('Deny');
    expect((await cleo.send(page, '/answer', { words: 'It is quiet.' })).page.text).toContain('It is quiet.');
    world.slack.invite('C0DEPLOYS', 'UCLEO');
  });

  it('says what came of it', async () => {
    const id = await world.ask();
    await advance(world.database, '11 minutes');
    await expect
      .poll(async () => (await open(ana, id)).page.text)
      .toContain('Expired because nobody answered');
  });

  it('follows the request: a vote elsewhere changes the fragment', async () => {
    const id = await world.ask();
    const page = await open(ana, id);
    const [live] = elementsOf(page.body, 'div').filter(({ attributes }) => attributes.id === 'live');
    const version = /data-version="(\d+)"/.exec(page.body)?.[1];
    const stream = await ana.once('GET', `${live?.attributes['data-events']}?version=${version}`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    await inSlack(id, 'deny', 'no');
    let heard = '';
    while (!heard.includes('event: change')) heard += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    const fragment = await ana.get(live?.attributes['data-fragment'] ?? '');
    expect(fragment.body).toMatch(/^<article/);
    expect(fragment.page.text).toContain('Denied by ben');
    const over = await ana.once(
      'GET',
      `/requests/${id}/events?version=${/data-version="(\d+)"/.exec(fragment.body)?.[1]}`,
    );
    expect(over.status).toBe(204);
  });

  const csrfOf = (body: string): string => /name="csrf" value="([\w-]+)"/.exec(body)?.[1] ?? '';
});
