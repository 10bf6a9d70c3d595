import { createHash, randomBytes } from 'node:crypto';
import { and, eq, isNull, sql } from 'drizzle-orm';
import { REDACTED } from '../core/command/redact.ts';
import type { RecordType } from '../core/proof/record.ts';
import { compileRule } from '../core/rules/compile.ts';
import type { CompiledRule } from '../core/rules/compiled-rule.ts';
import { type Disagreement, disagreements } from '../core/rules/examples.ts';
import { compileRules } from '../core/rules/rule-set.ts';
import type { Scope } from '../core/rules/scope.ts';
import type { Tx } from '../store/database.ts';
import { unpaidEmergencies } from '../store/emergencies.ts';
import { appendRecord, type Unsealed } from '../store/records.ts';
import { findRequest } from '../store/requests.ts';
import { countRulesChange, findRule, type RuleRow } from '../store/rules.ts';
import { rules } from '../store/schema.ts';
import { findToken } from '../store/tokens.ts';
import type { Deps } from './deps.ts';

/** Who changes rules. `people` are the Slack users behind them, to tell whether a second person confirms. */
export interface Author {
  /** `slack:<team>:<user>` or `token:<id>`. */
  subject: string;
  name: string;
  isAdmin: boolean;
  people: string[];
  /** Comes with a token that asks for commands itself: what a rule saves, it saves this very author. */
  isRequester?: boolean;
}

export interface RuleWish extends Scope {
  text: string;
  family: string | null;
  source: 'manual' | 'suggested';
  whenUnanswered: 'allow' | null;
  allowsCritical: boolean;
  match: string[];
  notMatch: string[];
  originRequestId: string | null;
  /** The suggestion it comes with. */
  suggestionId?: string | null;
  expiresInDays: number | null;
  /** When it does not expire a number of days from now. */
  expiresAt?: Date | null;
  /** It only notes what it would let pass: for so many days from now, … */
  shadowDays?: number;
  /** … or until then. */
  shadowUntil?: Date | null;
}

export type RuleRefusal =
  | { code: 'invalid-rule'; why: string }
  | { code: 'examples-disagree'; disagreements: Disagreement[] }
  | { code: 'admin-mark' }
  | { code: 'unknown-environment' }
  | { code: 'unanswered-forbidden' }
  | { code: 'retrospective-due' };
export type RuleAdded =
  | { ok: true; rule: RuleRow; needsSecondPerson: boolean }
  | ({ ok: false } & RuleRefusal);

/**
 * Adds a rule to the whitelist. In production-like environments (or wherever configured) one that its author
 * profits from most waits until somebody else confirms it.
 */
export async function addRule(deps: Deps, author: Author, wish: RuleWish): Promise<RuleAdded> {
  const fault = checkWish(deps, author, wish);
  if (fault) return { ok: false, ...fault };
  return deps.database.db.transaction(async (tx): Promise<RuleAdded> => {
    if (await owesRetrospective(tx, wish.environment)) return { ok: false, code: 'retrospective-due' };
    const needsSecondPerson = await profitsFrom(tx, deps, author, wish);
    const rule = await insertRule(tx, deps, author, wish, !needsSecondPerson);
    return { ok: true, rule, needsSecondPerson };
  });
}

/** While an emergency of an environment is not accounted for, its whitelist does not grow. */
export const owesRetrospective = async (tx: Tx, environment: string): Promise<boolean> =>
  (await unpaidEmergencies(tx, environment === '*' ? undefined : environment)).length > 0;

