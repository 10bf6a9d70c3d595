import { and, inArray, isNull, sql } from 'drizzle-orm';
import { commandText } from '../core/command/command.ts';
import { redactText } from '../core/command/redact.ts';
import { namesOf } from '../core/wording.ts';
import type { Tx } from '../store/database.ts';
import { orderPosts } from '../store/learning-posts.ts';
import { othersWhoDecided } from '../store/past-decisions.ts';
import type { Unsealed } from '../store/records.ts';
import type { RequestRow } from '../store/requests.ts';
import { countRulesChange, lockRules, type RuleRow } from '../store/rules.ts';
import { rules } from '../store/schema.ts';
import { timeNow } from './clock.ts';
import type { Deps } from './deps.ts';
import { coveredBy, shadowOver } from './rule-book.ts';
import { ruleRecord } from './rules.ts';

const GATE = { subject: 'gate', name: 'gatehouse' };
const LONGEST_SHOWN = 200;

/**
 * People denied what rules cover: those are out of force with this transaction, until somebody looks at them; rules in
 * the shadow go for good.
 * @returns what is to be written down about it, with the records of the ending
 */
export async function questionRules(tx: Tx, deps: Deps, denied: readonly RequestRow[]): Promise<Unsealed[]> {
  const [first] = denied.filter(
    ({ decision, requester }) => othersWhoDecided(decision, requester).length > 0,
  );
  if (!first) return [];
  const now = await coveringNow(tx, deps, first);
  const covering = new Set([...denied.flatMap((row) => row.rules), ...now.covering]);
  const shadow = new Set([...denied.flatMap((row) => row.shadowRules), ...now.shadow]);
  const ids = [...new Set([...covering, ...shadow])].sort();
  if (ids.length === 0) return [];
  await lockRules(tx, ids);
  const why = whyOf(first);
  const withdrawn = await withdraw(tx, [...shadow], why);
  const suspended = await suspend(tx, [...covering], why);
  if (withdrawn.length + suspended.length === 0) return [];
  await countRulesChange(tx);
  await tellOfRules(tx, deps, suspended, first.id);
  return [
    ...withdrawn.map((rule) => ruleRecord(rule.revokedAt ? 'rule-revoked' : 'rule-suspended', rule, GATE)),
    ...suspended.map((rule) => ruleRecord('rule-suspended', rule, GATE)),
  ];
}

/** Rules may have come since it was asked. */
async function coveringNow(
  tx: Tx,
  deps: Deps,
  row: RequestRow,
): Promise<{ covering: string[]; shadow: string[] }> {
  if (row.redacted) return { covering: [], shadow: [] };
  const book = await deps.ruleBook.current(tx);
  const place = {
    environment: row.environment,
    project: row.project,
    repository: row.context.repository ?? null,
    requester: row.requester.tokenName,
    cwd: row.cwd,
  };
  const now = (await timeNow(tx, deps)).getTime();
  const found = coveredBy(book, row.command, place, now);
  if (found.covered) return { covering: found.rules.map(({ id }) => id), shadow: [] };
  return { covering: [], shadow: shadowOver(book, row.command, place, now).map(({ id }) => id) };
}

/** A rule that is out of force is a card in its channel, with what can be done about it. */
const tellOfRules = (tx: Tx, deps: Deps, suspended: RuleRow[], requestId: string) =>
  orderPosts(
    tx,
    suspended.flatMap(({ id, environment }) => {
      const channel = deps.environments.get(environment)?.channel;
      const key = `rule:${id}:${requestId}`;
      return channel ? [{ key, channel, payload: { kind: 'rule' as const, ruleId: id } }] : [];
    }),
  );

function whyOf({ command, decision }: RequestRow): string {
  const text = redactText(commandText(command));
  const shown = text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
  return `${namesOf(decision?.people ?? [])} denied: ${shown}${decision?.reason ? ` (${decision.reason})` : ''}`;
}

const suspend = (tx: Tx, ids: string[], why: string): Promise<RuleRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : tx
        .update(rules)
        .set({ suspendedAt: sql`now()`, suspendedWhy: why })
        .where(and(inArray(rules.id, ids), isNull(rules.revokedAt), isNull(rules.suspendedAt)))
        .returning();

/** Out of the shadow meanwhile, a rule is suspended like the others. */
const withdraw = (tx: Tx, ids: string[], why: string): Promise<RuleRow[]> =>
  ids.length === 0
    ? Promise.resolve([])
    : tx
        .update(rules)
        .set({
          revokedAt: sql`case when ${rules.shadowUntil} > now() then now() end`,
          revokedBy: sql`case when ${rules.shadowUntil} > now() then ${GATE.subject} end`,
          suspendedAt: sql`case when ${rules.shadowUntil} > now() then ${rules.suspendedAt} else now() end`,
          suspendedWhy: why,
        })
        .where(and(inArray(rules.id, ids), isNull(rules.revokedAt), isNull(rules.suspendedAt)))
        .returning();
