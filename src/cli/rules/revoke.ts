import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate rules revoke ID…

Takes rules out of force at once: what they covered is asked about again.

${CONNECTION_HELP}

Example:
  gate rules revoke rul_0123456789abcdef`;

/** `gate rules revoke`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: CONNECTION, help: HELP });
  if (!given) return 0;
  if (given.positionals.length === 0)
    throw new WrongUsage('name the rules to revoke', 'gate rules list shows their ids');
  const client = connectAsAdmin(given.values);
  for (const id of given.positionals) {
    await client.call('DELETE', `/api/v1/rules/${encodeURIComponent(id)}`);
    process.stderr.write(`revoked ${id}\n`);
  }
  return 0;
}
