import type { RequestBody, TokenBody } from '../api.ts';
import { commandText } from '../core/command/command.ts';
import { type Environment, reviewersInWords } from '../core/environment.ts';
import type { LadderView } from '../core/escalation.ts';
import { noteInWords } from '../core/runbook/words.ts';
import { takenRungs, toldAs } from '../core/rungs.ts';
import type { Beside } from '../store/beside.ts';
import type { RequestRow } from '../store/requests.ts';
import type { TokenRow } from '../store/tokens.ts';

interface Around extends Beside {
  environment: Environment | undefined;
}

/** A request as clients see it. The grant is only for the token that asked, while it can still be used. */
export function presentRequest(
  row: RequestRow,
  beside: Around & { url: string; forRequester: boolean },
): RequestBody {
  const usable = row.state === 'approved' && row.startedAt === null && row.lapsedAt === null;
  return {
    id: row.id,
    version: row.version,
    state: row.state,
    project: row.project,
    environment: row.environment,
    command: commandText(row.command),
    reason: row.reason,
    created_at: row.createdAt.toISOString(),
    expires_at: row.expiresAt.toISOString(),
    url: `${beside.url}/requests/${row.id}`,
    assessment: {
      score: row.assessment.score,
      level: row.assessment.level,
      reasons: row.assessment.reasons.map(({ points, why }) => ({ points, why })),
    },
    asked: presentAsked(row, beside),
    decision: presentDecision(row),
    grant: beside.forRequester && usable ? row.grant : null,
    use_by: row.useBy?.toISOString() ?? null,
    started_at: row.startedAt?.toISOString() ?? null,
    outcome: row.outcomeAt
      ? { exit_code: row.exitCode, signal: row.exitSignal, duration_ms: row.durationMs ?? 0 }
      : null,
    notes: beside.notes.map((note) =>
      noteInWords(note, { timeZone: beside.environment?.timeZone ?? 'UTC', now: row.createdAt }),
    ),
  };
}

function presentAsked(row: RequestRow, beside: Around): RequestBody['asked'] {
  const { environment, votes, cards } = beside;
  return {
    channel: environment?.channel ?? null,
    reviewers: whoDecides(row, environment),
    approvals_needed: row.approvalsNeeded,
    approvals: votes.filter((v) => v.verdict === 'approve').map((v) => ({ id: v.subject, name: v.name })),
    posted: cards.some((card) => card.ts !== null),
    problem: row.state === 'pending' ? (cards.find((card) => card.problem !== null)?.problem ?? null) : null,
    emergency: row.emergency,
    reach: row.reach ?? null,
    told: presentTold(beside.ladder),
    looking: row.claim?.name ?? null,
    questions: beside.questions.map(({ askedByName, text, answer }) => ({ by: askedByName, text, answer })),
  };
}

function whoDecides(row: RequestRow, environment: Environment | undefined): string {
  if (!environment) return 'nobody: the environment is gone from the configuration';
  const words = reviewersInWords(row.reviewers ?? environment.reviewers, environment.channel);
  return row.emergency ? `the emergency list (${words})` : words;
}

/** What was done to reach people after the card. Mail addresses stay here: job logs may be public. */
const presentTold = (ladder: LadderView): RequestBody['asked']['told'] =>
  takenRungs(ladder).map((rung) => ({
    at: rung.takenAt.toISOString(),
    what: toldAs(rung),
    people: (rung.taken?.told ?? []).map((name) => (name.includes('@') ? 'somebody by mail' : name)),
    nobody: rung.taken?.nobody ?? null,
    problems: rung.problems.map((problem) => problem.replace(/^e-mail to \S+:/, 'e-mail:')),
    taken_by: rung.page?.state === 'acknowledged' ? rung.page.by : null,
  }));

function presentDecision(row: RequestRow): RequestBody['decision'] {
  if (!row.decision || !row.decidedAt) return null;
  return {
    by: row.decision.by,
    at: row.decidedAt.toISOString(),
    reason: row.decision.reason,
    people: row.decision.people.map(({ subject, name }) => ({ id: subject, name })),
    after_seconds: (row.decidedAt.getTime() - row.createdAt.getTime()) / 1000,
  };
}

export const presentToken = (row: TokenRow): TokenBody => ({
  id: row.id,
  name: row.name,
  role: row.role,
  kind: row.kind,
  project: row.project,
  environments: row.environments ?? null,
  owner: row.owner,
  when_nobody_is_there: row.whenNobodyIsThere,
  created_at: row.createdAt.toISOString(),
  expires_at: row.expiresAt?.toISOString() ?? null,
  last_used_at: row.lastUsedAt?.toISOString() ?? null,
  revoked_at: row.revokedAt?.toISOString() ?? null,
});
