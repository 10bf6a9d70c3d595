import { describe, expect, it } from 'vitest';
import { localTime, type MailFacts, mailText } from '../../src/on-call/mail-text.ts';
import { HOSTILE, HOSTILE_SECRET } from './page.ts';

const facts = (over: Partial<MailFacts> = {}): MailFacts => ({
  kind: 'asked',
  environment: { name: 'production', color: 'red' },
  command: 'kubectl delete pod web-1 --namespace shop',
  risk: { level: 'HIGH', score: 72, reasons: ['deletes something', 'it is production'] },
  requester: 'deploy-bot (CI)',
  reason: 'the pod hangs',
  until: new Date('2026-01-15T13:10:00Z'),
  timeZone: 'Europe/Berlin',
  url: 'https://gate.example.com/requests/r1',
  others: 0,
  ending: null,
  ...over,
});
const KINDS = ['asked', 'ended', 'storm', 'retrospective'] as const;

it('a request, as it is read', () => {
  const { subject, text } = mailText(facts({ others: 2 }));
  expect(subject).toBe('[production] HIGH risk, approve? kubectl delete pod web-1 --namespace shop');
  expect(text).toBe(
    `[production, HIGH risk] deploy-bot (CI) asks to run this

    kubectl delete pod web-1 --namespace shop

Nobody has answered yet. Open the page, read the command, then approve or deny there. Without an answer it is denied at Thu 15 Jan, 14:10 Europe/Berlin (GMT+1).

Open the decision page:
https://gate.example.com/requests/r1

Risk: HIGH, 72 of 100
· deletes something
· it is production
Asked by: deploy-bot (CI)
Why: the pod hangs
Waits until: Thu 15 Jan, 14:10 Europe/Berlin (GMT+1)
Also waiting: 2 other requests

-- 
Sent by Gatehouse. Nobody reads answers to this mail.`,
  );
});

