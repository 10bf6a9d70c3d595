import { type Change, type Earlier, reconcile } from '../../core/learning/reconcile.ts';
import type { Suggestion } from '../../core/learning/suggestion.ts';
import type { Tx } from '../../store/database.ts';
import {
  changeSuggestion,
  earlierSuggestions,
  insertSuggestion,
  type SuggestionRow,
} from '../../store/suggestions.ts';
import { coversAny } from '../suggestions/covers-any.ts';
import type { Denial, Studied } from './study.ts';

/** Notices see to these: they need nobody's answer. */
const BY_NOTICE: Suggestion['cause'][] = ['unused', 'expiring'];

/** Brings the suggestions to what the night proposes. @returns how many of each change */
export async function propose(
  tx: Tx,
  night: string,
  now: number,
  { suggestions, denials }: Pick<Studied, 'suggestions' | 'denials'>,
): Promise<Record<string, number>> {
  const proposed = suggestions.filter(({ cause }) => !BY_NOTICE.includes(cause));
  const earlier = await earlierSuggestions(tx, proposed);
  const changes = reconcile({
    now,
    earlier: earlier.map(toEarlier),
    proposed,
    contradiction: (body) => contradicts(body, denials),
  });
  const counts: Record<string, number> = { proposed: proposed.length };
  for (const change of changes) {
    await apply(tx, night, change);
    counts[change.kind] = (counts[change.kind] ?? 0) + 1;
  }
  return counts;
}

const toEarlier = (row: SuggestionRow): Earlier => ({
  id: row.id,
  state: row.state,
  body: row.body,
  approvals: row.approvals,
  createdAt: row.createdAt.getTime(),
  answeredAt: row.answeredAt?.getTime() ?? null,
  isNarrowed: row.narrowedFrom !== null,
});

function contradicts({ rules, environment, project }: Suggestion, denials: readonly Denial[]): string | null {
  const here = denials.filter(
    (denial) =>
      (environment === '*' || environment === denial.environment) &&
      (project === '*' || project === denial.project),
  );
  const command = coversAny(
    rules,
    here.map((denial) => denial.command),
  );
  return here.find((denial) => denial.command === command)?.words ?? null;
}

async function apply(tx: Tx, night: string, change: Change): Promise<void> {
  switch (change.kind) {
    case 'insert':
      await insertSuggestion(tx, change.body, { night });
      return;
    case 'refresh':
      await changeSuggestion(tx, change.id, evidenceOf(change.body));
      return;
    case 'reopen':
      await changeSuggestion(tx, change.id, {
        ...evidenceOf(change.body),
        state: 'open',
        night,
        acceptedBy: [],
        answeredAt: null,
        answeredByName: null,
        reason: null,
        narrowedFrom: null,
      });
      return;
    case 'withdraw':
      await changeSuggestion(tx, change.id, { state: 'withdrawn', acceptedBy: [], reason: change.why });
      return;
    case 'supersede':
      await changeSuggestion(tx, change.id, { state: 'superseded', acceptedBy: [] });
  }
}

const evidenceOf = (body: Suggestion) => ({
  body,
  savesPerWeek: body.savesPerWeek,
  approvals: body.evidence.approvals,
});
