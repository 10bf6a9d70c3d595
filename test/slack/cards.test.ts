import { describe, expect, it } from 'vitest';
import type { RequestView } from '../../src/core/request.ts';
import { blockCharacters, messageFaults } from '../../src/demo/local-slack/block-kit.ts';
import { card } from '../../src/slack/cards.ts';
import { at, PLACE, readCard, viewOf } from './views.ts';

const ana = { subject: 'slack:T0:UANA', name: 'Ana' };
const byAna = { by: 'people' as const, at: at(72), reason: null, people: [ana] };
const approved = { state: 'approved' as const, decision: byAna, useBy: at(972) };
const ran = (exitCode: number | null, signal: string | null = null) => ({
  startedAt: at(80),
  outcome: { exitCode, signal, durationMs: 42_000, reportedAt: at(122) },
});

const ALLOW = 'Allow this in future…';

const buttonsOf = (view: RequestView): string[] =>
  card(view, PLACE).blocks.flatMap((block) =>
    block.type === 'actions' ? block.elements.map((e) => ('text' in e && e.text ? e.text.text : '')) : [],
  );

describe('the card of a request that waits', () => {
  it('reads, top to bottom, in the order of what matters', () => {
    expect(readCard(viewOf()).split('\n')).toEqual([
      '🟥 production: run this?',
      'kubectl -n shop rollout restart deploy/checkout',
      '🟠 HIGH risk, 72 of 100: restarts what customers use · acts on a cluster',
      'Why: Hotfix 4.2.1',
      'Asked by: octocat via ci-shop (CI)',
      'From: acme/shop at main · deploy · run · commit 1a2b3c4 · changes since last success (github.com)',
      'Who decides: any full member of this channel, not who asked',
      'Expires today at 14:10: then denied. Approved, it runs once, within 15 min.',
      "[Approve on production] [Deny] [I'm looking] [Ask] [Details]",
    ]);
  });

  it('shows what ran before in the same run, and how it ended', () => {
    const earlier = (text: string, over: object) => ({
      id: text,
      command: { kind: 'shell' as const, text },
      state: 'approved' as const,
      outcome: null,
      startedAt: null,
      ...over,
    });
    const words = readCard(
      viewOf({
        earlier: [
          earlier('make build', ran(0)),
          earlier('make test', ran(2)),
          earlier('make stop', ran(null, 'SIGTERM')),
          earlier('make wipe', { state: 'denied' }),
        ],
      }),
    );
    expect(words).toContain('Before it: ❌ make test exit 2, 42 s');
    expect(words).toContain('❌ make stop stopped by SIGTERM, 42 s');
    expect(words).toContain('⛔ make wipe denied, did not run');
  });

  it('shows progress when several people have to approve', () => {
    const vote = { ...ana, verdict: 'approve' as const, reason: null, method: 'card' as const, at: at(5) };
    expect(readCard(viewOf({ approvalsNeeded: 2 }))).toContain('0 of 2 approvals');
    expect(readCard(viewOf({ approvalsNeeded: 2, votes: [vote] }))).toContain('1 of 2 approvals: Ana');
  });

  it.each([
    ['one line of 2,000 characters', 'x'.repeat(2000), true],
    ['one character more', 'x'.repeat(2001), false],
    ['25 lines', Array(25).fill('x').join('\n'), true],
    ['26 lines', Array(26).fill('x').join('\n'), false],
    ['250 invisible characters, written out', '\u200b'.repeat(251), false],
  ])('%s: Approve stands there only with the whole command', (_, text, whole) => {
    const view = viewOf({ command: { kind: 'shell', text } });
    const first = whole ? 'Approve on production' : 'Review';
    expect(buttonsOf(view)).toEqual([first, 'Deny', "I'm looking", 'Ask', 'Details']);
    expect(readCard(view).includes('more characters: Review shows all of it.')).toBe(!whole);
  });

  it('says how many characters are missing', () => {
    expect(readCard(viewOf({ command: { kind: 'shell', text: 'x'.repeat(3000) } }))).toMatch(
      /2,10\d more characters: Review shows all of it\./,
    );
  });
});

