import type { Command } from '../core/command/command.ts';
import type { CoveringRule } from '../core/decide.ts';
import type { CompiledRule } from '../core/rules/compiled-rule.ts';
import { coverage, type Finder, scanOf } from '../core/rules/covers.ts';
import { why } from '../core/rules/explain.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { explain } from './check-explain.ts';
import {
  compiled,
  holds,
  type InvalidRule,
  invalidInWords,
  type RuleFile,
  readRules,
  type Stand,
  type StoredRule,
} from './check-rules.ts';
import { type JsonLine, jsonLines, maybeTextIn, textIn } from './json-lines.ts';
import { stoppedBy } from './say.ts';
import { readSite, type Site } from './site.ts';

const HELP = `gate check [--rules FILE] [--cases FILE] [--env E] [--explain] [-- CMD ARG…]

Says, offline, which commands the rules cover, as JSON lines:
{"id","covered","rule","why"}.

--rules FILE    JSON lines {"rule","environment","project","expires_at"}; "*" means any
--cases FILE    JSON lines {"id","command","environment","project","rule"};
                a "rule" (several stand one a line) is tested instead of --rules
--env E         the environment of CMD, and of cases that name none
--shell TEXT    a command as shell text, instead of CMD
--explain       adds what the risk makes of it, the nearest rules and invalid rules
--config FILE   with --explain: a gatehouse.yaml, whose policies, environments and
                risk rows count, too

A case without an environment or project is held against the rules of all of them.
Exit code 0: all were checked. 2: they could not be.

Examples:
  gate check --rules rules.jsonl --env production -- kubectl get pods
  gate check --rules rules.jsonl --shell 'git pull && make'
  gate check --cases cases.jsonl --explain --config gatehouse.yaml`;

const OPTIONS = {
  rules: { type: 'string' },
  cases: { type: 'string' },
  env: { type: 'string' },
  shell: { type: 'string' },
  explain: { type: 'boolean' },
  config: { type: 'string' },
} as const;

interface Case {
  id: string | number;
  command: Command;
  stand: Stand;
  rule?: string;
}

/** `gate check`: which commands the rules of a file cover, without a server. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    const { rules, env, config } = given.values;
    if (config !== undefined && !given.values.explain)
      throw new WrongUsage('--config is for --explain', 'coverage alone needs no configuration');
    const site = config === undefined ? null : await readSite(config);
    const file = rules === undefined ? null : readRules(rules, Date.now());
    const lines = readCases(given).map((one) => {
      const asked = { ...one, stand: { ...one.stand, environment: one.stand.environment ?? env } };
      return JSON.stringify(check(asked, file, given.values.explain ? { site } : null));
    });
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  } catch (error) {
    stoppedBy(error);
    return 2;
  }
}

function check(asked: Case, file: RuleFile | null, explaining: { site: Site | null } | null): object {
  const { id, command, stand } = asked;
  const held = asked.rule === undefined ? fromFile(stand, file) : fromCase(asked.rule);
  const found = coverage(held.finder, command);
  const texts = found.covered ? [...new Set(found.rules.map(held.textOf))] : [];
  const faults = found.covered ? [] : held.invalid.slice(0, 1).map(invalidInWords);
  const answer = {
    id,
    covered: found.covered,
    rule: found.covered ? texts.join('\n') : null,
    why: [why(found, held.textOf), ...faults].join('; '),
  };
  if (!explaining) return answer;
  const covering = found.covered ? [...new Set(found.rules)].map(held.asCovering) : null;
  const explained = { command, stand, found, covering, rules: held.all(), invalid: held.invalid };
  return { ...answer, explain: explain(explained, explaining.site) };
}

interface Held {
  finder: Finder<unknown>;
  /** All rules, for an explanation; not looked at otherwise. */
  all: () => CompiledRule[];
  invalid: InvalidRule[];
  textOf: (rule: unknown) => string;
  asCovering: (rule: unknown) => CoveringRule;
}

function fromCase(rule: string): Held {
  const { rules, invalid } = compiled(rule);
  const textOf = (one: unknown) => (one as CompiledRule).text;
  return {
    finder: scanOf(rules),
    all: () => rules,
    invalid,
    textOf,
    asCovering: (one) => ({ id: 'case', text: textOf(one), allowsCritical: false, whenUnanswered: null }),
  };
}

function fromFile(stand: Stand, file: RuleFile | null): Held {
  if (!file)
    throw new WrongUsage(
      'there are no rules to check against',
      'give --rules FILE, or a "rule" in each case',
    );
  const textOf = (one: unknown) => (one as StoredRule).rule.text;
  return {
    finder: file.index.within((one) => holds(one, stand)),
    all: () => file.rules.filter((one) => holds(one, stand)).map(({ rule }) => rule),
    invalid: [],
    textOf,
    asCovering: (one) => {
      const { allowsCritical, whenUnanswered } = one as StoredRule;
      return { id: 'file', text: textOf(one), allowsCritical, whenUnanswered };
    },
  };
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
  if (shell !== undefined) return [{ id: 1, command: { kind: 'shell', text: shell }, stand: {} }];
  if (cases === undefined) return [{ id: 1, command: { kind: 'argv', argv: positionals }, stand: {} }];
  return jsonLines(cases).map((line) => ({
    id: typeof line.value.id === 'string' || typeof line.value.id === 'number' ? line.value.id : line.line,
    command: commandOf(line),
    stand: {
      environment: maybeTextIn(line, 'environment'),
      project: maybeTextIn(line, 'project'),
      repository: maybeTextIn(line, 'repository'),
      requester: maybeTextIn(line, 'requester'),
      cwd: maybeTextIn(line, 'cwd'),
    },
    rule: maybeTextIn(line, 'rule'),
  }));
}

/** `command` is shell text; `argv` in its place is a program and its arguments. */
function commandOf(line: JsonLine): Command {
  const { argv, command } = line.value;
  if (command === undefined && Array.isArray(argv) && argv.every((word) => typeof word === 'string')) {
    return { kind: 'argv', argv };
  }
  return { kind: 'shell', text: textIn(line, 'command') };
}
