import { duration } from '../duration.ts';
import { type Environment, reviewersInWords } from '../environment.ts';
import { nameMatches } from '../policy/names.ts';
import type { Policy } from '../policy.ts';
import { grouped } from '../wording.ts';
import { codeBlock, codeSpan, inline } from './markdown.ts';
import { conditionsInWords, effectInWords } from './policy-words.ts';
import { ruleFamily } from './rule-family.ts';
import { originOf } from './words.ts';

export interface RunbookRule {
  text: string;
  environment: string;
  project: string;
  repository: string | null;
  requester: string | null;
  cwd: string | null;
  /** Who made it or accepted it, each once. */
  acceptedBy: string[];
  since: Date;
  expiresAt: Date | null;
  hits: number;
  lastMatchedAt: Date | null;
  /** Until then it only notes what it would let pass. */
  shadowUntil: Date | null;
  allowsCritical: boolean;
  whenUnanswered: 'allow' | null;
}

export interface RunbookNote {
  family: string;
  target: string | null;
  project: string;
  text: string;
  author: string;
  createdAt: Date;
  editedBy: string | null;
  editedAt: Date | null;
  isPinned: boolean;
  denials: number;
  deniedAt: Date | null;
}

export interface RunbookDecider {
  name: string;
  approved: number;
  denied: number;
  lastAt: Date;
}

/** Everything the runbook of an environment says. */
export interface Runbook {
  environment: Environment;
  at: Date;
  policies: readonly Policy[];
  rules: readonly RunbookRule[];
  notes: readonly RunbookNote[];
  /** Of the last days: who decided, and how many requests ended by what. */
  days: number;
  deciders: readonly RunbookDecider[];
  endings: ReadonlyMap<string, number>;
}

/** The runbook as Markdown: what may run in an environment, what to know before it does, and who decides. */
export function runbookMarkdown(book: Runbook): string {
  const { environment, at } = book;
  const name = inline(environment.name);
  const lines = [
    `# Runbook: ${name}`,
    '',
    `As of ${day(book, at)}, by the gate itself: what runs in ${name}, what to know before it does, and who decides.`,
    '',
    ...howItIsDecided(environment),
    ...policySection(book),
    ...ruleSection(book),
    ...noteSection(book),
    ...deciderSection(book),
  ];
  return `${lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()}\n`;
}

const day = ({ environment: { timeZone } }: Pick<Runbook, 'environment'>, date: Date): string =>
  date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone });

function howItIsDecided(environment: Environment): string[] {
  const { channel, reviewers, approvals, expiresAfterSeconds, useWithinSeconds } = environment;
  return [
    '## How it is decided',
    '',
    `- What no rule or policy lets pass is asked in ${inline(channel)}: ${inline(reviewersInWords(reviewers, channel))} decide, never who asked.`,
    `- It takes ${approvals} approval${approvals === 1 ? '' : 's'} within ${duration(expiresAfterSeconds * 1000)}; unanswered, it is denied.`,
    `- An approval is good once, for ${duration(useWithinSeconds * 1000)}.`,
    '',
  ];
}

const STRENGTHS = ['block', 'require', 'allow'] as const;

function policySection({ environment, policies }: Runbook): string[] {
  const here = policies.filter(
    ({ match, effect }) =>
      match.environments?.some(
        (pattern) => nameMatches(pattern, environment.name, effect.kind !== 'allow') !== false,
      ) ?? true,
  );
  const ordered = STRENGTHS.flatMap((kind) => here.filter(({ effect }) => effect.kind === kind));
  return [
    '## Policies',
    '',
    ordered.length === 0
      ? 'None: rules decide what passes, people decide the rest.'
      : 'Block beats require beats allow; of each the first that matches counts.',
    '',
    ...ordered.flatMap((policy) => policyLines(policy, environment.channel)),
  ];
}

function policyLines(policy: Policy, channel: string): string[] {
  const { commands } = policy.match;
  const conditions = conditionsInWords(policy.match);
  return [
    `### ${inline(policy.name)}`,
    '',
    inline(effectInWords(policy, channel)),
    '',
    ...(conditions.length > 0 ? [`Only for ${inline(conditions.join(', '))}.`, ''] : []),
    ...(commands ? [...codeBlock(commands.join('\n')), ''] : ['Holds for every command.', '']),
  ];
}

function ruleSection(book: Runbook): string[] {
  const families = groupedBy(book.rules, (rule) => ruleFamily(rule.text));
  const count = book.rules.length;
  return [
    '## Runs without asking',
    '',
    count === 0
      ? 'No rule is in force: people are asked about everything that no policy lets pass.'
      : `${grouped(count)} ${count === 1 ? 'rule is' : 'rules are'} in force. CRITICAL commands are asked about all the same, unless a rule says otherwise.`,
    '',
    ...families.flatMap(([family, rules]) => [
      `### ${inline(family)}`,
      '',
      ...rules.flatMap((rule) => [...codeBlock(rule.text), '', ...ruleFacts(book, rule), '']),
    ]),
  ];
}

