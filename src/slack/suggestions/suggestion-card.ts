import type { KnownBlock } from '@slack/types';
import type { Environment } from '../../core/environment.ts';
import type { Evidence, SlotValues, Suggestion } from '../../core/learning/suggestion.ts';
import { capitalised, namesOf } from '../../core/wording.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';
import {
  bold,
  bullets,
  code,
  date,
  dotted,
  type Inline,
  lines,
  type Part,
  quote,
  richText,
  said,
  section,
  text,
} from '../blocks.ts';
import { contrasted } from '../reach.ts';
import { RISK_MARK, SQUARE } from '../texts.ts';
import { peopleNamed, withPeople } from './people-named.ts';
import { ruleGroups, ruleInline } from './rule-parts.ts';
import { CAUSE, counted, savings, scopeOf, titleOf } from './suggestion-words.ts';

const MOST_SLOTS = 20;
const MOST_VALUES = 12;
const MOST_EXAMPLES = 5;
const MOST_INVENTED = 6;
const MOST_RETIRED = 20;

export type Shown = Pick<SuggestionRow, 'body' | 'words' | 'acceptedBy'>;
type Place = Pick<Environment, 'color'>;

/** Everything a person needs to judge a suggestion; its rules whole, which `fitsInModal` has said they can be. */
export function suggestionBlocks({ body, words, acceptedBy }: Shown, place: Place): KnownBlock[] {
  return [
    richText(...head(body, place)),
    ...shown(modelWords(words)),
    ...shown(warnings(body)),
    ...(body.kind === 'prune' ? leaving(body) : passing(body)),
    ...shown(evidenceParts(body)),
    ...invented(body).map((part) => richText(part)),
    ...shown(body.kind === 'prune' ? [] : retired(body)),
    ...shown(acceptedSoFar(body, acceptedBy)),
  ];
}

const shown = (parts: Part[]): KnownBlock[] => (parts.length > 0 ? [richText(...parts)] : []);

/** What it is about, in three lines. */
export function head(body: Suggestion, { color }: Place): Part[] {
  const about: Inline[][] =
    body.kind === 'prune'
      ? [body.why.trim() ? [] : [text(body.cause ? CAUSE[body.cause] : 'It is not needed any more.')]]
      : [[text(capitalised(savings(body.savesPerWeek)))], [text(`${RISK_MARK[body.risk]} ${body.risk}`)]];
  return [
    lines(
      [bold(titleOf(body, 200))],
      [text(`${SQUARE[color]} ${scopeOf(body)}`)],
      dotted(about),
      body.why.trim() ? [text(said(body.why, 600))] : [],
    ),
  ];
}

/** Whoever reads this must know that no person wrote it, and that it decides nothing. */
function modelWords(words: Shown['words']): Part[] {
  if (!words) return [];
  const { title, sentence } = words;
  return [
    quote(
      text('In a language model’s words: ', { italic: true }),
      text(said([title, sentence].filter((each) => each.trim()).join('. '), 400), { italic: true }),
    ),
  ];
}

function warnings({ cautions, acceptancesNeeded, evidence }: Suggestion): Part[] {
  const people = [...evidence.requesters, ...evidence.reviewers];
  const all = [
    ...cautions.slice(0, 6).map((caution) => [text('⚠️ '), ...withPeople(said(caution, 300), people)]),
    ...(acceptancesNeeded > 1 ? [[text(`👥 ${acceptancesNeeded} people must accept this.`)]] : []),
  ];
  return all.length > 0 ? [lines(...all)] : [];
}

function passing({ rules, slots }: Suggestion): KnownBlock[] {
  const heading = section(bold('What would pass without asking'));
  return [...headed(heading, ruleGroups(rules)), ...shown(varying(slots))];
}

const leaving = (body: Suggestion): KnownBlock[] =>
  headed(section(bold('Would leave. '), text(afterwards(body))), ruleGroups(body.replaces));

/** What becomes of the commands that removed rules covered. */
export function afterwards({ cause, replaces }: Suggestion): string {
  const what = replaces.length === 1 ? 'What it covers' : 'What they cover';
  return cause === 'redundant' ? `${what} passes by another rule.` : `${what} asks again.`;
}

function headed(heading: Part, [first = [], ...rest]: Part[][]): KnownBlock[] {
  return [richText(heading, ...first), ...rest.map((group) => richText(...group))];
}

