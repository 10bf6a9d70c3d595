import type { Button } from '@slack/types';
import { grouped } from '../core/wording.ts';
import { countRules, listRules } from '../store/rules.ts';
import { sentence } from './answers.ts';
import { bold, code, cut, type Message, richText, said, section, text } from './blocks.ts';
import { ruleParts } from './rule-shown.ts';
import { seenBy } from './seen-by.ts';
import type { Slack } from './slack.ts';
import { environmentName } from './texts.ts';

const PER_PAGE = 10;
const LAST_PAGE = 1000;
export const NEXT_RULES = 'rules-next';
export const PREVIOUS_RULES = 'rules-previous';

/** Which rules somebody looks at. */
export interface Looking {
  search: string;
  /** null: every one they may see. */
  environment: string | null;
  page: number;
}

/** A page of the rules that hold where this person may see requests, the latest first. */
export async function rulePage(slack: Slack, userId: string, looking: Looking): Promise<Message> {
  const seen = (await seenBy(slack, userId)).map(({ name }) => name);
  const { environment, search, page } = looking;
  if (environment !== null && !seen.includes(environment)) return notYours(seen);
  const filter = {
    environments: [...(environment === null ? seen : [environment]), '*'],
    ...(search !== '' && { search }),
  };
  const { db } = slack.deps.database;
  const { total } = await countRules(db, filter);
  const first = (page - 1) * PER_PAGE;
  const rules = await listRules(db, { ...filter, limit: PER_PAGE, offset: first });
  if (rules.length === 0) return sentence(noRules(looking));
  return {
    text: 'Rules',
    blocks: [
      richText(section(bold(heading(looking, total)), text(range(first, rules.length, total)))),
      ...rules.map((rule) => richText(...ruleParts(rule))),
      ...turning(looking, total),
      richText(section(text('To take one back: '), code('/gate rules revoke <id>'))),
    ],
  };
}

const notYours = (seen: string[]): Message =>
  sentence(
    seen.length > 0
      ? `You see the rules of ${seen.map((name) => environmentName(name)).join(', ')}.`
      : 'You are in no channel that Gatehouse asks in.',
  );

const noRules = ({ search, environment }: Looking): string =>
  [
    'No rules',
    search && ` with “${said(search, 100)}”`,
    environment && ` for ${environmentName(environment)}`,
    '. The card of an approved command offers to make one.',
  ]
    .filter(Boolean)
    .join('');

function heading({ search, environment }: Looking, total: number): string {
  const where = environment === null ? '' : ` for ${environmentName(environment)}`;
  const what = search === '' ? '' : ` with “${said(search, 100)}”`;
  return `${grouped(total)} ${total === 1 ? 'rule' : 'rules'}${where}${what}`;
}

const range = (first: number, count: number, total: number): string =>
  count === total ? '' : `, ${first + 1} to ${first + count}`;

function turning(looking: Looking, total: number) {
  const { page } = looking;
  const elements = [
    ...(page > 1 ? [turn(PREVIOUS_RULES, 'Previous', { ...looking, page: page - 1 })] : []),
    ...(page * PER_PAGE < total ? [turn(NEXT_RULES, 'Next', { ...looking, page: page + 1 })] : []),
  ];
  return elements.length > 0 ? [{ type: 'actions' as const, block_id: 'rules', elements }] : [];
}

const turn = (action: string, words: string, looking: Looking): Button => ({
  type: 'button',
  action_id: action,
  value: JSON.stringify({ ...looking, search: cut(looking.search, 200) }),
  text: { type: 'plain_text', text: words, emoji: false },
});

/** What a Next or Previous button carries. */
export function lookingAt(value: string): Looking {
  const { search, environment, page } = JSON.parse(value) as Partial<Looking>;
  return {
    search: String(search ?? ''),
    environment: environment == null ? null : String(environment),
    page: Math.min(LAST_PAGE, Math.max(1, Math.trunc(Number(page)) || 1)),
  };
}
