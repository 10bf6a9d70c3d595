import type { CheckedBody, RuleBody, RuleLine } from '../api/rules.ts';
import { commandText } from '../core/command/command.ts';
import { reviewersInWords } from '../core/environment.ts';
import type { Findings } from '../gate/check.ts';
import type { RuleWish } from '../gate/rules.ts';
import type { RuleRow } from '../store/rules.ts';

/** A rule as clients see it. `now` (ms) is the database's: rules expire by its clock. */
export const presentRule = (row: RuleRow, now: number): RuleBody => ({
  id: row.id,
  rule: row.text,
  environment: row.environment,
  project: row.project,
  repository: row.repository,
  requester: row.requester,
  cwd: row.cwd,
  family: row.family,
  source: row.source,
  state: stateOf(row, now),
  when_unanswered: row.whenUnanswered,
  allows_critical: row.allowsCritical,
  match: row.match,
  not_match: row.notMatch,
  created_at: row.createdAt.toISOString(),
  created_by: { id: row.createdBy, name: row.createdByName },
  confirmed_at: row.confirmedAt?.toISOString() ?? null,
  confirmed_by: row.confirmedBy,
  expires_at: row.expiresAt?.toISOString() ?? null,
  revoked_at: row.revokedAt?.toISOString() ?? null,
  hits: row.hits,
  last_matched_at: row.lastMatchedAt?.toISOString() ?? null,
  shadow_until: row.shadowUntil?.toISOString() ?? null,
  shadow_hits: row.shadowHits,
  suspended_at: row.suspendedAt?.toISOString() ?? null,
  suspended_why: row.suspendedWhy,
  prune_at: row.pruneAt?.toISOString() ?? null,
  suggestion: row.suggestionId,
});

function stateOf(row: RuleRow, now: number): RuleBody['state'] {
  if (row.revokedAt) return 'revoked';
  if (row.expiresAt && row.expiresAt.getTime() <= now) return 'expired';
  if (!row.confirmedAt) return 'waits for a second person';
  if (row.suspendedAt) return 'suspended';
  return row.shadowUntil && now < row.shadowUntil.getTime() ? 'in the shadow' : 'in force';
}

/** A wished-for rule as a line of a file has it. */
export const presentWish = (wish: RuleWish): RuleLine => ({
  rule: wish.text,
  environment: wish.environment,
  project: wish.project,
  repository: wish.repository,
  requester: wish.requester,
  cwd: wish.cwd,
  family: wish.family,
  source: wish.source,
  expires_at: wish.expiresAt?.toISOString() ?? null,
  when_unanswered: wish.whenUnanswered,
  allows_critical: wish.allowsCritical,
  shadow_until: wish.shadowUntil?.toISOString() ?? null,
  suggestion: wish.suggestionId ?? null,
  match: wish.match,
  not_match: wish.notMatch,
});

/** What would become of a request, as clients see it. */
export function presentFindings(found: Findings): CheckedBody {
  const { assessment, rules, obstacle } = found;
  return {
    environment: found.environment.name,
    project: found.project,
    command: commandText(found.command),
    ruling: presentRuling(found),
    covered: obstacle === null,
    why: obstacle ?? 'rules cover the whole command',
    rules: rules.map(({ id, text }) => ({ id, rule: text })),
    explanation: found.looked.map(({ kind, name, applies, why }) => ({ kind, name, applies, why })),
    assessment: {
      score: assessment.score,
      level: assessment.level,
      reasons: assessment.reasons.map(({ points, why }) => ({ points, why })),
    },
    near: found.near,
  };
}

function presentRuling({ ruling, environment }: Findings): CheckedBody['ruling'] {
  switch (ruling.kind) {
    case 'block':
      return { kind: 'block', policy: ruling.policy, reason: ruling.reason };
    case 'allow':
      return { kind: 'allow', by: ruling.by, because: ruling.because };
    case 'ask':
      return {
        kind: 'ask',
        approvals: ruling.approvals,
        reviewers: reviewersInWords(ruling.from ?? environment.reviewers, environment.channel),
        expires_after_seconds: ruling.expiresAfterSeconds,
        when_unanswered: ruling.whenUnanswered,
        missing: ruling.missing,
      };
  }
}
