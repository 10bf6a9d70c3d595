import { writeFileSync } from 'node:fs';
import { Misconfigured } from '../../client.ts';
import { readArguments, WrongUsage } from '../arguments.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';

const HELP = `gate notes export --env E [FILE]

Writes the runbook of an environment as Markdown: its policies, the rules in force,
the notes, and who decided in the last 90 days. Good to keep in git.

  --env E               the environment (also --environment)
${CONNECTION_HELP}

Use an administrator's token: another one sees only what holds for it.

Example:
  gate notes export --env production docs/production.md`;

const OPTIONS = { ...CONNECTION, env: { type: 'string' }, environment: { type: 'string' } } as const;

/** `gate notes export`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const environment = given.values.env ?? given.values.environment;
  if (!environment) throw new WrongUsage('--env is missing', 'name the environment: --env production');
  const [file, ...rest] = given.positionals;
  if (rest.length > 0) throw new WrongUsage('one file is enough', 'gate notes export --env production FILE');
  const client = connectAsAdmin(given.values);
  const text = String(await client.call('GET', `/api/v1/runbook/${encodeURIComponent(environment)}.md`));
  if (file === undefined || file === '-') process.stdout.write(text);
  else writeTo(file, text);
  return 0;
}

function writeTo(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Misconfigured(`cannot write ${file}: ${(error as Error).message}`, 'name another file');
  }
}
