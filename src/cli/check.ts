import { readFileSync } from 'node:fs';
import type { Fault } from '../core/command/admissible.ts';
import type { Command } from '../core/command/command.ts';
import { assess } from '../core/risk/assess.ts';
import type { CompiledRule } from '../core/rules/compiled-rule.ts';
import { type Coverage, coverage, type Finder, scanOf } from '../core/rules/covers.ts';
import { nearMisses, why } from '../core/rules/explain.ts';
import { RuleIndex } from '../core/rules/rule-index.ts';
import { compileRules } from '../core/rules/rule-set.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { stoppedBy } from './say.ts';

const HELP = `gate check [--rules FILE] [--cases FILE] [--env E] [--explain] [-- CMD ARG…]

Says, offline, which commands the rules cover, as JSON lines:
{"id","covered","rule","why"}.

--rules FILE    JSON lines {"rule","environment","project","expires_at"}; "*" means any
--cases FILE    JSON lines {"id","command","environment","project","rule"};
                a "rule" (several stand one a line) is tested instead of --rules
--env E         the environment of CMD, and of cases that name none
--shell TEXT    a command as shell text, instead of CMD
--explain       adds the nearest rules, invalid rules, and what the risk makes of it

A case without an environment or project is held against the rules of all of them.
Exit code 0: all were checked. 2: they could not be.

Examples:
  gate check --rules rules.jsonl --env production -- kubectl get pods
  gate check --rules rules.jsonl --shell 'git pull && make'
  gate check --cases cases.jsonl --explain`;

const OPTIONS = {
  rules: { type: 'string' },
  cases: { type: 'string' },
  env: { type: 'string' },
  shell: { type: 'string' },
  explain: { type: 'boolean' },
} as const;

interface Case {
  id: string | number;
  command: Command;
  environment?: string;
  project?: string;
  rule?: string;
}

/** One rule of the file, compiled, with where it applies. */
interface StoredRule {
  rule: CompiledRule;
  environment: string;
  project: string;
  expiresAt: number;
}

interface RuleFile {
  rules: StoredRule[];
  index: RuleIndex<StoredRule>;
  invalid: InvalidRule[];
}

type InvalidRule = { rule: string } & Fault;

/** `gate check`: which commands the rules of a file cover, without a server. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    const { rules, env, explain } = given.values;
    const file = rules === undefined ? null : readRules(rules, Date.now());
    const cases = readCases(given);
    const lines = cases.map((one) => {
      const asked = { ...one, environment: one.environment ?? env };
      return JSON.stringify(check(asked, file, explain === true));
    });
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  } catch (error) {
    stoppedBy(error);
    return 2;
  }
}

function check(asked: Case, file: RuleFile | null, explain: boolean): object {
  const { id, command } = asked;
  const { finder, all, invalid, textOf } =
    asked.rule === undefined ? fromFile(asked, file) : fromCase(asked.rule);
  const found = coverage(finder, command);
  const reason = [why(found, textOf), ...(found.covered ? [] : invalid.slice(0, 1).map(invalidInWords))].join(
    '; ',
  );
  const rule = found.covered ? [...new Set(found.rules.map(textOf))].join('\n') : null;
  const answer = { id, covered: found.covered, rule, why: reason };
  return explain ? { ...answer, explain: explanation(asked, found, all(), invalid) } : answer;
}

interface Held<T> {
  finder: Finder<T>;
  /** All rules, for an explanation; not looked at otherwise. */
  all: () => CompiledRule[];
  invalid: InvalidRule[];
  textOf: (rule: T) => string;
}

function fromCase(text: string): Held<unknown> {
  const { rules, invalid } = compiled(text);
  const finder: Finder<CompiledRule> = scanOf(rules);
  return { finder, all: () => rules, invalid, textOf: (rule) => (rule as CompiledRule).text };
}

function fromFile({ environment, project }: Case, file: RuleFile | null): Held<unknown> {
  if (!file)
    throw new WrongUsage(
      'there are no rules to check against',
      'give --rules FILE, or a "rule" in each case',
    );
  const holds = (rule: unknown): boolean => {
    const scope = rule as StoredRule;
    return isIn(scope.environment, environment) && isIn(scope.project, project);
  };
  return {
    finder: file.index.within(holds),
    all: () => file.rules.filter(holds).map(({ rule }) => rule),
    invalid: [],
    textOf: (rule) => (rule as StoredRule).rule.text,
  };
}

const isIn = (scope: string, asked: string | undefined): boolean =>
  scope === '*' || asked === undefined || scope === asked;

function compiled(text: string): { rules: CompiledRule[]; invalid: InvalidRule[] } {
  const rules: CompiledRule[] = [];
  const invalid: InvalidRule[] = [];
  for (const { text: rule, compilation } of compileRules(text)) {
    if (compilation.valid) rules.push(compilation.rule);
    else invalid.push({ rule, why: compilation.why, place: compilation.place, mend: compilation.mend });
  }
  return { rules, invalid };
}

