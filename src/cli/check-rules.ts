import type { Fault } from '../core/command/admissible.ts';
import type { CompiledRule } from '../core/rules/compiled-rule.ts';
import { RuleIndex } from '../core/rules/rule-index.ts';
import { compileRules } from '../core/rules/rule-set.ts';
import { WrongUsage } from './arguments.ts';
import { type JsonLine, jsonLines, maybeTextIn, textIn } from './json-lines.ts';

/** One rule of the file, compiled, with where it applies. */
export interface StoredRule {
  rule: CompiledRule;
  environment: string;
  project: string;
  repository: string | undefined;
  requester: string | undefined;
  cwd: string | undefined;
  allowsCritical: boolean;
  whenUnanswered: 'allow' | null;
}

export interface RuleFile {
  rules: StoredRule[];
  index: RuleIndex<StoredRule>;
}

export type InvalidRule = { rule: string } & Fault;

/** Where a case stands, as far as it says; what it does not say is no condition. */
export interface Stand {
  environment?: string;
  project?: string;
  repository?: string;
  requester?: string;
  cwd?: string;
}

/** Reads the rules of a file that have not expired. Invalid ones are told on stderr and match nothing. */
export function readRules(path: string, now: number): RuleFile {
  const file: RuleFile = { rules: [], index: new RuleIndex() };
  for (const line of jsonLines(path)) {
    const { rules, invalid } = compiled(textIn(line, 'rule'));
    for (const rule of invalid) process.stderr.write(`note: ${line.where}: ${invalidInWords(rule)}\n`);
    if (expiryOf(line) <= now) continue;
    const about = {
      environment: maybeTextIn(line, 'environment') ?? '*',
      project: maybeTextIn(line, 'project') ?? '*',
      repository: maybeTextIn(line, 'repository'),
      requester: maybeTextIn(line, 'requester'),
      cwd: maybeTextIn(line, 'cwd'),
      allowsCritical: line.value.allows_critical === true,
      whenUnanswered: line.value.when_unanswered === 'allow' ? ('allow' as const) : null,
    };
    file.rules.push(...rules.map((rule) => ({ rule, ...about })));
  }
  for (const stored of file.rules) file.index.add(stored.rule, stored);
  return file;
}

function expiryOf(line: JsonLine): number {
  const text = maybeTextIn(line, 'expires_at');
  const at = text === undefined ? Number.POSITIVE_INFINITY : Date.parse(text);
  if (Number.isNaN(at))
    throw new WrongUsage(`${line.where}: expires_at is no date`, 'write 2026-11-02T10:00:00Z');
  return at;
}

/** Does a rule hold where a case stands? */
export const holds = (rule: StoredRule, stand: Stand): boolean =>
  isIn(rule.environment, stand.environment) &&
  isIn(rule.project, stand.project) &&
  isIn(rule.repository, stand.repository) &&
  isIn(rule.requester, stand.requester) &&
  isIn(rule.cwd, stand.cwd);

const isIn = (scope: string | undefined, asked: string | undefined): boolean =>
  scope === undefined || scope === '*' || asked === undefined || scope === asked;

/** The rules of a text, and those of them that are none. */
export function compiled(text: string): { rules: CompiledRule[]; invalid: InvalidRule[] } {
  const rules: CompiledRule[] = [];
  const invalid: InvalidRule[] = [];
  for (const { text: rule, compilation } of compileRules(text)) {
    if (compilation.valid) rules.push(compilation.rule);
    else invalid.push({ rule, why: compilation.why, place: compilation.place, mend: compilation.mend });
  }
  return { rules, invalid };
}

export const invalidInWords = ({ rule, why, mend }: InvalidRule): string =>
  `the rule \`${rule}\` is not valid: ${why}${mend ? ` (${mend})` : ''}`;
