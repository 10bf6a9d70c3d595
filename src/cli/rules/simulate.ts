import type { SimulatedBody } from '../../api/suggestions.ts';
import { oneLine } from '../../ask/words.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { jsonLines } from '../json-lines.ts';
import { readDays } from '../read-days.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate rules simulate --file FILE [flags]

Replays past decisions as if the rules of FILE had been in force, and tells which would
have been others. Nothing is changed. FILE is what gate rules export writes; - is
standard input.

  --file FILE           the rules, one JSON object a line
  --days 90             so far back, at most 90
  --environment E       only decisions in this environment
${CONNECTION_HELP}
  --json                as JSON

Needs an administrator's token. Exit code 0: fine. 1: something that people denied would
run.

Example:
  gate rules export rules.jsonl && $EDITOR rules.jsonl && gate rules simulate --file rules.jsonl`;

const OPTIONS = {
  ...CONNECTION,
  file: { type: 'string' },
  days: { type: 'string' },
  environment: { type: 'string' },
  env: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `gate rules simulate`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const { file, days, json, env } = given.values;
  const environment = given.values.environment ?? env;
  if (!file || given.positionals.length > 0)
    throw new WrongUsage('--file is missing', 'gate rules simulate --file rules.jsonl');
  const made = (await connectAsAdmin(given.values).call('POST', '/api/v1/rules/simulate', {
    rules: jsonLines(file).map(({ value }) => value),
    ...(days !== undefined && { days: daysIn(days) }),
    ...(environment !== undefined && { environment }),
  })) as SimulatedBody;
  process.stdout.write(json ? `${JSON.stringify(made)}\n` : words(made));
  return made.denied_would_run.length > 0 ? 1 : 0;
}

const daysIn = (text: string): number => readDays(/^\d+$/.test(text) ? `${text}d` : text);

function words({ days, decisions, would_run, would_ask, denied_would_run }: SimulatedBody): string {
  return [
    ...part('DENIED by people, and would run', denied_would_run),
    ...part('would run without asking', would_run),
    ...part('would ask again', would_ask),
    `${decisions} decisions of ${days} days: ${total(would_run)} would run, ${total(would_ask)} would ask, ${total(denied_would_run)} that were denied would run\n`,
  ].join('');
}

type Flips = SimulatedBody['would_run'];

const total = (flips: Flips): number => flips.reduce((sum, { count }) => sum + count, 0);

const part = (title: string, flips: Flips): string[] =>
  flips.length === 0
    ? []
    : [
        `${title}:\n`,
        ...flips.flatMap(({ environment, family, count, examples }) => [
          `  ${String(count).padStart(5)}  ${oneLine(family || '(no one family)')}  in ${environment}\n`,
          ...examples.map((example) => `         ${oneLine(example)}\n`),
        ]),
        '\n',
      ];
