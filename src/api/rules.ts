import { z } from 'zod';
import { ContextShape, RequestShape } from '../api.ts';

/** Largest file of rules that is imported, in bytes. */
export const MAX_RULES_BYTES = 8 * 1024 * 1024;
/** Longest rule, in characters: an exact rule is as long as its command. */
const MAX_RULE_CHARACTERS = 8192;
const LONGEST_LIFE_DAYS = 3650;

const line = (max: number) => z.string().max(max);
const examples = z.array(line(4096).min(1)).max(20);
const scopeName = line(100).min(1).describe('"*" means any');

const RuleTextShape = line(MAX_RULE_CHARACTERS).min(1);

/** A rule as a line of a file has it. Keys that are not known here are ignored. */
export const RuleLineShape = z.object({
  rule: RuleTextShape,
  environment: scopeName,
  project: scopeName.default('*'),
  repository: line(300).min(1).nullish(),
  requester: line(200).min(1).nullish(),
  cwd: line(4096).min(1).nullish(),
  family: line(300).nullish(),
  source: z.enum(['manual', 'suggested']).default('manual'),
  expires_at: z.iso.datetime({ offset: true }).nullish(),
  when_unanswered: z.literal('allow').nullish(),
  allows_critical: z.boolean().default(false),
  shadow_until: z.iso
    .datetime({ offset: true })
    .nullish()
    .describe('Until then it only notes what it would let pass'),
  suggestion: line(100).nullish().describe('Id of the suggestion it came with'),
  match: examples.default([]),
  not_match: examples.default([]),
});
export type RuleLine = z.infer<typeof RuleLineShape>;

export const ImportRulesShape = z.strictObject({
  rules: z.array(RuleLineShape).max(100_000),
  dry_run: z.boolean().describe('Only says what would change'),
  version: z
    .int()
    .optional()
    .describe('As a dry run gave it: nothing is changed when the rules are others by now'),
});

export const NewRuleShape = z.strictObject({
  rule: RuleTextShape.describe('One exact rule (`= …`), or pattern rules, one a line'),
  environment: scopeName,
  project: scopeName.optional().describe('Without it: the project of the token'),
  repository: line(300).min(1).optional(),
  requester: line(200).min(1).optional().describe('Name of a token, or of an actor'),
  cwd: line(4096).min(1).optional(),
  expires_in_days: z.int().min(1).max(LONGEST_LIFE_DAYS).optional(),
  when_unanswered: z
    .literal('allow')
    .optional()
    .describe('Shown on a card as usual; a LOW command runs when nobody objects in time'),
  allows_critical: z.boolean().optional().describe('For administrators: it covers CRITICAL commands too'),
  match: examples.optional().describe('Commands it has to cover'),
  not_match: examples.optional().describe('Commands it must not cover'),
});
export type NewRule = z.infer<typeof NewRuleShape>;

export const RULE_STATES = [
  'in force',
  'in the shadow',
  'suspended',
  'waits for a second person',
  'expired',
  'revoked',
] as const;

export const RuleShape = z.object({
  id: z.string(),
  rule: z.string(),
  environment: z.string(),
  project: z.string(),
  repository: z.string().nullable(),
  requester: z.string().nullable(),
  cwd: z.string().nullable(),
  family: z.string().nullable(),
  source: z.enum(['manual', 'suggested']),
  state: z.enum(RULE_STATES),
  when_unanswered: z.literal('allow').nullable(),
  allows_critical: z.boolean(),
  match: z.array(z.string()),
  not_match: z.array(z.string()),
  created_at: z.iso.datetime(),
  created_by: z.object({ id: z.string(), name: z.string() }),
  confirmed_at: z.iso.datetime().nullable(),
  confirmed_by: z.string().nullable(),
  expires_at: z.iso.datetime().nullable(),
  revoked_at: z.iso.datetime().nullable(),
  hits: z.int(),
  last_matched_at: z.iso.datetime().nullable(),
  shadow_until: z.iso.datetime().nullable(),
  shadow_hits: z.int().describe('Commands it would have let pass'),
  suspended_at: z.iso.datetime().nullable(),
  suspended_why: z.string().nullable(),
  prune_at: z.iso.datetime().nullable().describe('When it goes, unless somebody uses or keeps it'),
  suggestion: z.string().nullable(),
});
export type RuleBody = z.infer<typeof RuleShape>;

export const RulesShape = z.object({
  rules: z.array(RuleShape),
  total: z.int().describe('On all pages'),
});

export const AddedRuleShape = RuleShape.extend({
  needs_second_person: z.boolean().describe('It is in force once somebody else has confirmed it'),
});
export type AddedRule = z.infer<typeof AddedRuleShape>;

export const ImportedRulesShape = z.object({
  added: z.int(),
  revoked: z.int(),
  same: z.int(),
  expired: z.int().describe('Left out: their time is over'),
  version: z.int().describe('Of the rules this was compared with'),
  add: z.array(RuleLineShape),
  revoke: z.array(RuleShape),
});
export type ImportedRules = z.infer<typeof ImportedRulesShape>;

export const CheckShape = z
  .strictObject({
    environment: line(100).min(1),
    command: z.string().min(1).optional(),
    argv: z.array(z.string()).min(1).max(1000).optional(),
    project: line(100).min(1).optional().describe('When the token is good for every project'),
    reason: line(3000).optional(),
    cwd: line(4096).optional(),
    context: ContextShape.optional(),
  })
  .refine((body) => (body.command === undefined) !== (body.argv === undefined), {
    message: 'give exactly one of command and argv',
    path: ['command'],
  });
export type Check = z.infer<typeof CheckShape>;

export const RulingShape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('block'), policy: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('allow'), by: z.enum(['rule', 'policy']), because: z.string() }),
  z.object({
    kind: z.literal('ask'),
    approvals: z.int(),
    reviewers: z.string().describe('Who may decide, in words'),
    expires_after_seconds: z.number(),
    when_unanswered: z.enum(['deny', 'allow']),
    missing: z.enum(['reason', 'ticket']).nullable().describe('Without it the request is refused'),
  }),
]);

export const CheckedShape = z.object({
  environment: z.string(),
  project: z.string(),
  command: z.string(),
  ruling: RulingShape,
  covered: z.boolean().describe('By rules alone'),
  why: z.string().describe('Why the rules cover it or do not, in words'),
  rules: z.array(z.object({ id: z.string(), rule: z.string() })),
  explanation: z
    .array(
      z.object({
        kind: z.enum(['policy', 'rule', 'floor', 'environment']),
        name: z.string(),
        applies: z.boolean(),
        why: z.string(),
      }),
    )
    .describe('Every policy and rule that was looked at'),
  assessment: RequestShape.shape.assessment,
  near: z
    .array(z.object({ rule: z.string(), why: z.string() }))
    .describe('The nearest rules that do not cover it'),
});
export type CheckedBody = z.infer<typeof CheckedShape>;
