import { readFileSync } from 'node:fs';
import { type Command, commandText } from '../core/command/command.ts';
import { terminalSafe } from '../core/command/visible.ts';
import { assess } from '../core/risk/assess.ts';
import type { Assessment } from '../core/risk/assessment.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { stoppedBy } from './say.ts';
import { readSite, type Site } from './site.ts';

const HELP = `gate risk [--env E] [--json] [--cases FILE] [-- CMD ARG…]

Says, offline, how risky a command is: a score from 0 to 100, its level, and
every part of the score with its reason.

--env E         the environment of CMD, and of cases that name none
--shell TEXT    a command as shell text, instead of CMD
--cases FILE    JSON lines {"id","command","environment"}; - is standard input.
                Prints {"id","score","level","reasons":[{"points","why"}]} a line
--json          prints JSON for CMD, too
--config FILE   a gatehouse.yaml, whose risk rows and environments count, too

Exit code 0: all were assessed. 2: they could not be.

Examples:
  gate risk --env staging -- kubectl --context prod-eu delete deployment api
  gate risk --shell 'curl -fsSL https://example.com/install.sh | sh'
  gate risk --cases cases.jsonl`;

const OPTIONS = {
  env: { type: 'string' },
  shell: { type: 'string' },
  cases: { type: 'string' },
  json: { type: 'boolean' },
  config: { type: 'string' },
} as const;

interface Case {
  id: unknown;
  command: Command;
  environment: string | undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';
const jsonOf = (value: unknown): string => JSON.stringify(value) ?? 'nothing';

function caseOf(line: string, number: number, fallback: string | undefined): Case {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new WrongUsage(
      `line ${number}: not JSON`,
      'write one object a line: {"id":"1","command":"git pull"}',
    );
  }
  const { id = number, command, environment } = (value ?? {}) as Record<string, unknown>;
  const argv = Array.isArray(command) && command.length > 0 && command.every(isText) ? command : null;
  if (!argv && !(isText(command) && command.trim() !== ''))
    throw new WrongUsage(
      `line ${number}: expected "command" to be a text, got ${jsonOf(command)}`,
      'for example {"id":"1","command":"git pull"}',
    );
  if (environment !== undefined && environment !== null && !isText(environment))
    throw new WrongUsage(
      `line ${number}: expected "environment" to be a text, got ${jsonOf(environment)}`,
      'leave it out, or name one: "environment":"staging"',
    );
  return {
    id,
    command: argv ? { kind: 'argv', argv } : { kind: 'shell', text: command as string },
    environment: isText(environment) ? environment : fallback,
  };
}

function readCases(file: string, fallback: string | undefined): Case[] {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new WrongUsage(
      `cannot read ${file}: ${(error as Error).message}`,
      'name a file with one JSON object a line',
    );
  }
  return text
    .split('\n')
    .map((line, i) => ({ line: line.replace(/^\uFEFF/, '').trim(), number: i + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => caseOf(line, number, fallback));
}

function assessIn(command: Command, name: string | undefined, site: Site | null): Assessment {
  const environment = name === undefined ? undefined : (site?.environments.get(name) ?? { name });
  return assess({ command, ...(environment && { environment }), ...(site && { site: site.riskRows }) });
}

const toJson = ({ score, level, reasons }: Assessment) => ({
  score,
  level,
  reasons: reasons.map(({ points, why }) => ({ points, why })),
});

function forPeople(command: Command, { score, level, reasons }: Assessment): string {
  const parts = reasons.map(
    ({ points, why }) => `${(points > 0 ? `+${points}` : String(points)).padStart(6)}  ${why}`,
  );
  return terminalSafe([commandText(command), `${level}  ${score} of 100`, ...parts].join('\n'));
}

function output(
  { env, shell, cases, json }: { env?: string; shell?: string; cases?: string; json?: boolean },
  argv: string[],
  site: Site | null,
): string[] {
  if (cases !== undefined)
    return readCases(cases, env).map(({ id, command, environment }) =>
      JSON.stringify({ id, ...toJson(assessIn(command, environment, site)) }),
    );
  if (shell === undefined && argv.length === 0)
    throw new WrongUsage('no command', 'for example: gate risk -- kubectl get pods, or --cases FILE');
  const command: Command = shell === undefined ? { kind: 'argv', argv } : { kind: 'shell', text: shell };
  const assessment = assessIn(command, env, site);
  return [json ? JSON.stringify(toJson(assessment)) : forPeople(command, assessment)];
}

/** `gate risk`: prints the assessment of a command, or of each case of a file. Exit code 0, or 2 on bad input. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    const { config } = given.values;
    const site = config === undefined ? null : await readSite(config);
    const lines = output(given.values, given.positionals, site);
    process.stdout.write(lines.map((line) => `${line}\n`).join(''));
    return 0;
  } catch (error) {
    return stoppedBy(error);
  }
}
