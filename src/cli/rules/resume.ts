import type { RuleBody } from '../../api/rules.ts';
import { oneLine } from '../../ask/words.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate rules resume ID…

Puts rules in force again that a denial suspended. gate rules list shows them; look at
what was denied first.

${CONNECTION_HELP}

Example:
  gate rules resume rul_0123456789abcdef`;

/** `gate rules resume`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: CONNECTION, help: HELP });
  if (!given) return 0;
  if (given.positionals.length === 0)
    throw new WrongUsage('name the rules', 'gate rules list shows their ids');
  const client = connectAsAdmin(given.values);
  for (const id of given.positionals) {
    const rule = (await client.call('POST', `/api/v1/rules/${encodeURIComponent(id)}/resume`)) as RuleBody;
    process.stderr.write(`in force again: ${oneLine(rule.rule)}\n`);
  }
  return 0;
}
