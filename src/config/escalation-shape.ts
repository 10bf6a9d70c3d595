import { z } from 'zod';
import { RISK_LEVELS } from '../core/risk/assessment.ts';
import { duration, slackGroup, slackUser, timeZone } from './values.ts';

const emailAddress = z.email('write an e-mail address such as backup@example.com');

const tell = z.union(
  [
    z.literal('reviewers'),
    z
      .strictObject({
        users: z.array(slackUser).optional(),
        groups: z.array(slackGroup).optional(),
        emails: z.array(emailAddress).optional(),
      })
      .refine((to) => Object.values(to).some((list) => list && list.length > 0), 'name somebody'),
  ],
  { error: 'write "reviewers", or { users: [U…], groups: [S…], emails: […] }' },
);

const pager = z.string().min(1).describe('A name under on_call');

export const escalation = z
  .array(
    z
      .strictObject({ after: duration, tell: tell.optional(), page: pager.optional() })
      .refine((step) => step.tell || step.page, 'say who is told or paged: tell or page'),
  )
  .describe('What happens while nobody answers, counted from the request');

export const pageAtOnce = z
  .strictObject({
    risk: z.enum(RISK_LEVELS, `write one of ${RISK_LEVELS.join(', ')}`).optional(),
    outside_office_hours: z.boolean().optional(),
    page: pager,
  })
  .describe('Which requests page somebody at once');

export const onCall = z
  .record(
    z.string(),
    z.looseObject({
      kind: z.enum(
        ['pagerduty', 'opsgenie', 'webhook', 'email'],
        'write pagerduty, opsgenie, webhook or email',
      ),
    }),
  )
  .describe('Who is on call, by name');

export const email = z
  .strictObject({
    smtp: z.string().min(1).describe('Such as "${SMTP_URL}"'),
    from: z.string().min(3).describe('Such as gate@example.com'),
  })
  .describe('How mail is sent');

export const learning = z
  .strictObject({
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time such as "03:00"')
      .optional(),
    time_zone: timeZone.optional(),
    model: z
      .strictObject({
        base_url: z.url({ protocol: /^https?$/, error: 'write a web address' }),
        name: z.string().min(1),
        api_key: z.string().optional().describe('Such as "${OPENAI_API_KEY}"'),
      })
      .optional(),
  })
  .describe('When the gate studies what was approved');
