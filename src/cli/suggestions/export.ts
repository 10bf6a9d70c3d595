import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { allSuggestions } from './ask.ts';

const HELP = `gate suggestions export

Writes the rules of what waits for an answer, one JSON object a line, as gate rules
import and gate rules simulate read them, each with its suggestion and family.

  --env E               that hold in this environment
${CONNECTION_HELP}

Example:
  gate suggestions export > suggested.jsonl`;

const OPTIONS = { ...CONNECTION, env: { type: 'string' } } as const;

/** `gate suggestions export`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  if (given.positionals.length > 0)
    throw new WrongUsage('it takes no arguments', 'gate suggestions export > suggested.jsonl');
  const { env } = given.values;
  const all = await allSuggestions(connectAsAdmin(given.values), { ...(env && { environment: env }) });
  for (const { id, family, environment, project, rules } of all)
    for (const rule of rules)
      process.stdout.write(
        `${JSON.stringify({ rule, environment, project, family, source: 'suggested', suggestion: id })}\n`,
      );
  return 0;
}
