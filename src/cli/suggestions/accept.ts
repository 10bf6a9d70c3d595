import type { AcceptedBody } from '../../api/suggestions.ts';
import { readArguments, type Values, WrongUsage } from '../arguments.ts';
import { readDays } from '../read-days.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from '../settings.ts';
import { idsIn, pathOf, suggestionOf } from './ask.ts';
import { changeWords } from './words.ts';

const HELP = `gate suggestions accept ID…

Puts the rules of suggestions in force, and takes those out of force that they replace.
Where the risk is HIGH, and for whom it mainly serves, somebody else has to accept it,
too. gate suggestions show ID shows what is accepted.

  --version N           only if it is still as you saw it (with one ID)
  --shadow 7d           for so long its rules only note what they would let pass
  --expires-in 90d      its rules hold for so many days
${CONNECTION_HELP}
  --json                print what changed as JSON, one object a line

Example:
  gate suggestions accept sug_0123456789abcdef --shadow 7d`;

const OPTIONS = {
  ...CONNECTION,
  version: { type: 'string' },
  shadow: { type: 'string' },
  'expires-in': { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** `gate suggestions accept`. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const ids = idsIn(given.positionals, 'accept');
  const version = versionIn(given.values, ids);
  const { shadow, 'expires-in': expires, json } = given.values;
  const client = connectAsAdmin(given.values);
  for (const id of ids) {
    const body = {
      version: version ?? (await suggestionOf(client, id)).version,
      ...(shadow !== undefined && { shadow_days: readDays(shadow) }),
      ...(expires !== undefined && { expires_in_days: readDays(expires) }),
    };
    const done = (await client.call('POST', pathOf(id, 'accept'), body)) as AcceptedBody;
    if (json) process.stdout.write(`${JSON.stringify(done)}\n`);
    else {
      process.stdout.write(changeWords(done.added, done.retired));
      process.stderr.write(doneWords(id, done));
    }
  }
  return 0;
}

function doneWords(id: string, { missing, added }: AcceptedBody): string {
  if (missing > 0)
    return `${id}: counted; ${missing === 1 ? 'one more person has' : `${missing} more people have`} to accept it\n`;
  const shadow = added.find(({ state }) => state === 'in the shadow')?.shadow_until;
  return shadow
    ? `${id}: in the shadow until ${shadow.slice(0, 10)}. To take it back: gate suggestions undo ${id}\n`
    : `${id}: accepted. To take it back: gate suggestions undo ${id}\n`;
}

function versionIn({ version }: Values<typeof OPTIONS>, ids: string[]): number | null {
  if (version === undefined) return null;
  if (!/^\d{1,9}$/.test(version) || ids.length > 1)
    throw new WrongUsage('--version is the number that gate suggestions show prints', 'give it with one ID');
  return Number(version);
}