/** Every fault of a rule that would keep it from being saved. */
export function checkWish(deps: Deps, author: Author, wish: RuleWish): RuleRefusal | null {
  const compiled = compileAll(wish.text);
  if (!Array.isArray(compiled)) return { code: 'invalid-rule', why: compiled.why };
  // It would cover whatever secret-looking text stands there, and that could be a payload.
  if (wish.text.includes(REDACTED)) {
    return {
      code: 'invalid-rule',
      why: `it holds ${REDACTED}: what stood there is not known, so no rule can cover it`,
    };
  }
  if (wish.environment !== '*' && !deps.environments.has(wish.environment))
    return { code: 'unknown-environment' };
  if (wish.allowsCritical && !author.isAdmin) return { code: 'admin-mark' };
  if (wish.whenUnanswered && !mayRunUnanswered(deps, wish.environment))
    return { code: 'unanswered-forbidden' };
  const wrong = disagreements(compiled, wish);
  return wrong.length > 0 ? { code: 'examples-disagree', disagreements: wrong } : null;
}

const mayRunUnanswered = (deps: Deps, environment: string): boolean =>
  environment !== '*' && (deps.environments.get(environment)?.unansweredMayRun ?? false);

function compileAll(text: string): CompiledRule[] | { why: string } {
  const compilations = text.startsWith('= ')
    ? [compileRule(text)]
    : compileRules(text).map((r) => r.compilation);
  if (compilations.length === 0) return { why: 'the rule is empty' };
  const valid: CompiledRule[] = [];
  for (const compilation of compilations) {
    if (!compilation.valid) return { why: compilation.why };
    valid.push(compilation.rule);
  }
  return valid;
}

/**
 * Does the author profit most from it? They ask with the token they come with; or the rule comes from a request
 * they are behind; or in the last 30 days most requests of its environment were theirs. Only where mistakes hurt,
 * unless configured otherwise. Where two people decide, one alone never makes a rule.
 */
export async function profitsFrom(
  tx: Tx,
  deps: Deps,
  author: Author,
  wish: Pick<RuleWish, 'environment' | 'originRequestId'>,
): Promise<boolean> {
  const environment = deps.environments.get(wish.environment);
  if (deps.secondPersonForRules !== 'never' && !author.isAdmin && (environment?.approvals ?? 1) > 1)
    return true;
  const matters =
    deps.secondPersonForRules === 'always' ||
    (deps.secondPersonForRules === 'production' && (environment?.production ?? true));
  if (!matters) return false;
  if (author.isRequester) return true;
  if (author.people.length === 0) return false;
  if (wish.originRequestId) {
    const origin = await findRequest(tx, wish.originRequestId);
    if (origin?.requester.people.some((person) => author.people.includes(person))) return true;
  }
  const [share] = await deps.database.rows<{ own: number; total: number }>(
    sql`select count(*)::int as total,
          count(*) filter (where requester->'people' ?| array[${sql.join(
            author.people.map((p) => sql`${p}`),
            sql`, `,
          )}])::int as own
        from requests
        where (${wish.environment} = '*' or environment = ${wish.environment}) and created_at > now() - interval '30 days'`,
    tx,
  );
  return share !== undefined && share.total > 0 && share.own * 2 > share.total;
}

export async function insertRule(
  tx: Tx,
  deps: Deps,
  author: Author,
  wish: RuleWish,
  confirmed: boolean,
): Promise<RuleRow> {
  const { expiresInDays, expiresAt = null, shadowDays = 0, shadowUntil = null, ...given } = wish;
  const [rule] = await tx
    .insert(rules)
    .values({
      ...given,
      id: `rul_${randomBytes(8).toString('hex')}`,
      createdAt: sql`now()`,
      createdBy: author.subject,
      createdByName: author.name,
      confirmedAt: confirmed ? sql`now()` : null,
      confirmedBy: confirmed ? author.subject : null,
      expiresAt: expiresInDays === null ? expiresAt : sql`now() + make_interval(days => ${expiresInDays})`,
      shadowUntil: shadowDays > 0 ? sql`now() + make_interval(days => ${shadowDays})` : shadowUntil,
      hits: 0,
    })
    .returning();
  if (!rule) throw new Error('the rule was not stored');
  await countRulesChange(tx);
  await recordRule(tx, deps, 'rule-added', rule, author);
  return rule;
}

export type RuleConfirmed =
  | { ok: true; rule: RuleRow }
  | { ok: false; code: 'unknown-rule' | 'confirmed-before' | 'same-person' | 'retrospective-due' };

