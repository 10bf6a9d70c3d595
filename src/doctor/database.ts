import { fault, note, ok, type Said } from './finding.ts';
import type { DatabaseSeen, Site } from './site.ts';

/** The oldest PostgreSQL that the tables need. */
const OLDEST = 150_000;

/** Is the database there, sound, of a fitting version, and as far as this version of the gate? */
export async function lookAtDatabase(site: Site): Promise<Said[]> {
  const seen = await site.database();
  switch (seen.is) {
    case 'absent':
      return [ok('embedded: made at the first start'), ...embedded(site)];
    case 'held':
      return heldBy(seen.by, site);
    case 'out of reach':
      return [unreachable(seen.error, site)];
    case 'open':
      return site.config.databaseUrl ? postgres(seen) : [...migrated(seen, 'embedded'), ...embedded(site)];
  }
}

type Open = Extract<DatabaseSeen, { is: 'open' }>;

function postgres(seen: Open): Said[] {
  const { version, versionName, isStandby, isDurable } = seen.examined;
  const name = `PostgreSQL ${versionName.split(' ')[0]}`;
  if (version < OLDEST)
    return [
      fault(
        `${name} is too old`,
        'the gate needs PostgreSQL 15 or newer: upgrade it, or name another in DATABASE_URL',
      ),
    ];
  if (isStandby)
    return [fault(`${name} is a standby: nothing can be written`, 'name the primary in DATABASE_URL')];
  return [
    ...migrated(seen, name),
    ...(isDurable === false
      ? [
          note(
            'it does not wait for its disk: a power cut can take decisions back',
            'set fsync = on and synchronous_commit = on in postgresql.conf',
          ),
        ]
      : []),
  ];
}

function migrated({ examined }: Open, name: string): Said[] {
  const { applied, known, isNewer } = examined.migrations;
  const size = `${Math.ceil(examined.bytes / 2 ** 20)} MB`;
  if (isNewer)
    return [
      fault(
        `${name}: a newer Gatehouse has migrated it`,
        'install that version here, too; an older one does not know these tables',
      ),
    ];
  if (applied === known) return [ok(`${name}, all ${known} migrations applied, ${size}`)];
  const left = `${known - applied} of ${known} migrations not applied yet`;
  if (examined.mayMigrate) return [ok(`${name}, ${size}; ${left}: the next start applies them`)];
  return [
    fault(
      `${name}: ${left}, and this user may not`,
      'grant it: GRANT CREATE ON DATABASE … and GRANT CREATE ON SCHEMA public TO the user of DATABASE_URL',
    ),
  ];
}

/** It is what it is: said once, where it matters. */
function embedded({ config }: Site): Said[] {
  if (![...config.environments.values()].some(({ production }) => production)) return [];
  return [
    note(
      'embedded: survives a crash of the process, not of the machine; one server only',
      'for production set DATABASE_URL to a PostgreSQL 15 or newer',
    ),
  ];
}

/** A running gate has the embedded database for itself: it says how it is. */
async function heldBy(process: string, site: Site): Promise<Said[]> {
  const server = await site.server();
  if (server.is !== 'running')
    return [
      fault(
        `process ${process} has the embedded database, and no gate answers at ${server.address}`,
        `set PORT and HOST as that process has them, or stop it: kill ${process}`,
      ),
    ];
  const check = server.checks.find(({ name }) => name === 'database');
  if (!check?.ok)
    return [
      fault('the running gate says that its database does not answer', check?.mend ?? 'look into its log'),
    ];
  return [
    ok(`embedded, in use by the gate that runs (process ${process}): it says the database answers`),
    ...embedded(site),
  ];
}

function unreachable(error: unknown, { config }: Site): Said {
  if (!config.databaseUrl)
    return fault(
      `the embedded database in ${config.dataDirectory} cannot be opened: ${firstLine(error)}`,
      'restore it from a backup, or move the directory away: the gate then makes a new one',
    );
  const { hostname, port, username, pathname } = new URL(config.databaseUrl);
  const place = `${hostname || 'localhost'}:${port || 5432}`;
  const name = decodeURIComponent(pathname.slice(1)) || username;
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return fault(`nothing listens at ${place}`, 'start PostgreSQL there, or mend DATABASE_URL');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fault(`the host ${hostname} is not known`, 'mend the host in DATABASE_URL');
    case 'CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
      return fault(
        `no answer from ${place}`,
        'let this machine through the firewall there, or mend DATABASE_URL',
      );
    case '28P01':
    case '28000':
      return fault(
        `PostgreSQL does not let ${username || 'this user'} in`,
        'mend user and password in DATABASE_URL',
      );
    case '3D000':
      return fault(`there is no database ${name} at ${place}`, `make it: createdb ${name}`);
    case '53300':
      return fault('PostgreSQL has no connection left', 'raise max_connections, or close what is not needed');
    default:
      return fault(
        `PostgreSQL at ${place}: ${firstLine(error)}`,
        'mend DATABASE_URL, or look into the log of PostgreSQL',
      );
  }
}

/** drizzle wraps what the driver throws. */
function codeOf(error: unknown): string {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown };
  return code ?? (cause ? codeOf(cause) : '');
}

function firstLine(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: unknown };
  return cause ? firstLine(cause) : (String(message ?? error).split('\n')[0] ?? '').slice(0, 200);
}
