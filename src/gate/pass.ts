import type { Ruling } from '../core/decide.ts';
import type { RecordBody } from '../core/proof/record.ts';
import type { Connections, Tx } from '../store/database.ts';
import { isRefusedWhole } from '../store/faults.ts';
import { blankRequest, type Passed, storePassed } from '../store/passed.ts';
import { type ChainEnd, chainOnto, lockChain } from '../store/records.ts';
import type { RequestRow } from '../store/requests.ts';
import { lockRules } from '../store/rules.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { concurrencyKeyOf, type Draft, draftOf } from './draft.ts';
import { failPoint } from './fail-point.ts';
import { amongOf, judgeBy, kinOf } from './judge.ts';
import { endingRecord } from './record-ending.ts';
import { requestFacts } from './record-facts.ts';
import type { Ask, Checked } from './submit.ts';

/** A request that a rule or a policy lets pass, before it is stored. */
export interface Passing {
  deps: Deps;
  row: RequestRow;
  rulesVersion: number;
  /** The end of the chain of records, as it was when it was judged. */
  head: ChainEnd | null;
}

/**
 * Lets an ask pass at once when a rule or a policy covers it and nothing else is concerned: judged and stored together
 * with all that arrive at the same time, and durable when this resolves.
 * @returns null: it is no such ask, or could not be stored with the others; `submit` takes it by itself
 */
export async function passAtOnce(
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
  const { rulesVersion, head } = facts;
  const book = facts.concernsOthers ? null : await deps.ruleBook.at(rulesVersion);
  if (!book) return null;
  const judged = judgeBy(book, deps, caller, judgeable, { ...kin, ...facts });
  if (judged.ruling.kind !== 'allow') return null;
  const draft = draftOf(deps, { caller, ask, ...checked, judged });
  // What a rule in the shadow would do is counted elsewhere.
  if (draft.spotCheck || (draft.shadowRules?.length ?? 0) > 0) return null;
  const row = approved(draft, judged.ruling, {
    now: judged.now,
    useWithinSeconds: checked.environment.useWithinSeconds,
  });
  return deps.together.pass({ deps, row, rulesVersion, head });
}

/** As `submit` and the ending of a request leave it, in one step. */
function approved(
  draft: Draft,
  { by, because }: Extract<Ruling, { kind: 'allow' }>,
  { now, useWithinSeconds }: { now: number; useWithinSeconds: number },
): RequestRow {
  const { expiresInSeconds, canBeExtendedBySeconds, ...given } = draft;
  const after = (seconds: number) => new Date(now + seconds * 1000);
  return {
    ...blankRequest(),
    ...given,
    version: 2,
    state: 'approved',
    createdAt: after(0),
    expiresAt: after(expiresInSeconds),
    latestExpiresAt:
      canBeExtendedBySeconds === null ? null : after(expiresInSeconds + canBeExtendedBySeconds),
    decidedAt: after(0),
    decision: { by, reason: because, people: [] },
    useBy: after(useWithinSeconds),
  } as RequestRow;
}

/** Stores some at once. One that does not go with the others is answered with null, and all when the database refuses them. */
export async function passTogether(
  database: Connections,
  passings: readonly Passing[],
  known: ChainEnd | null,
): Promise<{ rows: (RequestRow | null)[]; end: ChainEnd | null }> {
  const fit = thatFit(passings);
  const onto = [known, ...fit.map(({ head }) => head)].reduce(later, null);
  const attempts = [
    ...(onto ? [() => storeOnto(database, fit, onto)] : []),
    () => database.db.transaction((tx) => storeInTurn(tx, database, fit)),
  ];
  for (const attempt of attempts) {
    try {
      const { requests, end } = await attempt();
      const rows = new Map(requests.map((row) => [row.id, row]));
      failPoint('pass-after-commit');
      return { rows: passings.map(({ row }) => rows.get(row.id) ?? null), end };
    } catch (error) {
      if (!isRefusedWhole(error)) throw error;
    }
  }
  return { rows: passings.map(() => null), end: null };
}

const later = (a: ChainEnd | null, b: ChainEnd | null): ChainEnd | null =>
  (b?.seq ?? -1) > (a?.seq ?? -1) ? b : a;

/** Not: judged by older rules than the others, or with the idempotency key of another among them. */
function thatFit(passings: readonly Passing[]): Passing[] {
  const newest = Math.max(...passings.map(({ rulesVersion }) => rulesVersion));
  const keys = new Set<string>();
  return passings.filter(({ row, rulesVersion }) => {
    const key = row.idempotencyKey === null ? row.id : `${row.tokenId} ${row.idempotencyKey}`;
    if (rulesVersion !== newest || keys.has(key)) return false;
    keys.add(key);
    return true;
  });
}

/** When others keep the chain busy: holds its end while the records are sealed. */
async function storeInTurn(tx: Tx, database: Connections, passings: readonly Passing[]): Promise<Passed> {
  await lockRules(tx, [...hitsOf(passings).keys()]);
  const { seq, hash } = await lockChain(tx);
  return storeOnto(database, passings, { seq, hash }, tx);
}

async function storeOnto(
  database: Connections,
  passings: readonly Passing[],
  onto: ChainEnd,
  within?: Tx,
): Promise<Passed> {
  const [first] = passings;
  if (!first) return { requests: [], records: [], onto, end: onto, hits: new Map(), rulesVersion: 0 };
  const { rows: records, end } = chainOnto(
    onto,
    first.deps,
    passings.flatMap(({ row }) => recordsOf(row)),
  );
  // The record of its approval is the grant.
  const requests = passings.map(({ row }, i) => ({ ...row, grant: records[2 * i + 1]?.envelope ?? null }));
  const passed = { requests, records, onto, end, hits: hitsOf(passings), rulesVersion: first.rulesVersion };
  failPoint('pass-before-commit');
  await storePassed(database, passed, within);
  return passed;
}

/** What is written down of a request that was let pass. */
export function recordsOf(row: RequestRow): RecordBody[] {
  const facts = { ...requestFacts(row), reason: row.reason };
  return [
    { type: 'requested', subject: row.id, digest: row.digest, facts, at: row.createdAt },
    { ...endingRecord(row, []), at: row.createdAt },
  ];
}

function hitsOf(passings: readonly Passing[]): Map<string, number> {
  const hits = new Map<string, number>();
  for (const { row } of passings) for (const id of row.rules) hits.set(id, (hits.get(id) ?? 0) + 1);
  return hits;
}
