import { commandText } from '../core/command/command.ts';
import type { MailFacts } from '../on-call/mail-text.ts';
import type { RequestRow } from '../store/requests.ts';
import type { Deps } from './deps.ts';

/** What a mail says of the requests that wait for its reader: of several it shows an emergency, or the riskiest. */
export function mailFacts(deps: Deps, waiting: readonly RequestRow[]): MailFacts {
  const [row] = waiting.toSorted(
    (a, b) => Number(b.emergency) - Number(a.emergency) || b.assessment.score - a.assessment.score,
  );
  if (!row) throw new Error('a mail about nothing');
  const soonest = waiting.reduce(
    (first, { expiresAt }) => (expiresAt < first ? expiresAt : first),
    row.expiresAt,
  );
  const several = waiting.length > 1;
  return {
    ...aboutOne(deps, row),
    kind: several ? 'storm' : 'asked',
    until: several ? soonest : row.expiresAt,
    url: several ? `${deps.url}/requests` : `${deps.url}/requests/${row.id}`,
    others: waiting.length - 1,
    ending: null,
  };
}

/** What every mail about a request says of it. */
export function aboutOne(
  deps: Deps,
  row: RequestRow,
): Pick<MailFacts, 'environment' | 'command' | 'risk' | 'requester' | 'reason' | 'timeZone' | 'emergency'> {
  const environment = deps.environments.get(row.environment);
  const { level, score, reasons } = row.assessment;
  return {
    environment: { name: row.environment, color: environment?.color ?? 'red' },
    command: commandText(row.command),
    risk: { level, score, reasons: reasons.filter(({ points }) => points > 0).map(({ why }) => why) },
    requester: row.requester.actor ?? row.requester.tokenName,
    reason: row.reason,
    emergency: row.emergency,
    timeZone: environment?.timeZone ?? 'UTC',
  };
}
