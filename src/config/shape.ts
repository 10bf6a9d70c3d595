import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import { ENVIRONMENT_COLORS } from '../core/environment.ts';
import { RISK_LEVELS } from '../core/risk/assessment.ts';
import { emergency, escalation, extend, pageAtOnce } from './escalation-shape.ts';
import { learning } from './learning-shape.ts';
import { email, onCall } from './on-call-shape.ts';
import { PolicyShape } from './policy-shape.ts';
import {
  approvals,
  channel,
  duration,
  holidays,
  officeHours,
  reviewers,
  slackUser,
  timeZone,
} from './values.ts';

const environment = z
  .strictObject({
    channel: channel.describe('Where its cards appear'),
    reviewers: reviewers.describe('Who may decide: "channel" means every full member of its channel'),
    approvals: approvals.default(1).describe('How many distinct people must approve'),
    expires_after: duration.default('10m').describe('Then the request is denied as expired'),
    use_within: duration.default('15m').describe('An approval not used by then is void'),
    production: z
      .boolean()
      .optional()
      .describe('Whether mistakes hurt here; by default names with "prod" or "live" do'),
    color: z.enum(ENVIRONMENT_COLORS).optional(),
    time_zone: timeZone.default('UTC'),
    office_hours: officeHours.optional(),
    holidays: holidays.optional().describe('Local dates that count as outside office hours'),
    unanswered_may_run: z
      .boolean()
      .optional()
      .describe('Whether rules with when_unanswered: allow count here; by default not in production'),
    escalation: escalation.optional(),
    page_at_once: pageAtOnce.optional(),
    extend: extend.prefault({}),
    question_pause: duration
      .default('5m')
      .describe('How long questions hold up the escalation of a request, in all'),
    emergency: emergency.optional(),
  })
  .refine((e) => !e.holidays?.length || e.office_hours !== undefined, {
    path: ['holidays'],
    message: 'they mean nothing without office_hours: write those too',
  });

export const RiskRowShape = z.strictObject({
  program: z.string().min(1).describe('Such as deployctl; several as a|b'),
  args: z.string().optional().describe('What its arguments look like; every call when it is left out'),
  points: z.int().min(0).max(100),
  why: z.string().min(1).describe('What people read beside the points'),
  example: z.string().min(1).describe('A command the row is about'),
  level: z.enum(RISK_LEVELS, `write one of ${RISK_LEVELS.join(', ')}`).describe('The level of the example'),
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
    policies: z
      .array(PolicyShape)
      .max(500)
      .default([])
      .describe(
        'The first match wins among those that block, that require and that allow; block comes first',
      ),
    risk: z
      .array(RiskRowShape)
      .max(500)
      .default([])
      .describe("Rows of the site's own for the risk of commands"),
    rules: z
      .strictObject({
        second_person: z
          .enum(['production', 'always', 'never'], 'write production, always or never')
          .default('production')
          .describe('Where a rule of the person who profits most from it waits for a second person'),
      })
      .prefault({}),
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
    on_call: onCall.optional(),
    email: email.optional(),
    learning: learning.prefault({}),
    runbook: z
      .strictObject({
        notes_first: z
          .string()
          .meta({ pattern: '^([0-9]+[smhd])+$' })
          .refine((text) => (parseDuration(text) ?? 61) <= 60, 'write a time span of at most 60s, such as 5s')
          .default('5s')
          .describe('Who asks can read the notes for so long before others are asked; 0s: no time'),
      })
      .prefault({}),
  })
  .meta({ title: 'Gatehouse', description: 'gatehouse.yaml' });

export type RawConfig = z.infer<typeof ConfigShape>;
