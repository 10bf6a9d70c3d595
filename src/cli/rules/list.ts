import type { RuleBody } from '../../api/rules.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { table } from '../say.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { allRules } from './all-rules.ts';
import { scopeWords } from './words.ts';

const HELP = `gate rules list [flags]

Lists the rules, latest first.

  --env E               that hold in this environment
  --project P           that hold for this project
  --search S            whose text has this in it
  --all                 revoked and expired ones, too
${CONNECTION_HELP}
  --json                one rule a line

Example:
  gate rules list --env production --search kubectl`;

const OPTIONS = {
  ...CONNECTION,
  env: { type: 'string' },
  project: { type: 'string' },
  search: { type: 'string' },
  all: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

const HEADING = ['ID', 'RULE', 'ENVIRONMENT', 'PROJECT', 'HITS', 'LAST USE', 'EXPIRES', 'STATE'];
const LONGEST_SHOWN = 70;

/** `gate rules list`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  if (given.positionals.length > 0)
    throw new WrongUsage('it takes no arguments', 'gate rules list --search S looks for a text');
  const { env, project, search, all, json } = given.values;
  const rules = await allRules(connectAsAdmin(given.values), {
    ...(env && { environment: env }),
    ...(project && { project }),
    ...(search && { search }),
    ...(all && { all: 'true' }),
  });
  if (json) process.stdout.write(rules.map((rule) => `${JSON.stringify(rule)}\n`).join(''));
  else if (rules.length === 0) process.stderr.write('there are no such rules\n');
  else process.stdout.write(table(HEADING, rules.map(row)));
  return 0;
}

const row = (rule: RuleBody): string[] => [
  rule.id,
  shortened(rule.rule),
  rule.environment,
  scopeWords(rule),
  String(rule.hits),
  rule.last_matched_at?.slice(0, 10) ?? 'never',
  rule.expires_at?.slice(0, 10) ?? 'never',
  [
    rule.state,
    ...(rule.state === 'in the shadow'
      ? [`until ${rule.shadow_until?.slice(0, 10)}`, `would have run ${rule.shadow_hits}`]
      : []),
    ...(rule.prune_at ? [`goes on ${rule.prune_at.slice(0, 10)} unless used`] : []),
    ...(rule.allows_critical ? ['CRITICAL too'] : []),
    ...(rule.when_unanswered ? ['runs when nobody objects'] : []),
  ].join(', '),
];

const shortened = (text: string): string => {
  const flat = text.replaceAll('\n', ' ⏎ ');
  return flat.length > LONGEST_SHOWN ? `${flat.slice(0, LONGEST_SHOWN - 1)}…` : flat;
};
