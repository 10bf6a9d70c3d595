import { z } from 'zod';
import { ENVIRONMENT_COLORS } from '../core/environment.ts';
import { parseDuration } from './duration.ts';

const duration = z
  .string()
  .meta({ description: 'A time span such as 90s, 10m, 1h30m or 2d', pattern: '^([0-9]+[smhd])+$' })
  .refine((text) => (parseDuration(text) ?? 0) > 0, 'write a time span such as 90s, 10m or 1h30m');

const timeZone = z
  .string()
  .meta({ description: 'IANA time zone, such as Europe/Berlin' })
  .refine(isTimeZone, 'write an IANA time zone such as Europe/Berlin');

const slackUser = z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'write a Slack user id such as U0123ABCD');
const slackGroup = z.string().regex(/^S[A-Z0-9]{2,}$/, 'write a Slack user group id such as S0123ABCD');
const channel = z
  .string()
  .regex(
    /^([CG][A-Z0-9]{2,}|#[^\s#]{1,80})$/,
    'write a channel id such as C0123ABCD, or a name such as "#deploys"',
  );

const reviewers = z.union(
  [
    z.literal('channel'),
    z
      .strictObject({ users: z.array(slackUser).default([]), groups: z.array(slackGroup).default([]) })
      .refine(
        (r) => r.users.length + r.groups.length > 0,
        'name at least one user or group: nobody could approve',
      ),
  ],
  { error: 'write "channel", or { users: [U…], groups: [S…] }' },
);

const environment = z.strictObject({
  channel: channel.describe('Where its cards appear'),
  reviewers: reviewers.describe('Who may decide: "channel" means every full member of its channel'),
  approvals: z.int().min(1).max(10).default(1).describe('How many distinct people must approve'),
  expires_after: duration.default('10m').describe('Then the request is denied as expired'),
  use_within: duration.default('15m').describe('An approval not used by then is void'),
  production: z
    .boolean()
    .optional()
    .describe('Whether mistakes hurt here; by default names with "prod" or "live" do'),
  color: z.enum(ENVIRONMENT_COLORS).optional(),
  time_zone: timeZone.default('UTC'),
  office_hours: z.string().optional().describe('Such as "Mon-Fri 09:00-18:00"'),
});

export const ConfigShape = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, error: 'write a web address such as https://gate.example.com' })
      .describe('Where people and clients reach the gate'),
    environments: z
      .record(
        z
          .string()
          .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/, 'use letters, digits, "-", "_" and "." in the name'),
        environment,
      )
      .refine((e) => Object.keys(e).length > 0, 'name at least one environment'),
    limits: z
      .strictObject({
        requests_per_second: z.int().min(1).default(20).describe('Calls of one token, on average'),
        burst: z.int().min(1).default(100).describe('Calls of one token at once'),
        pending_per_token: z
          .int()
          .min(1)
          .default(50)
          .describe('Requests of one token that may wait for people at once'),
      })
      .prefault({}),
    people: z
      .array(
        z.strictObject({
          slack: slackUser,
          github: z.string().optional(),
          gitlab: z.string().optional(),
          login: z.string().optional().describe('Login name at terminals and over SSH'),
        }),
      )
      .default([])
      .describe('Who is who: nobody approves what they asked for under another name'),
  })
  .meta({ title: 'Gatehouse', description: 'gatehouse.yaml' });

export type RawConfig = z.infer<typeof ConfigShape>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
