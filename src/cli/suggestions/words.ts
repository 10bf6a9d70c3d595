import type { RuleBody } from '../../api/rules.ts';
import type { SuggestionBody } from '../../api/suggestions.ts';
import { aligned, oneLine, type Rows } from '../../ask/words.ts';

/** A suggestion with everything that is needed to judge it. */
export function suggestionWords(one: SuggestionBody): string {
  const { evidence } = one;
  const rows: Rows = [
    ['id', `${one.id} (version ${one.version}, ${one.state})`],
    ['what', one.words?.title ?? one.title],
    ['why', one.why],
    ['where', `${one.environment}, project ${one.project}`],
    ...(one.kind === 'prune' ? [] : ([['risk', one.risk]] as Rows)),
    ...lines('rules', one.rules),
    ...lines(one.kind === 'prune' ? 'removes' : 'replaces', one.replaces),
    ...lines('look at', one.cautions),
    ...(evidence.approvals > 0 ? ([['evidence', evidenceWords(one)]] as Rows) : []),
    ...lines(
      'values seen',
      one.slots.map(
        ({ slot, seen, count }) =>
          `${slot}: ${seen.join(', ')}${count > seen.length ? ` and ${count - seen.length} more` : ''}`,
      ),
    ),
    ...lines('approved', evidence.examples),
    ...lines('would also allow', evidence.would_also_allow),
    ...lines('would not allow', evidence.would_not_allow),
    ...(one.saves_per_week > 0
      ? ([['saves', `about ${Math.round(one.saves_per_week * 10) / 10} approvals a week`]] as Rows)
      : []),
    ...(one.accepted_by.length > 0 ? ([['accepted by', one.accepted_by.join(', ')]] as Rows) : []),
    ...(one.reason ? ([['because', one.reason]] as Rows) : []),
    ...lines(
      'narrow by',
      one.narrowings.map(({ key, says }) => `${key}  ${says}`),
    ),
  ];
  return aligned(rows);
}

function evidenceWords({ evidence }: SuggestionBody): string {
  const { approvals, denials, days, requesters, reviewers } = evidence;
  return `${approvals} approvals on ${days} days, asked by ${requesters.join(', ')}, approved by ${reviewers.join(', ')}${denials > 0 ? `; ${denials} denials` : ''}`;
}

const lines = (name: string, values: string[]): Rows =>
  values.length === 0 ? [] : [[name, values.map(oneLine).join('\n')]];

/** `+ echo {int}` and `- echo 1`, one a line. */
export const changeWords = (added: RuleBody[], gone: RuleBody[]): string =>
  [
    ...gone.map((rule) => `- ${oneLine(rule.rule)}  (${rule.id})\n`),
    ...added.map((rule) => `+ ${oneLine(rule.rule)}  (${rule.id})\n`),
  ].join('');
