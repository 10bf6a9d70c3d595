import type { RuleBody } from '../../api/rules.ts';
import { oneLine } from '../../ask/words.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate rules keep ID…

Keeps rules that were announced to go because nobody needs them, and lets live on those
whose time is nearly over. gate rules list shows when they go.

${CONNECTION_HELP}

Example:
  gate rules keep rul_0123456789abcdef`;

/** `gate rules keep`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: CONNECTION, help: HELP });
  if (!given) return 0;
  if (given.positionals.length === 0)
    throw new WrongUsage('name the rules', 'gate rules list shows their ids');
  const client = connectAsAdmin(given.values);
  for (const id of given.positionals) {
    const rule = (await client.call('POST', `/api/v1/rules/${encodeURIComponent(id)}/keep`)) as RuleBody;
    process.stderr.write(`kept: ${oneLine(rule.rule)}\n`);
  }
  return 0;
}