describe('the card of a request that ended', () => {
  it.each<[string, Partial<RequestView>, string[]]>([
    [
      'approved',
      approved,
      [
        '✅ approved',
        'Approved by Ana in Slack, today at 14:01, after 1 min 12 s.',
        'It may start until today at 14:16; then the approval is void.',
      ],
    ],
    [
      'running',
      { ...approved, startedAt: at(80) },
      ['▶️ running', 'Started today at 14:01. Its result will stand here.'],
    ],
    ['ran', { ...approved, ...ran(0) }, ['✅ ran', 'Ran: exit 0 after 42 s.']],
    ['failed', { ...approved, ...ran(1) }, ['❌ failed, exit 1', 'Failed: exit 1 after 42 s.']],
    ['stopped', { ...approved, ...ran(null, 'SIGKILL') }, ['❌ failed, stopped by SIGKILL']],
    [
      'not used',
      { ...approved, lapsedAt: at(972) },
      ['⌛ approved, not used', 'the approval is void, nothing ran.'],
    ],
    [
      'denied',
      { state: 'denied', decision: { ...byAna, reason: 'Wrong time: after the freeze' } },
      ['⛔ denied', 'Denied by Ana in Slack', 'Nothing ran.', 'Wrong time: after the freeze'],
    ],
    [
      'expired',
      { state: 'expired', decision: { by: 'deadline', at: at(600), reason: null, people: [] } },
      [
        '⌛ expired',
        'Expired because nobody answered in time, today at 14:10, after 10 min.',
        'Nothing ran.',
      ],
    ],
    [
      'withdrawn',
      { state: 'withdrawn', decision: { by: 'requester', at: at(9), reason: null, people: [] } },
      ['↩️ withdrawn', 'Withdrawn by the one who asked'],
    ],
    [
      'lost',
      { state: 'withdrawn', decision: { by: 'lost-contact', at: at(9), reason: null, people: [] } },
      ['↩️ withdrawn', 'Withdrawn because the one who asked is gone'],
    ],
    [
      'by a rule',
      { state: 'approved', decision: { by: 'rule', at: at(0), reason: null, people: [] } },
      ['Approved by a rule'],
    ],
    [
      'blocked',
      { state: 'blocked', decision: { by: 'policy', at: at(0), reason: 'Use the console.', people: [] } },
      ['🚫 blocked', 'Blocked by a policy', 'Use the console.'],
    ],
  ])('%s: says who, when, how, and loses the buttons that decide', (_, over, words) => {
    const view = viewOf(over);
    for (const each of words) expect(readCard(view)).toContain(each);
    expect(readCard(view)).toContain('kubectl -n shop rollout restart deploy/checkout');
    const allow = view.decision?.by === 'people' && view.state === 'approved' ? [ALLOW] : [];
    expect(buttonsOf(view)).toEqual(['Details', ...allow]);
  });

  const looked = { kind: 'rule' as const, name: 'kubectl **', applies: true, why: 'covers the command' };
  it.each<[string, Partial<RequestView>, boolean]>([
    ['approved by people', approved, true],
    ['approved by a rule', { ...approved, decision: { ...byAna, by: 'rule' } }, false],
    ['denied', { state: 'denied', decision: byAna }, false],
    ['CRITICAL', { ...approved, assessment: { ...viewOf().assessment, level: 'CRITICAL' } }, false],
    ['an action', { ...approved, command: { kind: 'action', text: 'merge it' } }, false],
    ['covered by a rule', { ...approved, explanation: [looked] }, false],
    [
      'reviewed because a policy wants it',
      { ...approved, explanation: [{ ...looked, kind: 'policy', strength: 'require' }] },
      false,
    ],
    ['with a secret taken out', { ...approved, command: { kind: 'shell', text: 'x -p%redacted%' } }, false],
  ])('%s: offers to allow it in future: %s', (_, over, offers) => {
    expect(buttonsOf(viewOf(over)).includes(ALLOW)).toBe(offers);
  });
});

