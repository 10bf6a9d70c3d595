import type { RuleBody } from '../../api/rules.ts';
import { oneLine } from '../../ask/words.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate rules confirm ID

Puts a rule in force that waits for a second person. gate rules list shows them.

${CONNECTION_HELP}

Example:
  gate rules confirm rul_0123456789abcdef`;

/** `gate rules confirm`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: CONNECTION, help: HELP });
  if (!given) return 0;
  const [id, ...rest] = given.positionals;
  if (!id || rest.length > 0) throw new WrongUsage('name one rule', 'gate rules confirm ID');
  const client = connectAsAdmin(given.values);
  const rule = (await client.call('POST', `/api/v1/rules/${encodeURIComponent(id)}/confirm`)) as RuleBody;
  process.stderr.write(`in force in ${rule.environment}: ${oneLine(rule.rule)}\n`);
  return 0;
}
