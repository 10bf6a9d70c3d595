import type { Page } from '../../src/on-call/on-call.ts';

export const PAGE_SUMMARY = 'production: approve "kubectl delete pod web-1"? HIGH risk';
/** What providers that take plain text say of it, below its summary. */
export const PAGE_LINES = [
  'Open the page, read the command, then approve or deny there.',
  'https://gate.example.com/requests/r1',
  'Environment: production',
  'Risk: HIGH',
  'Asked by: deploy-bot (CI)',
  'Waits until: 14:10 Europe/Berlin',
  'The card in Slack: https://example.slack.com/archives/C1/p1',
];

/** A page as the gate makes them. */
export const page = (over: Partial<Page> = {}): Page => ({
  key: 'gate-production-r1',
  summary: PAGE_SUMMARY,
  environment: 'production',
  level: 'HIGH',
  waiting: 1,
  url: 'https://gate.example.com/requests/r1',
  cardUrl: 'https://example.slack.com/archives/C1/p1',
  details: { 'Asked by': 'deploy-bot (CI)', 'Waits until': '14:10 Europe/Berlin' },
  ending: null,
  ...over,
});

/** Markup of several products, what hides, what reorders, a forged line, a secret, and far too much of it. */
export const HOSTILE = [
  '<script>alert(1)</script><img src=x onerror=y>',
  '[click](https://evil.example) ![p](https://evil.example/p.png) <!channel>',
  'kubectl\u202e\u0000\u001b[2Jevil\r\nSubject: forged\nBcc: all@example.com',
  'token ghp_abcdefghijklmnopqrstuvwxyz0123456789',
  '😀'.repeat(3000),
].join(' ');
export const HOSTILE_SECRET = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';

/** Whoever is tried next: an object with a property `then` that the linter need not take for a promise. */
export const andThen = (name: unknown) => Object.fromEntries([['then', name]]) as { then?: string };
