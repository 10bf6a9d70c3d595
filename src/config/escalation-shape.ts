import { z } from 'zod';
import { RISK_LEVELS } from '../core/risk/assessment.ts';
import { duration, slackGroup, slackUser } from './values.ts';

const emailAddress = z.email('write an e-mail address such as backup@example.com');
const riskLevel = z.enum(RISK_LEVELS, `write one of ${RISK_LEVELS.join(', ')}`);
const pager = z.string().min(1).describe('A name under on_call');
/** People and groups by name: one of them at least. */
const namedPeople = {
  users: z.array(slackUser).default([]),
  groups: z.array(slackGroup).default([]),
};

const tell = z.union(
  [
    z.literal('reviewers'),
    z
      .strictObject({ ...namedPeople, emails: z.array(emailAddress).default([]) })
      .refine((to) => to.users.length + to.groups.length + to.emails.length > 0, 'name somebody'),
  ],
  { error: 'write "reviewers", or { users: [U…], groups: [S…], emails: […] }' },
);

export const escalation = z
  .array(
    z
      .strictObject({
        after: duration,
        tell: tell.optional(),
        page: pager.optional(),
        risk: riskLevel.optional().describe('Only for this level or higher'),
        office_hours: z
          .enum(['inside', 'outside'], 'write inside or outside')
          .optional()
          .describe('Only when the step falls inside, or outside, the office hours'),
      })
      .refine((step) => step.tell || step.page, 'say who is told or paged: tell or page'),
  )
  .max(20)
  .describe('What happens while nobody answers, counted from the request');

export const pageAtOnce = z
  .strictObject({
    risk: riskLevel.optional(),
    outside_office_hours: z.boolean().optional(),
    page: pager,
  })
  .describe('Which requests page somebody at once');

export const extend = z
  .strictObject({
    by: duration.default('5m').describe('How much one press moves the deadline'),
    times: z.int().min(0).max(10).default(2).describe('How often at most; 0: never'),
  })
  .describe('How reviewers may extend the time to decide, in its last third');

export const emergency = z
  .strictObject({
    ...namedPeople,
    alone: z.boolean().default(true).describe('Whether one of them is enough, however many approvals'),
    page: pager.optional().describe('Who is paged; by default whom the environment pages otherwise'),
  })
  .refine(
    (e) => e.users.length + e.groups.length > 0,
    'name at least one user or group: nobody could approve',
  )
  .describe('Who may approve an emergency, at any time');
