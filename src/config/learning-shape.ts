import { z } from 'zod';
import { parseDuration } from '../core/duration.ts';
import type { LearningSettings } from '../core/learning-settings.ts';
import { model } from './model-shape.ts';
import { approvals, duration, timeZone } from './values.ts';

const days = duration
  .refine((text) => (parseDuration(text) ?? 0) % 86_400 === 0, 'write whole days such as 14d')
  .meta({ description: 'Whole days, such as 14d' });

export const learning = z
  .strictObject({
    at: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'write a time such as "03:00"')
      .default('03:00')
      .describe('When the night begins'),
    time_zone: timeZone.default('UTC'),
    spot_checks: z
      .number()
      .min(0)
      .max(1, 'write a share from 0 to 1, such as 0.01')
      .default(0)
      .describe('The share of what suggested rules cover that people see all the same'),
    shadow_days: z
      .int()
      .min(0)
      .max(90)
      .default(0)
      .describe('So many days an accepted rule only notes what it would have let pass'),
    expires_after: days.default('90d').describe('So long an accepted rule lives'),
    acceptances: z
      .strictObject({
        LOW: approvals.default(1),
        MEDIUM: approvals.default(1),
        HIGH: approvals.default(2),
      })
      .prefault({})
      .describe('Distinct people who must accept a suggestion of this risk'),
    max_cards: z.int().min(1).max(25).default(25).describe('Suggestions shown at once'),
    unused_after: days.default('14d').describe('A rule nobody needed for so long is announced to go'),
    prune_notice: days.default('7d').describe('So long after the notice it goes'),
    minutes_per_approval: z
      .number()
      .min(0)
      .max(120)
      .default(2)
      .describe('What a decision costs whoever takes it, for the report'),
    model: model.optional(),
  })
  .describe('When and how the gate studies what was approved');

const daysOf = (text: string): number => (parseDuration(text) ?? 0) / 86_400;

/** The night's settings as the gate uses them. */
export const toLearning = (raw: z.infer<typeof learning>): LearningSettings => ({
  at: raw.at,
  timeZone: raw.time_zone,
  spotChecks: raw.spot_checks,
  shadowDays: raw.shadow_days,
  expiresAfterDays: daysOf(raw.expires_after),
  acceptances: raw.acceptances,
  maxCards: raw.max_cards,
  unusedAfterDays: daysOf(raw.unused_after),
  noticeDays: daysOf(raw.prune_notice),
  minutesPerApproval: raw.minutes_per_approval,
});
