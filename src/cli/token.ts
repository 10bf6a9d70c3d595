import type { NewToken, TokenBody } from '../api.ts';
import { aligned, type Rows } from '../ask/words.ts';
import type { Client } from '../client.ts';
import { WHEN_NOBODY_IS_THERE, type WhenNobodyIsThere } from '../core/request.ts';
import { readArguments, type Values, WrongUsage } from './arguments.ts';
import { readDays } from './read-days.ts';
import { stoppedBy, table } from './say.ts';
import { CONNECTION, CONNECTION_HELP, connectAsAdmin } from './settings.ts';

const HELP = `gate token create --name NAME --project P --env E[,E2] [flags]
gate token list
gate token revoke ID

Tokens say to the gate who asks. A token is shown once, when it is made.

  --name NAME           what it is for, as people will see it
  --project P           what it may ask for; "*" is every project
  --env E[,E2]          in which environments; "*" is every one
  --kind ci|human|agent who uses it (ci)
  --owner U…            the person it stands for, as a Slack user id: that person
                        cannot approve what it asks for
  --when-nobody-is-there wait|deny|page
                        for clients nobody attends, such as cron jobs and agents:
                        what becomes of an ask when no reviewer is there (wait)
  --expires-in 90d      good for so many days
  --admin               may make tokens and see every request, but ask for nothing
${CONNECTION_HELP}
  --json                print data

Needs an administrator's token: GATE_TOKEN, or the one the gate wrote to
.gatehouse/admin-token (in GATE_DATA, if set) when it first started here.

Example:
  gate token create --name "shop deploys" --project shop --env staging,production`;

const OPTIONS = {
  ...CONNECTION,
  name: { type: 'string' },
  project: { type: 'string' },
  env: { type: 'string', multiple: true },
  kind: { type: 'string' },
  owner: { type: 'string' },
  'when-nobody-is-there': { type: 'string' },
  'expires-in': { type: 'string' },
  admin: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

type Flags = Values<typeof OPTIONS>;

/** `gate token`: credentials of clients. */
export async function run(argv: string[]): Promise<number> {
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    const [verb, ...rest] = given.positionals;
    const wish = verb === 'create' ? readWish(given.values) : null;
    if (!verb || !['create', 'list', 'revoke'].includes(verb) || rest.length !== (verb === 'revoke' ? 1 : 0))
      throw new WrongUsage('say create, list or revoke ID', 'gate token --help shows how');
    const client = connectAsAdmin(given.values);
    if (wish) await create(client, wish, given.values);
    else if (verb === 'list') await list(client, given.values);
    else await revoke(client, rest[0]!);
    return 0;
  } catch (error) {
    return stoppedBy(error);
  }
}

async function create(client: Client, wish: NewToken, { json }: Flags): Promise<void> {
  const made = (await client.call('POST', '/api/v1/tokens', wish)) as TokenBody & { token: string };
  if (json) {
    process.stdout.write(`${JSON.stringify(made)}\n`);
    return;
  }
  const words: Rows = [
    ['token', `${made.name} (${made.id})`],
    ['for', `${made.kind}, project ${made.project}, ${environmentsOf(made)}`],
    ['owner', made.owner],
    ['unattended', UNATTENDED[made.when_nobody_is_there]],
    ['good until', made.expires_at ?? 'revoked'],
  ];
  process.stderr.write(aligned(words));
  process.stderr.write('It is shown only now. Keep it as a secret, as GATE_TOKEN of the client:\n');
  process.stdout.write(`${made.token}\n`);
}

async function list(client: Client, { json }: Flags): Promise<void> {
  const { tokens } = (await client.call('GET', '/api/v1/tokens')) as { tokens: TokenBody[] };
  if (json) {
    process.stdout.write(tokens.map((token) => `${JSON.stringify(token)}\n`).join(''));
    return;
  }
  const rows = tokens.map((token) => [
    token.id,
    token.name,
    token.role === 'admin' ? 'admin' : token.kind,
    token.project,
    environmentsOf(token),
    token.role === 'admin' ? '-' : token.when_nobody_is_there,
    day(token.last_used_at) ?? 'never',
    stateOf(token),
  ]);
  const columns = ['ID', 'NAME', 'KIND', 'PROJECT', 'ENVIRONMENTS', 'NOBODY THERE', 'LAST USED', 'STATE'];
  process.stdout.write(table(columns, rows));
}

async function revoke(client: Client, id: string): Promise<void> {
  await client.call('DELETE', `/api/v1/tokens/${encodeURIComponent(id)}`);
  process.stderr.write(`revoked ${id}: it is no good from now on\n`);
}

function readWish(flags: Flags): NewToken {
  const { name, project, env, kind, owner, admin } = flags;
  if (!name) throw new WrongUsage('--name is missing', 'say what the token is for: --name "shop deploys"');
  if (!admin && !project) throw new WrongUsage('--project is missing', 'name one, or "*" for every project');
  if (!admin && !env) throw new WrongUsage('--env is missing', 'name environments, or "*" for every one');
  if (kind && !['ci', 'human', 'agent'].includes(kind))
    throw new WrongUsage(`there is no kind ${kind}`, 'ci, human or agent');
  const unattended = flags['when-nobody-is-there'];
  if (unattended !== undefined && !isUnattended(unattended))
    throw new WrongUsage(
      `--when-nobody-is-there is not ${unattended}`,
      'wait as usual, deny at once, or page whoever is on call at once',
    );
  const environments = (env ?? ['*']).flatMap((names) => names.split(',')).filter(Boolean);
  return {
    name,
    project: project ?? '*',
    environments: environments.includes('*') ? null : environments,
    ...(kind && { kind: kind as NewToken['kind'] }),
    ...(owner && { owner }),
    ...(unattended && { when_nobody_is_there: unattended }),
    ...(admin && { role: 'admin' as const }),
    ...(flags['expires-in'] && { expires_in_days: readDays(flags['expires-in']) }),
  };
}

const isUnattended = (word: string): word is WhenNobodyIsThere =>
  (WHEN_NOBODY_IS_THERE as readonly string[]).includes(word);

/** Said of a token that does not wait as usual. */
const UNATTENDED: Record<WhenNobodyIsThere, string | null> = {
  wait: null,
  deny: 'denied at once when no reviewer is there',
  page: 'whoever is on call is paged at once when no reviewer is there',
};

const environmentsOf = ({ environments }: TokenBody): string =>
  environments?.join(', ') ?? 'every environment';
const day = (at: string | null): string | null => at?.slice(0, 10) ?? null;

function stateOf({ revoked_at, expires_at }: TokenBody): string {
  if (revoked_at) return `revoked ${day(revoked_at)}`;
  if (expires_at && Date.parse(expires_at) < Date.now()) return `expired ${day(expires_at)}`;
  return expires_at ? `good until ${day(expires_at)}` : 'good';
}