/** A second person puts a rule in force. */
export const confirmRule = (deps: Deps, author: Author, id: string): Promise<RuleConfirmed> =>
  deps.database.db.transaction(async (tx) => {
    const rule = await findRule(tx, id);
    if (!rule || rule.revokedAt) return { ok: false, code: 'unknown-rule' };
    if (rule.confirmedAt) return { ok: false, code: 'confirmed-before' };
    if (await owesRetrospective(tx, rule.environment)) return { ok: false, code: 'retrospective-due' };
    if (await isSamePerson(tx, rule, author)) return { ok: false, code: 'same-person' };
    const [confirmed] = await tx
      .update(rules)
      .set({ confirmedAt: sql`now()`, confirmedBy: author.subject })
      .where(and(eq(rules.id, id), isNull(rules.confirmedAt), isNull(rules.revokedAt)))
      .returning();
    if (!confirmed) return { ok: false, code: 'confirmed-before' };
    await countRulesChange(tx);
    await recordRule(tx, deps, 'rule-confirmed', confirmed, author);
    return { ok: true, rule: confirmed };
  });

/** Its author in person (under the same name, with another token of theirs, or in Slack), or who asked for what it covers. */
async function isSamePerson(
  tx: Tx,
  { createdBy, originRequestId }: RuleRow,
  author: Author,
): Promise<boolean> {
  if (createdBy === author.subject) return true;
  const origin = originRequestId ? await findRequest(tx, originRequestId) : null;
  if (origin?.requester.people.some((person) => author.people.includes(person))) return true;
  const token = createdBy.startsWith('token:') ? await findToken(tx, createdBy.slice('token:'.length)) : null;
  return author.people.some((person) => createdBy.endsWith(`:${person}`) || token?.owner === person);
}

/** Takes a rule out of force at once. null when there is no such rule in force or waiting. */
export const revokeRule = (deps: Deps, author: Author, id: string): Promise<RuleRow | null> =>
  deps.database.db.transaction((tx) => revokeWithin(tx, deps, author, id));

/** @param revokedFor what it leaves for, so that it can be brought back: `prune`, or a suggestion's id */
export async function revokeWithin(
  tx: Tx,
  deps: Deps,
  author: Author,
  id: string,
  revokedFor: string | null = null,
): Promise<RuleRow | null> {
  const [rule] = await tx
    .update(rules)
    .set({ revokedAt: sql`now()`, revokedBy: author.subject, revokedFor })
    .where(and(eq(rules.id, id), isNull(rules.revokedAt)))
    .returning();
  if (!rule) return null;
  await countRulesChange(tx);
  await recordRule(tx, deps, 'rule-revoked', rule, author);
  return rule;
}

export const recordRule = (
  tx: Tx,
  deps: Deps,
  type: RecordType & `rule-${string}`,
  rule: RuleRow,
  author: Pick<Author, 'subject' | 'name'>,
) => appendRecord(tx, deps, ruleRecord(type, rule, author));

/** What is written down of a change of a rule. */
export function ruleRecord(
  type: RecordType & `rule-${string}`,
  rule: RuleRow,
  author: Pick<Author, 'subject' | 'name'>,
): Unsealed {
  const { id, text, environment, project, repository, requester, cwd, allowsCritical, whenUnanswered } = rule;
  const digest = createHash('sha256').update(`${id}\0${text}`).digest('hex');
  const facts = {
    rule: { id, text, environment, project, repository, requester, cwd, allowsCritical, whenUnanswered },
    ...(rule.suggestionId && { suggestion: rule.suggestionId }),
    ...(rule.shadowUntil && { shadowUntil: rule.shadowUntil.toISOString() }),
    ...(rule.suspendedWhy && { why: rule.suspendedWhy }),
    ...(rule.revokedFor && { leftFor: rule.revokedFor }),
    by: { subjectId: author.subject, name: author.name },
  };
  return { type, subject: `rule/${id}`, digest, facts };
}
