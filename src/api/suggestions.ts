import { z } from 'zod';
import { RISK_LEVELS } from '../core/risk/assessment.ts';
import { RuleLineShape, RuleShape } from './rules.ts';

export const SUGGESTION_STATES = [
  'open',
  'half',
  'accepted',
  'not-now',
  'never',
  'withdrawn',
  'superseded',
] as const;

const EvidenceShape = z.object({
  approvals: z.int(),
  denials: z.int(),
  requesters: z.array(z.string()),
  reviewers: z.array(z.string()),
  days: z.int(),
  first: z.iso.datetime().nullable(),
  last: z.iso.datetime().nullable(),
  examples: z.array(z.string()).describe('Approved commands, without their secrets'),
  would_also_allow: z.array(z.string()).describe('Invented'),
  would_not_allow: z.array(z.string()).describe('Invented'),
});

export const SuggestionShape = z.object({
  id: z.string(),
  version: z.int().describe('Send it back with the answer: what is accepted is what was seen'),
  family: z.string(),
  kind: z.enum(['add', 'extend', 'replace', 'prune']),
  state: z.enum(SUGGESTION_STATES),
  environment: z.string(),
  project: z.string(),
  rules: z.array(z.string()),
  replaces: z.array(z.string()),
  cause: z.enum(['redundant', 'unused', 'too-broad', 'expiring', 'denied']).nullable(),
  command_family: z.string(),
  title: z.string(),
  why: z.string(),
  words: z.object({ title: z.string(), sentence: z.string() }).nullable().describe('By the language model'),
  risk: z.enum(RISK_LEVELS),
  saves_per_week: z.number(),
  slots: z.array(z.object({ slot: z.string(), seen: z.array(z.string()), count: z.int() })),
  cautions: z.array(z.string()),
  evidence: EvidenceShape,
  narrowings: z
    .array(z.object({ key: z.string(), says: z.string() }))
    .describe('The steps that narrow it, by the keys to send'),
  accepted_by: z.array(z.string()),
  answered_at: z.iso.datetime().nullable(),
  answered_by: z.string().nullable(),
  reason: z.string().nullable(),
  narrowed_from: z.string().nullable(),
  night: z.string(),
});
export type SuggestionBody = z.infer<typeof SuggestionShape>;

export const SuggestionsShape = z.object({
  suggestions: z.array(SuggestionShape),
  total: z.int().describe('On all pages'),
  night: z.string().nullable().describe('The last night that is done'),
});

const version = z.int().describe('As it was seen');
export const AnswerShape = z.strictObject({ version });
export const AcceptShape = z.strictObject({
  version,
  shadow_days: z.int().min(0).max(90).optional(),
  expires_in_days: z.int().min(1).max(3650).optional(),
});
export const NarrowShape = z.strictObject({
  version,
  keys: z.array(z.string().min(1).max(200)).min(1).max(100),
});
export const RefuseShape = z.strictObject({ version, reason: z.string().max(3000).optional() });

export const AcceptedShape = z.object({
  suggestion: SuggestionShape,
  missing: z.int().describe('So many others have to accept it'),
  added: z.array(RuleShape),
  retired: z.array(RuleShape),
});
export type AcceptedBody = z.infer<typeof AcceptedShape>;

export const UndoneShape = z.object({
  suggestion: SuggestionShape,
  revoked: z.array(RuleShape),
  restored: z.array(RuleShape),
});
export type UndoneBody = z.infer<typeof UndoneShape>;

export const SimulateShape = z.strictObject({
  rules: z.array(RuleLineShape).max(100_000),
  days: z.int().min(1).max(90).default(90),
  environment: z.string().max(100).optional(),
});

const FlipsShape = z.object({
  environment: z.string(),
  family: z.string(),
  count: z.int(),
  examples: z.array(z.string()).describe('Without their secrets'),
});
export const SimulatedShape = z.object({
  days: z.int(),
  decisions: z.int(),
  would_run: z.array(FlipsShape).describe('People were asked; these rules would let it pass'),
  would_ask: z.array(FlipsShape).describe('A rule let it pass; people would be asked'),
  denied_would_run: z.array(FlipsShape).describe('People denied it; these rules would let it pass'),
});
export type SimulatedBody = z.infer<typeof SimulatedShape>;

export const ReportShape = z.object({
  days: z.int(),
  decided: z.int(),
  passed: z.int().describe('By a rule'),
  by_people: z.int(),
  hit_rate: z.number().nullable(),
  saved_seconds: z.number().describe('What nobody waited for: as many medians as a rule let pass'),
  saved_minutes: z.number().describe('Of those who decide'),
  median_seconds: z.number().nullable(),
  p90_seconds: z.number().nullable(),
  answerers: z.array(z.object({ name: z.string(), decisions: z.int(), median_seconds: z.number() })),
  most_asked: z.array(z.object({ family: z.string(), environment: z.string(), asked: z.int() })),
  rules: z.int(),
  families: z.int(),
  in_shadow: z.int(),
  suspended: z.int(),
  announced: z.int(),
  expiring_soon: z.int(),
  suggestions: z.int(),
  night: z.string().nullable(),
});
export type ReportBody = z.infer<typeof ReportShape>;