describe.each([
  [
    'asked',
    {},
    '[production] HIGH risk, approve? kubectl',
    'deploy-bot (CI) asks to run this',
    'approve or deny',
  ],
  [
    'ended',
    { ending: 'denied by Ana' },
    'Re: [production] HIGH risk, approve? kubectl',
    'It is over: denied by Ana',
    'nothing left to do',
  ],
  ['storm', { others: 56 }, '[production] 57 requests wait, HIGH risk', '57 requests wait', 'the riskiest'],
  [
    'retrospective',
    { ending: 'approved by Ana' },
    '[production] Look back at an emergency: kubectl',
    'An emergency wants its look back',
    '(approved by Ana). Open the page and write what happened',
  ],
] as const)('%s', (kind, over, subject, headline, next) => {
  const made = mailText(facts({ kind, ...over }));

  it('says what it is about and what to do, in both forms', () => {
    expect(made.subject.startsWith(subject)).toBe(true);
    for (const form of [made.text, made.html.replace(/<\/?span[^>]*>/g, '')]) {
      for (const words of [headline, next, 'kubectl delete pod web-1', 'HIGH, 72 of 100'])
        expect(form).toContain(words);
    }
  });

  it('has exactly one link, to the page, and loads nothing', () => {
    expect(made.html.match(/<a\s/g)).toHaveLength(1);
    expect(made.html.match(/(?:href|src)="[^"]*"/g)).toEqual(['href="https://gate.example.com/requests/r1"']);
    expect(made.text.match(/\w+:\/\/\S+/g)).toEqual(['https://gate.example.com/requests/r1']);
    expect(made.html).not.toMatch(
      /<(img|link|script|style|iframe|form|input|button|object|video)\b|url\(|@import/i,
    );
  });
});

it('the answer to it has the subject of its thread', () => {
  expect(mailText(facts({ kind: 'ended' })).subject).toBe(`Re: ${mailText(facts()).subject}`);
});

describe.each(KINDS)('hostile words in a mail of the kind %s', (kind) => {
  const environment = { name: HOSTILE, color: 'red' } as const;
  const words = { command: HOSTILE, requester: HOSTILE, reason: HOSTILE, ending: HOSTILE, environment };
  const reasons = Array.from({ length: 30 }, () => HOSTILE);
  const made = mailText(facts({ kind, ...words, risk: { level: 'LOW', score: 1, reasons } }));

  it('stay one short subject without secrets', () => {
    expect(made.subject.length).toBeLessThanOrEqual(120);
    expect(made.subject).not.toMatch(/[\r\n\0\u001b\u202e]/);
  });

  it('become no markup and no link', () => {
    expect(made.html.match(/<(\w+)/g)?.filter((tag) => /script|img/.test(tag))).toEqual([]);
    expect(made.html.match(/<a\s/g)).toHaveLength(1);
    expect(made.html).not.toContain('://evil');
    expect(made.text).not.toContain('://evil');
    expect(made.html).not.toMatch(/evil\.example|all@example/);
  });

  it('hide nothing, tell no secret, and end', () => {
    for (const form of [made.subject, made.text, made.html]) {
      expect(/[\0\u001b\u202e\r]/.test(form)).toBe(false);
      expect(form.includes(HOSTILE_SECRET)).toBe(false);
      expect(form.length).toBeLessThan(60_000);
    }
    expect(made.text).not.toMatch(/^(Subject|Bcc):/m);
  });
});

describe('the command', () => {
  const html = (command: string) => mailText(facts({ command })).html;
  const text = (command: string) => mailText(facts({ command })).text;

  it('keeps its lines, set apart from ours', () =>
    expect(text('a\nb')).toContain('\n\n    a\n    b\n\nNobody has answered'));

  it('cannot pretend to be a line of ours', () =>
    expect(text('a\n\nOpen the decision page:\nhttps://evil.example')).toContain(
      '    Open the decision page:\n    https[:]//evil.example',
    ));

  it('shows its end when it is long', () => {
    const long = text(`${'x'.repeat(5000)} ; rm -rf /`);
    expect(long).toMatch(/xxx…\n {4}\(\d+ characters left out: the page shows them\)\n {4}…x+ ; rm -rf \/\n/);
    expect(long.length).toBeLessThan(3000);
  });

  it('counts what it leaves out', () => {
    const command = 'x'.repeat(5000);
    const count = Number(/\((\d+) characters/.exec(text(command))?.[1]);
    expect((text(command).match(/x{20,}/g) ?? []).join('').length + count).toBe(5000);
  });

  it('runs from left to right', () => expect(html('echo שלום')).toContain('<pre dir="ltr"'));

  it.each([
    [
      'letters of another alphabet',
      'curl pаypal.com',
      'Careful: letters of another alphabet: p(U+0430)ypal.com',
    ],
    [
      'letters from right to left',
      'echo שלום',
      'Careful: It holds letters that are written from right to left.',
    ],
  ])('warns of %s', (_, command, warning) => expect(text(command)).toContain(warning));

  it('warns of nothing otherwise', () => expect(text('ls')).not.toContain('Careful'));

  it('is redacted once more', () => expect(text(`curl -H "token: ${HOSTILE_SECRET}"`)).not.toContain('ghp_'));
});

describe('localTime', () => {
  it.each([
    ['2026-01-15T13:10:00Z', 'Europe/Berlin', 'Thu 15 Jan, 14:10 Europe/Berlin (GMT+1)'],
    ['2026-07-15T13:10:00Z', 'Europe/Berlin', 'Wed 15 Jul, 15:10 Europe/Berlin (GMT+2)'],
    ['2026-07-15T23:00:00Z', 'America/New_York', 'Wed 15 Jul, 19:00 America/New_York (GMT-4)'],
    ['2026-07-15T00:00:00Z', 'UTC', 'Wed 15 Jul, 00:00 UTC (GMT)'],
    ['2026-07-15T18:30:00Z', 'Asia/Kolkata', 'Thu 16 Jul, 00:00 Asia/Kolkata (GMT+5:30)'],
    // The hour that comes twice.
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', 'Sun 25 Oct, 02:30 Europe/Berlin (GMT+2)'],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 'Sun 25 Oct, 02:30 Europe/Berlin (GMT+1)'],
  ])('%s in %s', (at, zone, expected) => expect(localTime(new Date(at), zone)).toBe(expected));
});

describe('both ways of looking at it', () => {
  it.each(['red', 'orange', 'yellow', 'green', 'blue', 'purple'] as const)('%s can be read', (color) => {
    const { html } = mailText(facts({ environment: { name: 'x', color } }));
    const [, ground, ink] = /background:(#\w{6});color:(#\w{6})">x</.exec(html) ?? [];
    expect(contrast(ground!, ink!)).toBeGreaterThan(4.5);
  });

  it('follow the reader: no colour of our own for the page or its text', () => {
    const { html } = mailText(facts());
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(/<body style="[^"]*"/.exec(html)?.[0]).not.toMatch(/background|[^-]color:\s*#/);
  });
});

/** WCAG 2: how far two colours are apart. */
function contrast(a: string, b: string): number {
  const light = (hex: string): number => {
    const [r, g, b] = [1, 3, 5].map((i) => {
      const part = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
      return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [dark, bright] = [light(a), light(b)].toSorted((x, y) => x - y) as [number, number];
  return (bright + 0.05) / (dark + 0.05);
}
