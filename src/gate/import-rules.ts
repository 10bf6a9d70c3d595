import type { Tx } from '../store/database.ts';
import {
  countRules,
  countRulesChange,
  listRules,
  lockRules,
  type RuleRow,
  rulesVersionNow,
} from '../store/rules.ts';
import type { Deps } from './deps.ts';
import {
  type Author,
  checkWish,
  insertRule,
  owesRetrospective,
  type RuleRefusal,
  type RuleWish,
  revokeWithin,
} from './rules.ts';

export interface RulesDifference {
  add: RuleWish[];
  revoke: RuleRow[];
  same: number;
  /** Wished for, but their time is over: they are left out. */
  expired: number;
  /** The rules this was compared with; another version means that they have changed. */
  version: number;
}

export type RulesCompared =
  | ({ ok: true } & RulesDifference)
  | { ok: false; code: 'faults'; faults: RuleFault[] }
  | { ok: false; code: 'rules-changed' };

/** A wish (counted from 0) that cannot be saved. */
export interface RuleFault {
  at: number;
  refusal: RuleRefusal;
}

const EVERY_RULE = 1_000_000;

/** What applying a file of rules as a whole would change: a rule is the same when all that it says is. */
export async function compareRules(deps: Deps, author: Author, wishes: RuleWish[]): Promise<RulesCompared> {
  const faults = faultsOf(deps, author, wishes);
  if (faults.length > 0) return { ok: false, code: 'faults', faults };
  return deps.database.db.transaction(async (tx) => {
    const changes = await difference(tx, wishes);
    const owing = await owingAmong(tx, wishes, changes.add);
    return owing.length > 0 ? { ok: false, code: 'faults', faults: owing } : { ok: true, ...changes };
  });
}

/**
 * Makes the rules those of a file, all or nothing. For administrators: the file is reviewed where it lives.
 * @param version what the difference was shown for; with other rules by now, nothing is changed
 */
export async function importRules(
  deps: Deps,
  author: Author,
  wishes: RuleWish[],
  version: number | null = null,
): Promise<RulesCompared> {
  const faults = faultsOf(deps, author, wishes);
  if (faults.length > 0) return { ok: false, code: 'faults', faults };
  return deps.database.db.transaction(async (tx) => {
    const found = await rulesVersionNow(tx);
    // Taken first: of two imports at once, the second sees what the first did.
    await countRulesChange(tx);
    const wasAlone = (await rulesVersionNow(tx)) === found + 1;
    if (version !== null && !(wasAlone && version === found)) return { ok: false, code: 'rules-changed' };
    const changes = await difference(tx, wishes);
    const owing = await owingAmong(tx, wishes, changes.add);
    if (owing.length > 0) return { ok: false, code: 'faults', faults: owing };
    await lockRules(
      tx,
      changes.revoke.map(({ id }) => id),
    );
    for (const row of changes.revoke) await revokeWithin(tx, deps, author, row.id);
    for (const wish of changes.add) await insertRule(tx, deps, author, wish, true);
    return { ok: true, ...changes };
  });
}

const faultsOf = (deps: Deps, author: Author, wishes: RuleWish[]): RuleFault[] =>
  wishes.flatMap((wish, at) => {
    const refusal = checkWish(deps, author, wish);
    return refusal ? [{ at, refusal }] : [];
  });

/** New rules for environments that owe a retrospective. */
async function owingAmong(tx: Tx, wishes: RuleWish[], added: RuleWish[]): Promise<RuleFault[]> {
  const faults: RuleFault[] = [];
  for (const wish of added) {
    if (await owesRetrospective(tx, wish.environment))
      faults.push({ at: wishes.indexOf(wish), refusal: { code: 'retrospective-due' } });
  }
  return faults;
}

async function difference(tx: Tx, wishes: RuleWish[]): Promise<RulesDifference> {
  const version = await rulesVersionNow(tx);
  const present = await listRules(tx, { limit: EVERY_RULE });
  const { now } = await countRules(tx, {});
  const wanted = new Map(
    wishes.filter((wish) => !isOver(wish, now)).map((wish) => [keyOf(wish, now), wish] as const),
  );
  // One that waits for its second person is not in force: the file puts it in force as a rule of its own.
  const isKept = (row: RuleRow) => row.confirmedAt !== null && wanted.has(keyOf(row, now));
  const kept = new Set(present.filter(isKept).map((row) => keyOf(row, now)));
  return {
    add: [...wanted].filter(([key]) => !kept.has(key)).map(([, wish]) => wish),
    revoke: present.filter((row) => !isKept(row)),
    same: kept.size,
    expired: wishes.filter((wish) => isOver(wish, now)).length,
    version,
  };
}

const isOver = ({ expiresAt }: RuleWish, now: number): boolean =>
  expiresAt != null && expiresAt.getTime() <= now;

/** A suspended rule stays suspended: that is lifted by whoever looks at it, not by a file. */
const keyOf = (rule: RuleWish | RuleRow, now: number): string =>
  JSON.stringify([
    rule.text,
    rule.environment,
    rule.project,
    rule.repository,
    rule.requester,
    rule.cwd,
    rule.whenUnanswered,
    rule.allowsCritical,
    rule.expiresAt?.getTime() ?? null,
    rule.shadowUntil && rule.shadowUntil.getTime() > now ? rule.shadowUntil.getTime() : null,
    rule.match,
    rule.notMatch,
  ]);