describe('what a card compares', () => {
  const lastRun = { id: 'req_0', ...ran(0) };
  const change = (kind: 'same' | 'added' | 'removed', words: string) =>
    words.split(' ').map((word) => ({ kind, word }));
  const changes = [
    ...change('same', 'kubectl -n shop set image'),
    ...change('removed', 'web=web:1'),
    ...change('added', 'web=web:2'),
    ...change('same', 'a b c d e f'),
  ];

  it('says how the last one of its kind ended, with a link, and what differs', () => {
    const place = { ...PLACE, lastRunLink: 'https://slack.example/archives/C1/p1' };
    const words = readCard(viewOf({ lastRun, changes }), place);
    expect(words).toContain('Last like it: ✅ exit 0, 42 s, today at 14:01 · card');
    expect(words).toContain('Changed since: kubectl … set image web=web: 1 2 a b …');
    const { blocks } = card(viewOf({ lastRun, changes }), place);
    expect(JSON.stringify(blocks)).toContain('{"type":"text","text":"1","style":{"strike":true}}');
    expect(JSON.stringify(blocks)).toContain('{"type":"text","text":"2","style":{"bold":true}}');
  });

  it('shows where two long words differ', () => {
    const long = `image=${'x'.repeat(100)}/app:`;
    const pair = [
      ...change('same', 'a b c'),
      ...change('removed', `${long}1`),
      ...change('added', `${long}2`),
    ];
    expect(readCard(viewOf({ changes: pair }))).toMatch(/Changed since: a b c …app: 1 2\n/);
  });

  it('leaves the comparison out when the two have little in common', () => {
    const other = [
      ...change('same', 'kubectl'),
      ...change('removed', 'get pods'),
      ...change('added', 'drain n1'),
    ];
    expect(readCard(viewOf({ lastRun, changes: other }))).not.toMatch(/Changed since|Last like it/);
  });

  it('leaves the comparison out when the command itself is short of space', () => {
    const command = { kind: 'shell' as const, text: 'x'.repeat(1201) };
    expect(readCard(viewOf({ command, changes }))).not.toContain('Changed since');
  });

  it('never grows with what changed', () => {
    const many = Array.from({ length: 600 }, (_, i) => ({
      kind: (['same', 'added', 'same', 'removed'] as const)[i % 4] ?? 'same',
      word: `<!channel>${'x'.repeat(100)}`,
    }));
    const words = readCard(viewOf({ changes: many }));
    expect(words).toContain('… and more');
    expect(words.length).toBeLessThan(1500);
  });

  it('says which policy wants people to look, and whom', () => {
    const explanation = [
      {
        kind: 'policy' as const,
        name: 'Schema changes',
        applies: true,
        why: 'applies',
        strength: 'require' as const,
      },
      { kind: 'policy' as const, name: 'Reads', applies: true, why: 'applies', strength: 'allow' as const },
    ];
    const view = viewOf({ explanation, approvalsNeeded: 2, reviewers: { users: [], groups: ['S0DBA'] } });
    const words = readCard(view, { ...PLACE, deciders: '@dba' });
    expect(words).toContain('Why it asks: policy “Schema changes”');
    expect(words).toContain('Who decides: @dba, not who asked');
    expect(words).toContain('0 of 2 approvals');
    expect(words).not.toContain('Reads');
  });
});

describe("a caller's words", () => {
  const markup = '<!channel> *bold* `code` ```fence``` <https://evil.example|click> :tada: &lt; @here';

  it('are never in the parsed fallback text', () => {
    const view = viewOf({ command: { kind: 'shell', text: markup }, reason: markup });
    expect(card(view, PLACE).text).toBe('production: approve this command? HIGH risk.');
  });

  it('are shown as they are, markup and all', () => {
    expect(readCard(viewOf({ command: { kind: 'shell', text: markup } }))).toContain(markup);
  });

  it('show what hides in them, and a warning says so', () => {
    const words = readCard(viewOf({ command: { kind: 'shell', text: 'rm \u202egpj.x\u0007 \u200b' } }));
    expect(words).toContain('rm ⟦U+202E⟧gpj.x⟦U+0007⟧ ⟦U+200B⟧');
    expect(words).toContain('⚠️ Invisible or control characters are in it');
  });

  it('with letters that look alike get a warning', () => {
    expect(readCard(viewOf({ command: { kind: 'shell', text: 'curl p\u0430ypal.com' } }))).toContain(
      '⚠️ Letters that only look like Latin ones: p\u0430ypal.com',
    );
  });

  it('cannot fake a line of ours', () => {
    const words = readCard(viewOf({ requester: { ...viewOf().requester, actor: 'x\nApproved by Ana' } }));
    expect(words).toContain('Asked by: x ⏎ Approved by Ana via ci-shop');
  });

  it.each([
    ['javascript:alert(1)', false],
    ['https://github.com@evil.example/run', false],
    ['ftp://example.com/run', false],
    ['https://ci.example.com/run/1', true],
  ])('make the link %s only when it leads to the web: %s', (run_url, linked) => {
    const words = readCard(viewOf({ context: { run_url } }));
    expect(words.includes('run (ci.example.com)')).toBe(linked);
    expect(JSON.stringify(card(viewOf({ context: { run_url } }), PLACE)).includes('"link"')).toBe(linked);
  });

  it('name the host of every link that leads elsewhere', () => {
    const context = { ...viewOf().context, run_url: 'https://evil.example/run' };
    expect(readCard(viewOf({ context }))).toContain('run (evil.example) · commit 1a2b3c4');
  });

  it('a repository that is none makes no link', () => {
    const context = { ...viewOf().context, repository: '../../evil?x=', run_url: undefined };
    expect(JSON.stringify(card(viewOf({ context }), PLACE))).not.toContain('"link"');
  });
});

it('stays within the budget with every field at its longest', () => {
  const long = 'ö'.repeat(5000);
  const view = viewOf({
    command: { kind: 'shell', text: 'x'.repeat(2000) },
    reason: long,
    context: { ...viewOf().context, change_summary: long, job: long, step: long, host: long, ref: long },
  });
  const { blocks } = card(view, PLACE);
  expect(messageFaults(blocks)).toEqual([]);
  expect(blockCharacters(blocks)).toBeLessThan(8000);
});
