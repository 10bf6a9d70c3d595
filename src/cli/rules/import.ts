import { createInterface } from 'node:readline/promises';
import type { ImportedRules, RuleLine } from '../../api/rules.ts';
import { oneLine } from '../../ask/words.ts';
import { type Client, Refused } from '../../client.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { type JsonLine, jsonLines } from '../json-lines.ts';
import { complain } from '../say.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { scopeWords } from './words.ts';

const HELP = `gate rules import FILE [--yes]

Makes the rules those of FILE, as a whole: shows what would be added (+) and revoked
(-), asks, and then does all of it or nothing. FILE is what gate rules export writes;
- is standard input.

  --yes                 do not ask
${CONNECTION_HELP}

Needs an administrator's token. Without --yes and without a terminal to ask on, it only
shows the difference. Exit code 0: the rules are those of FILE. 1: they are not.

Example:
  gate rules import rules.jsonl`;

const OPTIONS = { ...CONNECTION, yes: { type: 'boolean' } } as const;

/** `gate rules import`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const [file, ...rest] = given.positionals;
  if (!file || rest.length > 0) throw new WrongUsage('name one file', 'gate rules import FILE');
  const lines = jsonLines(file);
  const client = connectAsAdmin(given.values);
  const wanted = await send(client, lines, { dry_run: true });
  if (!wanted) return 1;
  process.stdout.write(differenceWords(wanted));
  if (wanted.expired > 0) process.stderr.write(`left out: ${wanted.expired} whose time is over\n`);
  if (wanted.added + wanted.revoked === 0) {
    process.stderr.write(`nothing to change: ${wanted.same} rules are in force as in ${file}\n`);
    return 0;
  }
  process.stderr.write(`${wanted.added} to add, ${wanted.revoked} to revoke, ${wanted.same} stay\n`);
  if (!given.values.yes && !(await isConfirmed())) return 1;
  const done = await send(client, lines, { dry_run: false, version: wanted.version });
  if (done) process.stderr.write('done: the rules are those of the file\n');
  return done ? 0 : 1;
}

/** null: some lines are wrong, and it was said which. */
async function send(
  client: Client,
  lines: JsonLine[],
  how: { dry_run: boolean; version?: number },
): Promise<ImportedRules | null> {
  const body = { rules: lines.map(({ value }) => value), ...how };
  try {
    return (await client.call('POST', '/api/v1/rules/import', body)) as ImportedRules;
  } catch (error) {
    const errors = error instanceof Refused ? (error.problem.errors ?? []) : [];
    if (errors.length === 0) throw error;
    complain('the file has faults, nothing was changed', 'mend these lines, then import it again:');
    for (const { path, message } of errors)
      process.stderr.write(`  ${placed(path, lines)}${oneLine(message)}\n`);
    return null;
  }
}

/** `rules.3.match` → `rules.jsonl line 5, match: ` */
function placed(path: string, lines: JsonLine[]): string {
  const [, at, field] = /^rules\.(\d+)(?:\.(.+))?$/.exec(path) ?? [];
  const line = at === undefined ? undefined : lines[Number(at)];
  return line ? `${line.where}${field ? `, ${field}` : ''}: ` : `${path}: `;
}

const differenceWords = ({ add, revoke }: ImportedRules): string =>
  [
    ...revoke.map((rule) => ({ sign: '-', rule: rule as RuleLine })),
    ...add.map((rule) => ({ sign: '+', rule })),
  ]
    .map(({ sign, rule }) => `${sign} ${oneLine(rule.rule)}  (${ruleWords(rule)})\n`)
    .join('');

const ruleWords = (rule: RuleLine): string =>
  oneLine(
    [
      rule.environment,
      scopeWords(rule),
      rule.expires_at && `until ${rule.expires_at.slice(0, 10)}`,
      rule.when_unanswered && 'runs when nobody objects',
      rule.allows_critical && 'CRITICAL too',
    ]
      .filter(Boolean)
      .join(', '),
  );

async function isConfirmed(): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    complain('nothing was changed: there is no terminal to ask on', 'look at the difference, then add --yes');
    return false;
  }
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question('Apply? [y/N] ').finally(() => lines.close());
  const yes = /^y(es)?$/i.test(answer.trim());
  if (!yes) process.stderr.write('nothing was changed\n');
  return yes;
}
