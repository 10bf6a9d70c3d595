import { type Command, commandText } from '../command/command.ts';
import { REDACTED } from '../command/redact.ts';
import { cut, said } from '../command/said.ts';
import { widePatternFault } from '../policy/wildcard.ts';
import { judgePolicies, type Policy, type PolicyFacts } from '../policy.ts';
import type { RequesterKind } from '../request.ts';
import type { RiskLevel } from '../risk/assessment.ts';
import { type Topic, topicName, topicsOf } from './topic.ts';
import { sameWords } from './words.ts';
import { yamlString } from './yaml.ts';

/** So many denials of one kind of command, within so many days, propose to block it. */
export const DENIALS_TO_PROPOSE = 3;
export const PROPOSAL_DAYS = 90;

/** A denial by somebody else than the one who asked. */
export interface Denial {
  command: Command;
  project: string;
  repository: string | null;
  ref: string | undefined;
  level: RiskLevel;
  requesterKind: RequesterKind;
  reason: string | null;
  by: string;
  at: Date;
}

/** A policy that would have said no before anybody was asked. Nobody but an administrator can write it. */
export interface BlockProposal {
  environment: string;
  topic: Topic;
  denials: number;
  /** What people said, the latest first, the same words once. */
  reasons: string[];
  firstAt: Date;
  lastAt: Date;
  /** Patterns for the `command` of its match. */
  patterns: string[];
  /** Lines for `policies:` in gatehouse.yaml. */
  policy: string;
}

const LONGEST_NAME = 100;
const LONGEST_PATTERN = 256;
const LONGEST_REASON = 200;
const MOST_REASONS = 5;
/** An exact text each is no policy any more. */
const MOST_TEXTS = 10;

/**
 * What was denied so often that a policy could say so. Denials of one target make a proposal of their own; the
 * others of the family one for all of it. What the policies in force block already is left out.
 */
export function blockProposals(
  denials: readonly Denial[],
  { environment, policies }: { environment: string; policies: readonly Policy[] },
): BlockProposal[] {
  const open = denials.filter((denial) => !isBlocked(denial, environment, policies));
  const families = grouped(
    open.flatMap((denial) => topicsOf(denial.command).map((topic) => ({ topic, denial }))),
    ({ topic }) => topic.family,
  );
  const proposals: BlockProposal[] = [];
  for (const [family, told] of families) {
    const targets = grouped(told, ({ topic }) => topic.target);
    const others = [...targets].flatMap(([target, of]) => {
      if (target === null || of.length < DENIALS_TO_PROPOSE) return of;
      proposals.push(
        proposalOf(
          environment,
          { family, target },
          of.map(({ denial }) => denial),
        ),
      );
      return [];
    });
    if (others.length >= DENIALS_TO_PROPOSE)
      proposals.push(
        proposalOf(
          environment,
          { family, target: null },
          others.map(({ denial }) => denial),
        ),
      );
  }
  return proposals.sort(
    (a, b) => b.denials - a.denials || (topicName(a.topic) < topicName(b.topic) ? -1 : 1),
  );
}

function grouped<T, K>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(item);
  }
  return groups;
}

function proposalOf(environment: string, topic: Topic, denials: Denial[]): BlockProposal {
  const sorted = denials.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  const patterns = patternsFor(environment, topic, sorted);
  const reasons = new Map<string, string>();
  for (const { reason } of sorted)
    if (reason?.trim() && !reasons.has(sameWords(reason)))
      reasons.set(sameWords(reason), said(reason.trim(), LONGEST_REASON));
  const shown = [...reasons.values()].slice(0, MOST_REASONS);
  const [last, first] = [sorted[0], sorted.at(-1)];
  if (!last || !first) throw new Error('a proposal without denials');
  return {
    environment,
    topic,
    denials: denials.length,
    reasons: shown,
    firstAt: first.at,
    lastAt: last.at,
    patterns,
    policy: policyLines(environment, topic, { patterns, reasons: shown, denials: denials.length }),
  };
}

/** Wide patterns that take every one of these commands: by their family and target where that does, else their text. */
function patternsFor(environment: string, topic: Topic, denials: readonly Denial[]): string[] {
  const useful = patternsOf(topic).filter(
    (pattern) =>
      widePatternFault(pattern) === null &&
      denials.some((denial) => isBlocked(denial, environment, [blocking(environment, [pattern])])),
  );
  const patterns = [...useful];
  for (const denial of denials) {
    if (patterns.length > 0 && isBlocked(denial, environment, [blocking(environment, patterns)])) continue;
    if (patterns.length - useful.length < MOST_TEXTS) patterns.push(textPattern(denial.command));
  }
  return patterns;
}

/** `kubectl delete *namespace/shop*`, and the same with options before the subcommand. */
function patternsOf({ family, target }: Topic): string[] {
  const [program = '', ...subcommands] = family.split(' ');
  const object = target === null ? ['*'] : [`*${target}*`];
  const words = [...subcommands, ...object].join(' ');
  return subcommands.length === 0
    ? [`${program} ${words}`]
    : [`${program} ${words}`, `${program} * ${words}`];
}

/** The command as it stands. What nobody may know, or what a configuration file would fill in, may be anything. */
function textPattern(command: Command): string {
  const text = commandText(command)
    .replaceAll(REDACTED, '*')
    .replace(/\$\{[^}]*\}?/g, '*')
    // Marks of the matcher, which stand for no character there.
    .replace(/[\u0000\u0001]/g, '*')
    .replace(/\*+/g, '*');
  return text.length <= LONGEST_PATTERN ? text : `${cut(text, LONGEST_PATTERN).slice(0, -1)}*`;
}

const blocking = (environment: string, commands: string[]): Policy => ({
  name: 'proposal',
  match: { environments: [environment], commands },
  effect: { kind: 'block', reason: '' },
});

function isBlocked(denial: Denial, environment: string, policies: readonly Policy[]): boolean {
  const facts: PolicyFacts = {
    environment,
    project: denial.project,
    repository: denial.repository,
    branch: denial.ref?.replace(/^refs\/(heads|tags)\//, '') ?? null,
    changedPaths: null,
    command: denial.command,
    level: denial.level,
    insideOfficeHours: null,
    requesterKind: denial.requesterKind,
  };
  return (
    judgePolicies(
      policies.filter(({ effect, match }) => effect.kind === 'block' && !match.officeHours),
      facts,
    ).block !== null
  );
}

/** One entry of `policies:`, ready to be copied. */
function policyLines(
  environment: string,
  topic: Topic,
  { patterns, reasons, denials }: { patterns: string[]; reasons: string[]; denials: number },
): string {
  const name = cut(`No ${topicName(topic)} in ${environment}`, LONGEST_NAME);
  const said =
    reasons.length > 0 ? ` People said: ${reasons.map((reason) => `“${reason}”`).join('; ')}.` : '';
  return [
    `- name: ${yamlString(name)}`,
    '  match:',
    `    environment: ${yamlString(environment)}`,
    '    command:',
    ...patterns.map((pattern) => `      - ${yamlString(pattern)}`),
    `  block: ${yamlString(`Denied ${denials} times.${said}`)}`,
    '',
  ].join('\n');
}