const invalidInWords = ({ rule, why: reason, mend }: InvalidRule): string =>
  `the rule \`${rule}\` is not valid: ${reason}${mend ? ` (${mend})` : ''}`;

/** What else decides: the nearest rules when none covers, and the floor under critical commands when one does. */
function explanation(
  { command, environment, project }: Case,
  found: Coverage<unknown>,
  rules: readonly CompiledRule[],
  invalid: InvalidRule[],
): object {
  const { score, level } = assess({ command });
  const floor =
    level === 'CRITICAL'
      ? 'it is critical, so it asks even when covered, unless an administrator marked the rule'
      : null;
  const near =
    !found.covered && found.because.kind === 'uncovered' ? nearMisses(rules, found.because.command) : [];
  return {
    environment: environment ?? '*',
    project: project ?? '*',
    risk: { score, level },
    runs_without_asking: found.covered && floor === null,
    ...(floor === null ? {} : { floor }),
    nearest: near,
    invalid,
  };
}

function readRules(path: string, now: number): RuleFile {
  const file: RuleFile = { rules: [], index: new RuleIndex(), invalid: [] };
  for (const { value, where } of jsonLines(path)) {
    const expiresAt =
      value.expires_at == null ? Number.POSITIVE_INFINITY : Date.parse(text(value, 'expires_at', where));
    if (Number.isNaN(expiresAt))
      throw new WrongUsage(`${where}: expires_at is no date`, 'write 2026-11-02T10:00:00Z');
    const environment = value.environment == null ? '*' : text(value, 'environment', where);
    const project = value.project == null ? '*' : text(value, 'project', where);
    const { rules, invalid } = compiled(text(value, 'rule', where));
    for (const rule of invalid) process.stderr.write(`note: ${where}: ${invalidInWords(rule)}\n`);
    file.invalid.push(...invalid);
    if (expiresAt > now) file.rules.push(...rules.map((rule) => ({ rule, environment, project, expiresAt })));
  }
  for (const stored of file.rules) file.index.add(stored.rule, stored);
  return file;
}

type Given = { values: { cases?: string; shell?: string }; positionals: string[] };

function readCases({ values: { cases, shell }, positionals }: Given): Case[] {
  const ways = [cases !== undefined, shell !== undefined, positionals.length > 0].filter(Boolean).length;
  if (ways !== 1) {
    throw new WrongUsage(
      ways === 0 ? 'there is no command to check' : 'one way to name commands is enough',
      'give -- CMD ARG…, --shell TEXT or --cases FILE',
    );
  }
  if (shell !== undefined) return [{ id: 1, command: { kind: 'shell', text: shell } }];
  if (cases === undefined) return [{ id: 1, command: { kind: 'argv', argv: positionals } }];
  return jsonLines(cases).map(({ value, where, line }) => ({
    id: typeof value.id === 'string' || typeof value.id === 'number' ? value.id : line,
    command: commandOf(value, where),
    environment: value.environment == null ? undefined : text(value, 'environment', where),
    project: value.project == null ? undefined : text(value, 'project', where),
    rule: value.rule == null ? undefined : text(value, 'rule', where),
  }));
}

/** `command` is shell text; `argv` in its place is a program and its arguments. */
function commandOf(value: Record<string, unknown>, where: string): Command {
  const { argv } = value;
  if (value.command === undefined && Array.isArray(argv) && argv.every((word) => typeof word === 'string')) {
    return { kind: 'argv', argv };
  }
  return { kind: 'shell', text: text(value, 'command', where) };
}

function text(value: Record<string, unknown>, key: string, where: string): string {
  const found = value[key];
  if (typeof found === 'string') return found;
  throw new WrongUsage(`${where}: "${key}" is not a text`, `write {"${key}": "…"}`);
}

interface JsonLine {
  value: Record<string, unknown>;
  line: number;
  where: string;
}

function jsonLines(path: string): JsonLine[] {
  return readText(path)
    .split('\n')
    .flatMap((content, i) => (content.trim() === '' ? [] : [jsonLine(content, path, i + 1)]));
}

function jsonLine(content: string, path: string, line: number): JsonLine {
  const where = `${path} line ${line}`;
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new WrongUsage(`${where} is not JSON: ${(error as Error).message}`, 'write one JSON object a line');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { value: value as Record<string, unknown>, line, where };
  }
  throw new WrongUsage(`${where} is not a JSON object`, 'write one JSON object a line');
}

function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new WrongUsage(
      `cannot read ${path}: ${(error as Error).message}`,
      'name a file of JSON lines, or -',
    );
  }
}
