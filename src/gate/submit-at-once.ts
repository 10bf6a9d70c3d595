import type { Ruling } from '../core/decide.ts';
import type { RecordBody } from '../core/proof/record.ts';
import type { RequestRow } from '../store/requests.ts';
import { blankRequest } from '../store/write-together.ts';
import { askingOf, secondsForNotes } from './ask-people.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { concurrencyKeyOf, type Draft, draftOf } from './draft.ts';
import type { FactsTogether } from './facts.ts';
import { amongOf, type Judged, judgeBy, kinOf } from './judge.ts';
import { endingRecord } from './record-ending.ts';
import { requestFacts } from './record-facts.ts';
import type { Ask, Checked } from './submit.ts';
import type { Writing } from './write-together.ts';

/**
 * Lets an ask pass, or puts it to people, when it has to do with no other one: judged and stored together with all that
 * arrive at the same time, and durable when this resolves.
 * @returns null: it is no such ask, or could not be stored with the others; `submit` takes it by itself
 */
export async function submitAtOnce(
  deps: Deps,
  caller: Caller,
  ask: Ask,
  checked: Checked,
): Promise<RequestRow | null> {
  if (ask.emergency) return null;
  const judgeable = { ...ask, ...checked, isPartlyHidden: ask.redacted };
  const kin = kinOf(judgeable);
  const facts = await deps.together.factsOf({
    ...amongOf(caller, judgeable, kin),
    project: checked.project,
    concurrencyKey: concurrencyKeyOf(ask.environment, ask.context),
    idempotencyKey: ask.idempotencyKey,
  });
  const book = facts.concernsOthers ? null : await deps.ruleBook.at(facts.rulesVersion);
  if (!book) return null;
  const judged = judgeBy(book, deps, caller, judgeable, { ...kin, ...facts });
  const draft = draftOf(deps, { caller, ask, ...checked, judged });
  // What a rule in the shadow would do is counted elsewhere.
  if (draft.spotCheck || (draft.shadowRules?.length ?? 0) > 0) return null;
  const writing = await written(deps, { ask, checked, judged, draft, facts });
  const sealed = writing && (await deps.together.write(writing));
  if (!sealed) return null;
  const { request } = writing;
  return request.state === 'approved' ? { ...request, grant: sealed.at(-1) ?? null } : request;
}

interface Decided {
  ask: Ask;
  checked: Checked;
  judged: Judged;
  draft: Draft;
  facts: FactsTogether;
}

/** What is stored of it; null: it needs more than that. */
async function written(deps: Deps, decided: Decided): Promise<(Writing & { request: RequestRow }) | null> {
  const { judged, draft, facts, checked } = decided;
  const { ruling } = judged;
  if (ruling.kind === 'allow') {
    const request = approved(draft, ruling, { now: judged.now, ...checked.environment });
    return { ...common(deps, decided, request), verb: 'pass', shared: laneOf(draft), alone: keyOf(draft) };
  }
  if (ruling.kind === 'block' || ruling.missing || !deps.canAsk) return null;
  const request = pending(draft, judged.now);
  const { run_id: runId } = draft.context;
  // Without a run, whatever it asks in the same minute is of one burst.
  if (facts.concernsPeople || runId === undefined) return null;
  const afterSeconds = await secondsForNotes(deps, deps.database.quick.db, request);
  const { tokenId, sameKey, project, environment } = draft;
  return {
    ...common(deps, decided, request),
    verb: 'submit',
    asking: askingOf(deps, { row: request, environment: checked.environment, afterSeconds }),
    waiting: { tokenId, pending: facts.pending, most: deps.pendingPerToken },
    alone: [
      ...keyOf(draft),
      ...laneOf(draft),
      `same ${tokenId} ${sameKey}`,
      `burst ${tokenId} ${project} ${environment} ${runId}`,
    ],
  };
}

function common(deps: Deps, { draft, facts, judged }: Decided, request: RequestRow) {
  const { project, environment, tokenId, sameKey, context, concurrencyKey = null } = draft;
  const runId = judged.ruling.kind === 'ask' ? (context.run_id ?? null) : null;
  return {
    signer: deps,
    request,
    records: recordsOf(request),
    rulesVersion: facts.rulesVersion,
    head: facts.head,
    // One that asks nobody, outside of all lanes, has nothing to do with anybody.
    ...((runId !== null || concurrencyKey !== null) && {
      wish: { project, environment, tokenId, sameKey, concurrencyKey, runId },
    }),
  };
}

const keyOf = ({ tokenId, idempotencyKey }: Draft): string[] =>
  idempotencyKey ? [`key ${tokenId} ${idempotencyKey}`] : [];
const laneOf = ({ project, concurrencyKey }: Draft): string[] =>
  concurrencyKey ? [`lane ${project} ${concurrencyKey}`] : [];

/** As `submit` stores it. */
function pending({ expiresInSeconds, canBeExtendedBySeconds, ...given }: Draft, now: number): RequestRow {
  const after = (seconds: number) => new Date(now + seconds * 1000);
  return {
    ...blankRequest(),
    ...given,
    createdAt: after(0),
    expiresAt: after(expiresInSeconds),
    latestExpiresAt:
      canBeExtendedBySeconds === null ? null : after(expiresInSeconds + canBeExtendedBySeconds),
    heartbeatUntil: given.heartbeatSeconds ? after(given.heartbeatSeconds) : null,
  } as RequestRow;
}

/** As `submit` and the ending of a request leave it, in one step. */
const approved = (
  draft: Draft,
  { by, because }: Extract<Ruling, { kind: 'allow' }>,
  { now, useWithinSeconds }: { now: number; useWithinSeconds: number },
): RequestRow => ({
  ...pending(draft, now),
  version: 2,
  state: 'approved',
  heartbeatUntil: null,
  decidedAt: new Date(now),
  decision: { by, reason: because, people: [] },
  useBy: new Date(now + useWithinSeconds * 1000),
});

/** What is written down of a request that was submitted at once. */
export function recordsOf(row: RequestRow): RecordBody[] {
  const facts = { ...requestFacts(row), reason: row.reason };
  const requested = {
    type: 'requested',
    subject: row.id,
    digest: row.digest,
    facts,
    at: row.createdAt,
  } as const;
  return row.state === 'pending' ? [requested] : [requested, { ...endingRecord(row, []), at: row.createdAt }];
}
