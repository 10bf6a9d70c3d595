import { eq } from 'drizzle-orm';
import type { Environment } from '../core/environment.ts';
import { pageRung } from '../core/escalation.ts';
import type { Person } from '../core/people.ts';
import type { PersonSettings } from '../core/quiet.ts';
import { type Reach, type ReachStep, reachOf } from '../core/reach.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { appendSteps, makeDue, openSteps, type StepRow } from '../store/steps.ts';
import type { Deps } from './deps.ts';
import { type Ended, endRequest } from './end-request.ts';

interface There {
  people: Person[] | null;
  settings: ReadonlyMap<string, PersonSettings>;
  now: Date;
}

/**
 * Notes who can be reached for a request, for its card and the one who waits. When no reviewer is there, an unattended
 * ask is denied or paged at once, as its token says.
 * @returns the ended request; null: it still waits
 */
export async function noteReach(tx: Tx, deps: Deps, row: RequestRow, there: There): Promise<Ended | null> {
  const open = (await openSteps(tx, row.id)).filter(({ kind }) => kind !== 'card');
  const reach = reachOf({
    reviewers: there.people,
    askedBy: row.requester.people,
    settings: there.settings,
    steps: open.map(toReachStep),
    at: there.now,
    expiresAt: row.expiresAt,
    whenUnanswered: row.whenUnanswered,
  });
  await tx.update(requests).set({ reach }).where(eq(requests.id, row.id));
  if (!isNobodyThere(reach) || row.emergency) return null;
  switch (row.whenNobodyIsThere) {
    case 'wait':
      return null;
    case 'page':
      await pageNow(tx, row, { open, environment: deps.environments.get(row.environment) });
      return null;
    case 'deny':
      return endRequest(tx, deps, row, {
        state: 'denied',
        by: 'nobody-there',
        reason:
          'No reviewer is there, and nobody waits for the answer of this client. Ask again in office hours.',
        people: [],
      });
  }
}

/** Only when it is known: while Slack is silent, nothing is concluded. */
const isNobodyThere = ({ reviewers }: Reach): boolean =>
  reviewers !== null && reviewers.reachable + reviewers.unknown === 0;

async function pageNow(
  tx: Tx,
  row: RequestRow,
  { open, environment }: { open: StepRow[]; environment: Environment | undefined },
): Promise<void> {
  const early = 'before its time: no reviewer is there';
  const planned = open.find(({ kind }) => kind === 'page');
  if (planned) return void (await makeDue(tx, planned.id, early));
  const { steps = [], pageAtOnce = null } = environment?.escalation ?? {};
  const pager =
    steps.find((step) => step.page !== null)?.page ?? pageAtOnce?.page ?? environment?.emergency?.page;
  if (pager) return void (await appendSteps(tx, row.id, [pageRung(pager, 0)]));
  // Nobody to page: whoever comes next is told at once.
  if (open[0]) await makeDue(tx, open[0].id, early);
}

function toReachStep({ kind, audience, dueAt }: StepRow): ReachStep {
  if (kind === 'page') return { at: dueAt, kind: 'page', label: 'pager', reachable: null };
  if (audience === 'reviewers' || !audience)
    return { at: dueAt, kind: 'reviewers', label: 'reminder', reachable: null };
  const named = audience.users.length + audience.emails.length;
  return {
    at: dueAt,
    kind: 'people',
    label: 'backups',
    reachable: audience.groups.length > 0 ? null : named,
  };
}