function ruleFacts(book: Runbook, rule: RunbookRule): string[] {
  const { project, repository, requester, cwd, acceptedBy, expiresAt, hits, lastMatchedAt, shadowUntil } =
    rule;
  const where = [
    project === '*' ? 'every project' : `project ${project}`,
    rule.environment === '*' ? 'every environment' : '',
    repository ? `repository ${repository}` : '',
    requester ? `asked by ${requester}` : '',
    cwd ? `in ${cwd}` : '',
  ];
  const used =
    hits === 0 || !lastMatchedAt
      ? 'not used yet'
      : `used ${hits === 1 ? 'once' : `${grouped(hits)} times`}, last on ${day(book, lastMatchedAt)}`;
  return [
    `- For ${inline(where.filter(Boolean).join(', '))}; ${expiresAt ? `until ${day(book, expiresAt)}` : 'without an end'}.`,
    `- Accepted by ${inline(acceptedBy.join(' and ') || 'somebody')} on ${day(book, rule.since)}; ${used}.`,
    ...(shadowUntil && shadowUntil > book.at
      ? [`- In the shadow until ${day(book, shadowUntil)}: it only notes what it would let pass.`]
      : []),
    ...(rule.allowsCritical ? ['- Covers CRITICAL commands, too.'] : []),
    ...(rule.whenUnanswered === 'allow' ? ['- Shows a card each time; runs when nobody objects.'] : []),
  ];
}

function noteSection(book: Runbook): string[] {
  const families = groupedBy(book.notes, ({ family }) => family);
  return [
    '## What to know first',
    '',
    ...(families.length === 0 ? ['No notes yet: the reason of a denial becomes one.', ''] : []),
    ...families.flatMap(([family, notes]) => [
      `### ${inline(family)}`,
      '',
      ...notes.flatMap((note) => [`- ${inline(note.text)}`, `  (${noteFacts(book, note)})`]),
      '',
    ]),
  ];
}

function noteFacts(book: Runbook, note: RunbookNote): string {
  const { target, project, author, editedBy, editedAt, deniedAt } = note;
  const origin = originOf(
    { denials: note.denials, by: inline(author) },
    day(book, deniedAt ?? note.createdAt),
  );
  return [
    note.isPinned ? 'pinned' : '',
    target === null ? '' : `on ${codeSpan(target)}`,
    project === '*' ? '' : `project ${inline(project)}`,
    origin,
    editedBy && editedAt ? `edited on ${day(book, editedAt)} by ${inline(editedBy)}` : '',
  ]
    .filter(Boolean)
    .join('; ');
}

/** What ended requests, in the words of the runbook; people have their own table. */
const ENDED: [by: string[], words: string][] = [
  [['rule'], 'passed by rules'],
  [['people'], 'decided by people'],
  [['policy'], 'by policies'],
  [['deadline'], 'expired unanswered'],
  [['requester', 'lost-contact', 'newer-request'], 'withdrawn'],
  [['nobody-to-ask', 'nobody-there'], 'denied because nobody was there'],
];

function deciderSection(book: Runbook): string[] {
  const { deciders, endings, days } = book;
  const sums = ENDED.map(([by, words]) => ({
    words,
    n: by.reduce((sum, each) => sum + (endings.get(each) ?? 0), 0),
  })).filter(({ n }) => n > 0);
  const total = sums.reduce((sum, { n }) => sum + n, 0);
  return [
    '## Who decided',
    '',
    total === 0
      ? `Nothing was asked in the last ${days} days.`
      : `In the last ${days} days ${grouped(total)} ${total === 1 ? 'request' : 'requests'}: ${sums.map(({ n, words }) => `${grouped(n)} ${words}`).join(', ')}.`,
    '',
    ...(deciders.length === 0
      ? []
      : [
          '| Reviewer | Approved | Denied | Last |',
          '|---|---:|---:|---|',
          ...deciders.map(
            ({ name, approved, denied, lastAt }) =>
              `| ${inline(name) || 'somebody'} | ${grouped(approved)} | ${grouped(denied)} | ${day(book, lastAt)} |`,
          ),
        ]),
  ];
}

/** Groups by a name, the names in their order. */
function groupedBy<T>(items: readonly T[], nameOf: (item: T) => string): [string, T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(nameOf(item), [...(groups.get(nameOf(item)) ?? []), item]);
  return [...groups].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
