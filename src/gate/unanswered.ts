import { cardsOf } from '../store/cards.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import { timeNow } from './clock.ts';
import type { Deps } from './deps.ts';
import { type Ended, endRequest } from './end-request.ts';
import { weigh } from './judge.ts';

/**
 * The deadline of a locked request has come: it ends as expired; or as approved, when a rule lets it run unanswered
 * and nothing speaks against it any more than when it asked. Somebody who objects a moment late is heard.
 */
export async function endAtDeadline(
  tx: Tx,
  deps: Deps,
  row: RequestRow,
  { objected = false } = {},
): Promise<Ended | null> {
  const rule = objected ? null : await ruleThatLetsItRun(tx, deps, row);
  if (rule === null) {
    return endRequest(tx, deps, row, { state: 'expired', by: 'deadline', reason: null, people: [] });
  }
  const reason = `nobody objected until the deadline (rule ${rule})`;
  return endRequest(tx, deps, row, { state: 'approved', by: 'rule', reason, people: [], unanswered: true });
}

/** The rule by which it runs unanswered: asked again now, since rules, policies and the environment may have changed. */
async function ruleThatLetsItRun(tx: Tx, deps: Deps, row: RequestRow): Promise<string | null> {
  const environment = deps.environments.get(row.environment);
  if (row.state !== 'pending' || row.whenUnanswered !== 'allow' || !environment?.unansweredMayRun)
    return null;
  // Whom no card ever reached, nobody could object to.
  if (!(await cardsOf(tx, row.id)).some((card) => card.ts !== null)) return null;

  const { ruling, covering } = await weigh(
    tx,
    deps,
    { ...row, environment, isPartlyHidden: row.redacted },
    {
      name: row.requester.tokenName,
      kind: row.requester.kind,
      level: row.assessment.level,
      now: (await timeNow(tx, deps)).getTime(),
    },
  );
  if (ruling.kind !== 'ask' || ruling.whenUnanswered !== 'allow') return null;
  return covering?.find((rule) => rule.whenUnanswered === 'allow')?.text ?? null;
}