function varying(slots: SlotValues[]): Part[] {
  if (slots.length === 0) return [];
  const rows = slots.slice(0, MOST_SLOTS).map(({ slot, seen, count }) => {
    const values = seen.slice(0, MOST_VALUES);
    const more = count - values.length;
    return [
      text(said(slot, 120), { bold: true, code: true }),
      text(` ${counted(count, 'value')}: `),
      ...values.flatMap((value, index) =>
        [text(index === 0 ? '' : ' '), code(said(value, 40))].slice(+(index === 0)),
      ),
      ...(more > 0 && values.length > 0 ? [text(` and ${more} more`)] : []),
    ];
  });
  return [section(bold('Where it varies, and what was approved there')), bullets(rows)];
}

function evidenceParts({ evidence }: Suggestion): Part[] {
  const { examples, approvals } = evidence;
  if (approvals === 0 && examples.length === 0) return [];
  const shownExamples = examples.slice(0, MOST_EXAMPLES).map((example) => [code(said(example, 300))]);
  const more = examples.length - shownExamples.length;
  return [
    lines([bold('Evidence')], approvals > 0 ? approvedBy(evidence) : [], denied(evidence)),
    ...(examples.length > 0
      ? [bullets([...shownExamples, ...(more > 0 ? [[text(`${more} more like these`)]] : [])])]
      : []),
  ];
}

function approvedBy({ approvals, reviewers, requesters, days, first, last }: Evidence): Inline[] {
  return [
    text(counted(approvals, 'approval')),
    ...(reviewers.length > 0 ? [text(' by '), ...peopleNamed(reviewers)] : []),
    ...(requesters.length > 0 ? [text(', asked by '), ...peopleNamed(requesters)] : []),
    ...when(days, first, last),
  ];
}

function when(days: number, first: number | null, last: number | null): Inline[] {
  if (first === null || last === null) return [text(`, on ${counted(days, 'day')}`)];
  if (days === 1) return [text(', on '), day(last)];
  return [text(`, on ${counted(days, 'day')} from `), day(first), text(' to '), day(last)];
}

const LAST_DAY = 8.64e15;
const day = (ms: number): Inline =>
  date(new Date(Math.min(LAST_DAY, Math.max(0, ms))), '{date_short_pretty}');

const denied = ({ denials }: Evidence): Inline[] =>
  denials > 0 ? [text(`⛔ ${counted(denials, 'denial')} of commands like these`)] : [];

/** Made up, and held against the real matcher: they say best how far it reaches. */
function invented({ evidence }: Suggestion): Part[] {
  const like = evidence.examples[0] ?? '';
  const marked = (mark: string, commands: string[]): Inline[][] =>
    commands.slice(0, MOST_INVENTED).map((command) => [text(`${mark} `), code(contrasted(command, like))]);
  const would = marked('✅', evidence.wouldAlsoAllow);
  const wouldNot = marked('⛔', evidence.wouldNotAllow);
  return [
    ...(would.length > 0 ? [lines([bold('Invented commands that would pass, too')], ...would)] : []),
    ...(wouldNot.length > 0 ? [lines([bold('Invented commands that would still ask')], ...wouldNot)] : []),
  ];
}

function retired({ replaces }: Suggestion): Part[] {
  if (replaces.length === 0) return [];
  const more = replaces.length - MOST_RETIRED;
  return [
    section(bold(`Retires ${counted(replaces.length, 'rule')} in force`)),
    bullets([
      ...replaces.slice(0, MOST_RETIRED).map((rule) => ruleInline(said(rule, 300))),
      ...(more > 0 ? [[text(`${more} more`)]] : []),
    ]),
  ];
}

function acceptedSoFar({ acceptancesNeeded }: Suggestion, acceptedBy: Shown['acceptedBy']): Part[] {
  if (acceptedBy.length === 0) return [];
  return [
    section(
      bold(`Accepted by ${namesOf(acceptedBy)}.`),
      text(` ${stillMissing(acceptancesNeeded, acceptedBy)}`),
    ),
  ];
}

/** It may need more people than its risk asks for: nobody accepts alone what serves mainly them. */
export function stillMissing(needed: number, acceptedBy: readonly unknown[]): string {
  const missing = needed - acceptedBy.length;
  if (missing < 1) return 'It mainly serves who accepted it, so somebody else must accept it, too.';
  return `${missing === 1 ? 'One more person' : `${missing} more people`} must accept.`;
}
