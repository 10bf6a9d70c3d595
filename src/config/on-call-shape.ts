import { z } from 'zod';
import { slackUser } from './values.ts';

/** Who can be paged, and how mail is sent: the keys `on_call` and `email` of gatehouse.yaml. */

const emailAddress = z.email('write an e-mail address such as backup@example.com');
const secret = (example: string) => z.string().trim().min(1, `write it, such as "\${${example}}"`);
const fallback = {
  // biome-ignore lint/suspicious/noThenProperty: the word of the configuration, a text that nobody can call
  then: z
    .string()
    .min(1)
    .optional()
    .describe('Another name under on_call: it is tried as soon as this one fails'),
};

/** Secrets and commands travel to it: in the clear they go no further than this machine. */
const address = (example: string) =>
  z
    .url({ protocol: /^https?$/, error: `write a web address such as ${example}` })
    .refine((text) => isPrivateWay(text), 'write https: secrets would travel in the clear')
    .refine((text) => !hasLogin(text), 'take the name and the password out of the address');

const base = (example: string) =>
  address(example)
    .refine((text) => !/[?#]/.test(text), 'leave out everything from "?" or "#" on')
    .transform((text) => text.replace(/\/+$/, ''));

const pagerduty = z.strictObject({
  kind: z.literal('pagerduty'),
  routing_key: secret('PAGERDUTY_ROUTING_KEY').describe('Integration key of an Events API v2 integration'),
  base_url: base('https://events.eu.pagerduty.com').default('https://events.pagerduty.com'),
  webhook_secrets: z
    .array(secret('PAGERDUTY_WEBHOOK_SECRET'))
    .default([])
    .describe('Of its V3 webhooks; several while they are changed. Without one it tells the gate nothing'),
  ...fallback,
});

const responder = z
  .strictObject({
    type: z.enum(['team', 'user', 'escalation', 'schedule'], 'write team, user, escalation or schedule'),
    id: z.string().min(1).optional(),
    name: z.string().min(1).optional(),
    username: z.string().min(1).optional(),
  })
  .refine((r) => r.id ?? r.name ?? r.username, 'say who it is: id, name or username');

const opsgenie = z.strictObject({
  kind: z.literal('opsgenie'),
  api_key: secret('OPSGENIE_API_KEY').describe('Of an API integration'),
  base_url: base('https://api.eu.opsgenie.com')
    .default('https://api.opsgenie.com')
    .describe('https://api.atlassian.com/jsm/ops/integration for Jira Service Management'),
  responders: z.array(responder).max(50).default([]).describe('By default whom the integration names'),
  webhook_secret: z
    .string()
    .min(16, 'write at least 16 characters: whoever guesses it speaks for OpsGenie')
    .optional()
    .describe('What its outgoing webhook sends as Authorization: Bearer … or X-Gatehouse-Secret: …'),
  ...fallback,
});

export const WEBHOOK_TEMPLATES = ['plain', 'goalert', 'grafana', 'incidentio', 'rootly'] as const;

const webhook = z.strictObject({
  kind: z.literal('webhook'),
  url: address('https://hooks.example.com/gatehouse'),
  template: z
    .enum(WEBHOOK_TEMPLATES, `write one of ${WEBHOOK_TEMPLATES.join(', ')}`)
    .default('plain')
    .describe('Whose form the calls have'),
  secret: z
    .string()
    .min(16, 'write at least 16 characters: it signs every call')
    .optional()
    .describe('Signs every call, in X-Gatehouse-Signature'),
  token: secret('WEBHOOK_TOKEN').optional().describe('Sent as Authorization: Bearer …'),
  ...fallback,
});

const byEmail = z.strictObject({
  kind: z.literal('email'),
  to: z.array(emailAddress).min(1, 'name somebody: nobody would be told').max(50),
  ...fallback,
});

const bySlack = z.strictObject({
  kind: z.literal('slack'),
  users: z.array(slackUser).min(1, 'name somebody: nobody would be told').max(50),
  ...fallback,
});

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;

export const onCall = z
  .record(
    z.string().regex(NAME),
    z.discriminatedUnion('kind', [pagerduty, opsgenie, webhook, byEmail, bySlack], {
      error: 'write a kind: pagerduty, opsgenie, webhook, email or slack',
    }),
    {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'use letters, digits, "-", "_" and "." in the name'
          : 'write names, each with { kind: … }',
    },
  )
  .describe('Who is on call, by name');

export const email = z
  .strictObject({
    smtp: z
      .string()
      .refine(
        isMailServer,
        'write smtp://user:password@mail.example.com:587, or smtps://…; special characters as %40',
      )
      .describe('Such as "${SMTP_URL}"'),
    from: z
      .string()
      .refine(isSender, 'write an address such as gate@example.com, or "Gatehouse <gate@example.com>"'),
  })
  .describe('How mail is sent');

export type OnCallEntries = z.infer<typeof onCall>;
export type OnCallEntry = OnCallEntries[string];
export type EntryOf<Kind extends OnCallEntry['kind']> = Extract<OnCallEntry, { kind: Kind }>;
export type WebhookTemplate = (typeof WEBHOOK_TEMPLATES)[number];
export type EmailConfig = z.infer<typeof email>;

type Report = (path: string, message: string) => void;
type Tree = Record<string, unknown>;

const NO_MAIL = 'no mail can be sent: write email: { smtp, from } too';

/**
 * What is wrong with who is on call beyond its shape: names nobody has, fallbacks that lead back to themselves, mail
 * that cannot be sent. Looks at what can be read, whatever else is wrong with the file.
 */
export function checkOnCall(document: unknown, report: Report): void {
  const { on_call, environments, email: mail } = treeOf(document);
  const entries = Object.entries(treeOf(on_call));
  const names = entries.map(([name]) => name);
  const isKnown = (path: string, name: unknown): void => {
    if (typeof name === 'string' && name !== '' && !names.includes(name))
      report(path, nobodyCalled(name, names));
  };

  for (const [name, entry] of entries) {
    isKnown(`on_call.${name}.then`, treeOf(entry).then);
    if (treeOf(entry).kind === 'email' && mail === undefined) report(`on_call.${name}.kind`, NO_MAIL);
  }
  checkCircles(entries, report);

  for (const [environment, settings] of Object.entries(treeOf(environments))) {
    const at = `environments.${environment}`;
    const { escalation, page_at_once, emergency } = treeOf(settings);
    isKnown(`${at}.page_at_once.page`, treeOf(page_at_once).page);
    isKnown(`${at}.emergency.page`, treeOf(emergency).page);
    for (const [i, step] of (Array.isArray(escalation) ? escalation : []).entries()) {
      const { page, tell } = treeOf(step);
      isKnown(`${at}.escalation.${i}.page`, page);
      const { emails } = treeOf(tell);
      if (Array.isArray(emails) && emails.length > 0 && mail === undefined)
        report(`${at}.escalation.${i}.tell.emails`, NO_MAIL);
    }
  }
}

/** Each circle once, at the entry of it that stands first. */
function checkCircles(entries: [string, unknown][], report: Report): void {
  const next = new Map(entries.map(([name, entry]) => [name, treeOf(entry).then]));
  const seen = new Set<unknown>();
  for (const [start] of entries) {
    const way: unknown[] = [];
    for (let at: unknown = start; at !== undefined && !seen.has(at); at = next.get(at as string)) {
      seen.add(at);
      way.push(at);
    }
    const end = next.get(way.at(-1) as string);
    if (end === undefined || !way.includes(end)) continue;
    const circle = [...way.slice(way.indexOf(end)), end];
    report(`on_call.${end}.then`, `it leads back to itself: ${circle.join(' → ')}`);
  }
}

const nobodyCalled = (name: string, names: string[]): string =>
  names.length === 0
    ? `there is nobody under on_call: add ${JSON.stringify(name)} there`
    : `there is no ${JSON.stringify(name)} under on_call: write one of ${names.join(', ')}`;

const treeOf = (value: unknown): Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : {};

const parsed = (text: string): URL | null => (URL.canParse(text) ? new URL(text) : null);

function isPrivateWay(text: string): boolean {
  const url = parsed(text);
  return url?.protocol !== 'http:' || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}

function hasLogin(text: string): boolean {
  const url = parsed(text);
  return url !== null && url.username + url.password !== '';
}

function isMailServer(text: string): boolean {
  const url = parsed(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return false;
  return canDecode(url.username + url.password) && /^\/?$/.test(url.pathname) && url.search + url.hash === '';
}

/** A "%" of a password has to be written as %25. */
function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function isSender(text: string): boolean {
  const inside = /^[^<>\r\n"]*<([^<>]+)>$/.exec(text)?.[1] ?? text;
  return emailAddress.safeParse(inside).success;
}
