import type { SuggestionBody } from '../../api/suggestions.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { table } from '../say.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { allSuggestions } from './ask.ts';

const HELP = `gate suggestions list [flags]

Lists what waits for an answer, the most saving first.

  --env E               that hold in this environment
  --project P           that hold for this project
  --state S             accepted, not-now, never, withdrawn or superseded ones instead
${CONNECTION_HELP}
  --json                one suggestion a line

Example:
  gate suggestions list --env production`;

const OPTIONS = {
  ...CONNECTION,
  env: { type: 'string' },
  project: { type: 'string' },
  state: { type: 'string' },
  json: { type: 'boolean' },
} as const;

const HEADING = ['ID', 'KIND', 'ENVIRONMENT', 'PROJECT', 'RISK', 'RULES', 'SAVES A WEEK', 'WHAT'];

/** `gate suggestions list`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  if (given.positionals.length > 0)
    throw new WrongUsage('it takes no arguments', 'gate suggestions show ID shows one');
  const { env, project, state, json } = given.values;
  const all = await allSuggestions(connectAsAdmin(given.values), {
    ...(env && { environment: env }),
    ...(project && { project }),
    ...(state && { state }),
  });
  if (json) process.stdout.write(all.map((one) => `${JSON.stringify(one)}\n`).join(''));
  else if (all.length === 0) process.stderr.write('nothing waits for an answer\n');
  else process.stdout.write(table(HEADING, all.map(row)));
  return 0;
}

const row = (one: SuggestionBody): string[] => [
  one.id,
  one.state === 'half' ? `${one.kind}, half accepted` : one.kind,
  one.environment,
  one.project,
  one.kind === 'prune' ? '' : one.risk,
  String(one.kind === 'prune' ? one.replaces.length : one.rules.length),
  one.saves_per_week > 0 ? String(Math.round(one.saves_per_week * 10) / 10) : '',
  one.words?.title ?? one.title,
];
