import { commandText } from '../../core/command/command.ts';
import { redactText } from '../../core/command/redact.ts';
import type { Suggestion } from '../../core/learning/suggestion.ts';
import type { Tx } from '../../store/database.ts';
import { deniedAmong } from '../../store/past-decisions.ts';
import { lockRules, type RuleRow, rulesOfScope } from '../../store/rules.ts';
import { changeSuggestion, lockSuggestion, type SuggestionRow } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';
import {
  type Author,
  checkWish,
  insertRule,
  owesRetrospective,
  profitsFrom,
  type RuleWish,
  revokeWithin,
} from '../rules.ts';
import { type Answered, type Refused, whyNotAnswerable } from './answer.ts';
import { coversAny } from './covers-any.ts';
import { recordAnswer } from './record-answer.ts';

export interface Acceptance extends Answered {
  /** So many days its rules only note what they would let pass; by default as configured. */
  shadowDays?: number;
  /** By default as configured. */
  expiresInDays?: number;
}

export type Accepted =
  | { ok: true; state: 'accepted'; suggestion: SuggestionRow; added: RuleRow[]; retired: RuleRow[] }
  /** Counted; so many others still have to accept it. */
  | { ok: true; state: 'half'; suggestion: SuggestionRow; missing: number }
  | Refused;

/**
 * One person accepts a suggestion as they saw it. With enough of them its rules are in force, and what they replace is
 * not, in this transaction. Two are needed where the risk is HIGH (as configured), where two people decide, and
 * for whom it mainly serves.
 */
export const acceptSuggestion = (deps: Deps, author: Author, given: Acceptance): Promise<Accepted> =>
  deps.database.db.transaction(async (tx): Promise<Accepted> => {
    const row = await lockSuggestion(tx, given.id);
    const refused = whyNotAnswerable(row, given.version);
    if (refused || !row) return refused ?? { ok: false, code: 'unknown-suggestion' };
    const fault = await whyNotNow(tx, deps, author, row);
    if (fault) return fault;
    if (row.acceptedBy.some((earlier) => isSame(earlier, author))) return { ok: false, code: 'same-person' };

    const acceptedBy = [
      ...row.acceptedBy,
      { subject: author.subject, name: author.name, people: author.people },
    ];
    const missing = (await acceptancesNeeded(tx, deps, author, row)) - acceptedBy.length;
    if (missing > 0) {
      const suggestion = await changeSuggestion(tx, row.id, { state: 'half', acceptedBy });
      await recordAnswer(tx, deps, 'suggestion-accepted', suggestion, author, { missing });
      return { ok: true, state: 'half', suggestion, missing };
    }
    const suggestion = await changeSuggestion(tx, row.id, {
      state: 'accepted',
      acceptedBy,
      answered: { byName: acceptedBy.map(({ name }) => name).join(', ') },
    });
    const changed = await enact(tx, deps, author, row.body, given);
    await recordAnswer(tx, deps, 'suggestion-accepted', suggestion, author, {
      missing: 0,
      added: changed.added.map(({ id }) => id),
      retired: changed.retired.map(({ id }) => id),
    });
    return { ok: true, state: 'accepted', suggestion, ...changed };
  });

/** The same person, or another name of theirs. */
const isSame = (a: { subject: string; people: string[] }, b: Author): boolean =>
  a.subject === b.subject || a.people.some((person) => b.people.includes(person));

async function whyNotNow(
  tx: Tx,
  deps: Deps,
  author: Author,
  { body }: SuggestionRow,
): Promise<Refused | null> {
  if (body.kind === 'prune') return null;
  if (await owesRetrospective(tx, body.environment)) return { ok: false, code: 'retrospective-due' };
  for (const text of body.rules) {
    const fault = checkWish(deps, author, wishOf(body, text, null));
    if (fault?.code === 'unknown-environment') return { ok: false, code: fault.code };
    if (fault)
      return { ok: false, code: 'invalid-rule', why: fault.code === 'invalid-rule' ? fault.why : fault.code };
  }
  const denied = coversAny(body.rules, await deniedAmong(tx, body));
  return denied ? { ok: false, code: 'denied-since', command: redactText(commandText(denied)) } : null;
}

/** What is pruned asks people again: one is enough for that. */
async function acceptancesNeeded(
  tx: Tx,
  deps: Deps,
  author: Author,
  { body, acceptedBy }: SuggestionRow,
): Promise<number> {
  if (body.kind === 'prune') return 1;
  const byRisk = body.risk === 'CRITICAL' ? 2 : deps.learning.acceptances[body.risk];
  const isFirst = acceptedBy.length === 0;
  const isOwn =
    isFirst && (mainlyServes(body, author) || (await profitsFrom(tx, deps, author, wishOf(body, '', null))));
  return Math.max(byRisk, isOwn ? 2 : 1);
}

/** Nobody else's commands are its evidence. */
const mainlyServes = ({ evidence }: Suggestion, { people }: Author): boolean =>
  evidence.requesters.length > 0 && evidence.requesters.every((requester) => people.includes(requester));

async function enact(
  tx: Tx,
  deps: Deps,
  author: Author,
  body: Suggestion,
  { shadowDays = deps.learning.shadowDays, expiresInDays = deps.learning.expiresAfterDays }: Acceptance,
): Promise<{ added: RuleRow[]; retired: RuleRow[] }> {
  const present = await rulesOfScope(tx, body);
  const leaving = present.filter(({ text }) => body.replaces.includes(text) && !body.rules.includes(text));
  const ids = leaving.map(({ id }) => id);
  await lockRules(tx, ids);
  const staying = new Set(
    present
      .filter(({ suspendedAt, family }) => !suspendedAt && family === body.family)
      .map(({ text }) => text),
  );
  const added: RuleRow[] = [];
  for (const text of body.rules) {
    if (staying.has(text)) continue;
    const wish = { ...wishOf(body, text, expiresInDays), shadowDays };
    added.push(await insertRule(tx, deps, author, wish, true));
  }
  const retired: RuleRow[] = [];
  for (const id of ids) {
    const row = await revokeWithin(tx, deps, author, id, body.id);
    if (row) retired.push(row);
  }
  return { added, retired };
}

const wishOf = (body: Suggestion, text: string, expiresInDays: number | null): RuleWish => ({
  text,
  environment: body.environment,
  project: body.project,
  repository: null,
  requester: null,
  cwd: null,
  family: body.family,
  source: 'suggested',
  whenUnanswered: null,
  allowsCritical: false,
  match: [],
  notMatch: [],
  originRequestId: null,
  suggestionId: body.id,
  expiresInDays,
});
