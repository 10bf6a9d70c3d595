import { commandText } from '../../core/command/command.ts';
import { REDACTED } from '../../core/command/redact.ts';
import type { PastDecision } from '../../core/learning/suggestion.ts';
import { type DecidedRow, othersWhoDecided } from '../../store/past-decisions.ts';

/**
 * What a request that has ended says to the learner: one decision for each person who took it. Nothing: what nobody
 * decided, who approved their own, an approval in an emergency (no routine), and words in place of a command. What an
 * approval holds without its secrets cannot become a rule; a denial of it still counts.
 */
export function pastDecisions(row: DecidedRow): PastDecision[] {
  const { decision, command, emergency } = row;
  if (!decision || !row.decidedAt || command.kind === 'action') return [];
  const text = commandText(command);
  const past: Omit<PastDecision, 'decision' | 'decidedBy'> = {
    at: row.decidedAt.getTime(),
    environment: row.environment,
    project: row.project,
    // Not the actor: anybody's word must not make two requesters of one.
    requester: row.requester.people[0] ?? row.requester.tokenName,
    command: text,
    exitCode: row.outcomeAt === null ? null : (row.exitCode ?? 1),
    reason: decision.reason,
  };
  const isWhole = !row.redacted && !text.includes(REDACTED);
  if (row.state === 'approved' && (decision.by === 'rule' || decision.by === 'policy'))
    return isWhole ? [{ ...past, decision: 'auto', decidedBy: decision.by }] : [];
  if (decision.by !== 'people' || (row.state === 'approved' && (emergency || !isWhole))) return [];
  const verdict = row.state === 'approved' ? 'approved' : 'denied';
  return othersWhoDecided(decision, row.requester).map(({ subject }) => ({
    ...past,
    decision: verdict,
    decidedBy: personIn(subject),
  }));
}

/** `slack:T0:UANA` → `UANA`, as the people behind a request are named. */
const personIn = (subject: string): string => subject.split(':').at(-1) ?? subject;
