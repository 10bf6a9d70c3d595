import type { Context } from 'hono';
import type { RuleFault } from '../gate/import-rules.ts';
import type { RuleRefusal } from '../gate/rules.ts';
import { PROBLEMS, problem } from './problems.ts';

/** The answer for a rule that cannot be saved. */
export function refusal(c: Context, refused: RuleRefusal): Response {
  const errors = errorsOf(refused);
  const detail = refused.code === 'invalid-rule' ? refused.why : undefined;
  return problem(c, refused.code, { ...(detail && { detail }), ...(errors.length > 0 && { errors }) });
}

/** The answer for a file of rules some of which cannot be saved: each with its place, from 0. */
export function refusals(c: Context, faults: RuleFault[]): Response {
  const errors = faults.flatMap(({ at, refusal: refused }) =>
    [...errorsOf(refused), ...(refused.code === 'examples-disagree' ? [] : [asError(refused)])].map(
      ({ path, message }) => ({ path: `rules.${at}.${path}`, message }),
    ),
  );
  return problem(c, 'invalid-rules', { errors });
}

const errorsOf = (refused: RuleRefusal): { path: string; message: string }[] =>
  refused.code === 'examples-disagree'
    ? refused.disagreements.map(({ command, expected, why }) => ({
        path: expected === 'match' ? 'match' : 'not_match',
        message: `${command}: ${why}`,
      }))
    : [];

function asError(refused: Exclude<RuleRefusal, { code: 'examples-disagree' }>) {
  switch (refused.code) {
    case 'invalid-rule':
      return { path: 'rule', message: refused.why };
    case 'admin-mark':
      return { path: 'allows_critical', message: PROBLEMS[refused.code][1] };
    case 'unanswered-forbidden':
      return { path: 'when_unanswered', message: PROBLEMS[refused.code][1] };
    case 'retrospective-due':
    case 'unknown-environment':
      return { path: 'environment', message: PROBLEMS[refused.code][1] };
  }
}
