import { writeFileSync } from 'node:fs';
import type { RuleBody } from '../../api/rules.ts';
import { Misconfigured } from '../../client.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { allRules } from './all-rules.ts';

const HELP = `gate rules export [FILE]

Writes the rules in force, one JSON object a line, always in the same order: a file
for git, for gate check --rules, and for gate rules import.

  --usage               adds hits and last_matched_at, which change with every use
${CONNECTION_HELP}

Use an administrator's token: another one sees only its own rules.

Example:
  gate rules export rules.jsonl`;

/** What waits for a second person is no rule yet, and what is suspended none any more. */
const EXPORTED: RuleBody['state'][] = ['in force', 'in the shadow'];

const OPTIONS = { ...CONNECTION, usage: { type: 'boolean' } } as const;

/** `gate rules export`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const [file, ...rest] = given.positionals;
  if (rest.length > 0) throw new WrongUsage('one file is enough', 'gate rules export FILE');
  const rules = await allRules(connectAsAdmin(given.values));
  const inForce = rules.filter(({ state }) => EXPORTED.includes(state));
  const text = linesOf(inForce, given.values.usage ?? false);
  if (file === undefined || file === '-') process.stdout.write(text);
  else writeTo(file, text);
  const waiting = rules.length - inForce.length;
  if (waiting > 0) process.stderr.write(`left out: ${waiting} not in force; gate rules list shows them\n`);
  return 0;
}

/** One line a rule, sorted by place and text, so that a change is one line of a diff. */
function linesOf(rules: RuleBody[], withUsage: boolean): string {
  const lines = rules
    .map((rule) => ({ rule, order: [rule.environment, rule.project, rule.rule, rule.id] }))
    .sort((a, b) => compare(a.order, b.order))
    .map(({ rule }) => JSON.stringify(lineOf(rule, withUsage)));
  return lines.map((line) => `${line}\n`).join('');
}

/** By code units: the same on every machine. */
function compare(a: string[], b: string[]): number {
  const at = a.findIndex((part, i) => part !== b[i]);
  return at < 0 ? 0 : (a[at] as string) < (b[at] as string) ? -1 : 1;
}

function lineOf(rule: RuleBody, withUsage: boolean): object {
  const { repository, requester, cwd, family, expires_at, when_unanswered, match, not_match } = rule;
  return {
    rule: rule.rule,
    environment: rule.environment,
    project: rule.project,
    ...(repository !== null && { repository }),
    ...(requester !== null && { requester }),
    ...(cwd !== null && { cwd }),
    ...(family !== null && { family }),
    source: rule.source,
    created_at: rule.created_at,
    ...(expires_at !== null && { expires_at }),
    ...(when_unanswered !== null && { when_unanswered }),
    ...(rule.allows_critical && { allows_critical: true }),
    ...(rule.state === 'in the shadow' && { shadow_until: rule.shadow_until }),
    ...(rule.suggestion !== null && { suggestion: rule.suggestion }),
    ...(match.length > 0 && { match }),
    ...(not_match.length > 0 && { not_match }),
    ...(withUsage && { hits: rule.hits }),
    ...(withUsage && rule.last_matched_at !== null && { last_matched_at: rule.last_matched_at }),
  };
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Misconfigured(`cannot write ${file}: ${(error as Error).message}`, 'name another file');
  }
}
