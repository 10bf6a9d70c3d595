import { z } from 'zod';
import { RISK_LEVELS } from '../core/risk/assessment.ts';
import { approvals, duration, oneOrMany, reviewers } from './values.ts';

const names = (mend: string) => oneOrMany(z.string().min(1), mend);

const MatchShape = z.strictObject({
  environment: names('write the name of an environment, or a list of them').optional(),
  project: names('write the name of a project, or a list of them').optional(),
  repository: names('write owner/name, a pattern such as acme/*, or a list of them').optional(),
  branch: names('write a branch or tag, a pattern such as release/*, or a list of them').optional(),
  changed_paths: names('write a path, a pattern such as db/migrate/**, or a list of them').optional(),
  command: names('write a command pattern such as "psql *", or a list of them').optional(),
  risk: z
    .enum(RISK_LEVELS, `write one of ${RISK_LEVELS.join(', ')}`)
    .optional()
    .describe('This level or higher'),
  office_hours: z.enum(['inside', 'outside'], 'write inside or outside').optional(),
  requester: oneOrMany(
    z.enum(['ci', 'human', 'agent']),
    'write ci, human or agent, or a list of them',
  ).optional(),
});

const RequireShape = z
  .strictObject({
    approvals: approvals.optional().describe('How many distinct people must approve'),
    from: reviewers.optional().describe('Who may decide'),
    expires_after: duration.optional(),
    reason: z.literal(true, 'write true, or leave it out').optional(),
    ticket: z.literal(true, 'write true, or leave it out').optional().describe('The reason names a ticket'),
  })
  .refine(
    (effect) => Object.values(effect).some((value) => value !== undefined),
    'say what it requires: approvals, from, expires_after, reason or ticket',
  );

export const PolicyShape = z
  .strictObject({
    name: z.string().trim().min(1).max(100).describe('What people read when it applies'),
    match: MatchShape.describe('Every key must match; what is left out always does'),
    require: RequireShape.optional(),
    allow: z.literal(true, 'write true: an allow policy has nothing to set').optional(),
    block: z.string('write the reason, which the requester is told').trim().optional(),
  })
  .superRefine(({ match, require, allow, block }, context) => {
    const fault = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const effects = [require, allow, block].filter((effect) => effect !== undefined).length;
    if (effects === 0) fault([], 'say what it does: require, allow or block');
    if (effects > 1) fault([], 'it has more than one of require, allow and block: make one policy of each');
    if (block === '') fault(['block'], 'write the reason, which the requester is told');
    if (block !== undefined && Object.keys(match).length === 0)
      fault(['match'], 'it would block everything: name at least one condition');
    if (allow && !match.command)
      fault(['match'], 'it would allow every command: name the commands with "command"');
    if (allow && match.risk)
      fault(
        ['match', 'risk'],
        'it means this level or higher, so it keeps nothing dangerous out of an allow policy: remove it',
      );
  });

export type RawPolicy = z.infer<typeof PolicyShape>;
