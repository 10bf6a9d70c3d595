import type { Command } from '../../core/command/command.ts';
import { commandText } from '../../core/command/command.ts';
import { redactText } from '../../core/command/redact.ts';
import type { KnownRule, PastDecision, Suggestion } from '../../core/learning/suggestion.ts';
import { namesOf } from '../../core/wording.ts';
import { type DecidedRow, decidedPages, LEARN_DAYS, othersWhoDecided } from '../../store/past-decisions.ts';
import { type RuleRow, rulesPresent } from '../../store/rules.ts';
import { timeNow } from '../clock.ts';
import type { Deps } from '../deps.ts';
import { pastDecisions } from './past.ts';

/** Small, so that the thread that serves is never busy with a page for long. */
const PAGE = 250;

export interface Denial {
  environment: string;
  project: string;
  command: Command;
  /** Who denied what and when, in words; redacted. */
  words: string;
}

export interface Studied {
  suggestions: Suggestion[];
  denials: Denial[];
  decisions: number;
}

/** Has the learner study the decisions of the last 90 days. @param goOn throws when the night is not ours any more */
export async function study(deps: Deps, goOn: () => void): Promise<Studied> {
  const { db } = deps.database;
  const denials: Denial[] = [];
  let decisions = 0;
  async function* pages(): AsyncGenerator<PastDecision[]> {
    const filter = { days: LEARN_DAYS, states: ['approved', 'denied'] as RowState[], pageSize: PAGE };
    for await (const page of decidedPages(db, filter)) {
      goOn();
      decisions += page.length;
      denials.push(...page.filter(isDenied).map(toDenial));
      yield page.flatMap(pastDecisions);
    }
  }
  const now = (await timeNow(null, deps)).getTime();
  const rules = (await rulesPresent(db)).filter(isPlain).map(toKnown);
  const suggestions = await deps.learn({ now, rules, pages: pages() });
  return { suggestions, denials, decisions };
}

type RowState = DecidedRow['state'];

const isDenied = (row: DecidedRow): boolean =>
  row.state === 'denied' && othersWhoDecided(row.decision, row.requester).length > 0;

const toDenial = ({ environment, project, command, decision, decidedAt }: DecidedRow): Denial => ({
  environment,
  project,
  command,
  words: `${namesOf(decision?.people ?? [])} denied ${redactText(commandText(command)).slice(0, 200)} on ${decidedAt?.toISOString().slice(0, 10)}`,
});

/** Rules that hold for everybody in their environment and project, and let pass: the others are a person's own affair. */
const isPlain = ({ repository, requester, cwd, whenUnanswered }: RuleRow): boolean =>
  repository === null && requester === null && cwd === null && whenUnanswered === null;

const toKnown = (row: RuleRow): KnownRule => ({
  rule: row.text,
  environment: row.environment,
  project: row.project,
  family: row.family,
  source: row.source,
  createdAt: row.createdAt.getTime(),
  expiresAt: row.expiresAt?.getTime() ?? null,
  hits: row.hits,
  lastMatchedAt: row.lastMatchedAt?.getTime() ?? null,
});
