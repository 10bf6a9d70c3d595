import { existsSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { Misconfigured } from '../client.ts';
import { pack, unpack } from '../store/archive.ts';
import { openEmbedded } from '../store/database.ts';
import { lockDirectory } from '../store/directory-lock.ts';
import { examineChain } from '../store/whole-chain.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { complain } from './say.ts';

const HELP = `gate backup --to FILE

Writes the data directory of a gate with an embedded database (./.gatehouse, or
GATE_DATA) into a new file: every request and record, the signing key and the
administrator's token. Whoever has the file can sign as the gate, so it is made for
this user alone (mode 0600). Then it is tried: unpacked, opened, and its chain of
records checked.

Stop the gate for it, it takes seconds. On PostgreSQL use pg_dump:
  pg_dump --format=custom --file=gatehouse.dump "$DATABASE_URL"
and keep GATE_SIGNING_KEY, or signing-key.pem of the data directory, with it.
gatehouse.yaml is in neither.

  --to FILE   a file that does not exist yet

Example:
  gate backup --to /var/backups/gatehouse-2026-03-01.tgz
`;

/** `gate backup`: exit 1 when there is none, or what was written is not whole. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: { to: { type: 'string' } }, help: HELP });
  if (!given) return 0;
  if (!given.values.to) throw new WrongUsage('--to is missing', 'gate backup --to FILE');
  const file = path.resolve(given.values.to);
  const directory = dataDirectory('pg_dump --format=custom --file=gatehouse.dump "$DATABASE_URL"');
  const database = path.join(directory, 'database');
  if (!existsSync(path.join(database, 'PG_VERSION')))
    throw new Misconfigured(`there is no database in ${directory}`, 'GATE_DATA names the data directory');
  if (existsSync(file))
    throw new Misconfigured(`${file} is there already`, 'name a new file: no backup is written over');

  const release = await lockDirectory(database).catch((error: Error) => {
    throw new Misconfigured(error.message, 'stop the gate, make the backup, start it again');
  });
  const { parts } = await pack(directory, file).finally(release);
  const megabytes = (statSync(file).size / 1024 / 1024).toFixed(1);
  process.stdout.write(`Written  ${file}, ${megabytes} MB, mode 0600: it holds ${parts.join(', ')}\n`);
  if (!parts.includes('signing-key.pem'))
    process.stdout.write('Missing  the signing key: keep GATE_SIGNING_KEY with it\n');

  const tried = await tryOut(file);
  if (tried.fault !== null) {
    complain(`the chain of records is broken: ${tried.fault}`, 'keep the data directory, and find out why');
    return 1;
  }
  process.stdout.write(`Tried    ${inWords(tried)}\n`);
  return 0;
}

/** The data directory. `instead` is for a gate that keeps its data elsewhere. */
export function dataDirectory(instead: string): string {
  if (process.env.DATABASE_URL)
    throw new Misconfigured('DATABASE_URL is set: this gate keeps its data in PostgreSQL', instead);
  return path.resolve(process.env.GATE_DATA || '.gatehouse');
}

export const inWords = (held: { records: number; requests: number; lastAt: Date | null }): string =>
  `${held.requests} requests; ${held.records} records, each signed and linked` +
  (held.lastAt ? `, the last of ${held.lastAt.toISOString()}` : '');

/** Beside the backup: there is room, and no other user reads it. */
async function tryOut(file: string) {
  const copy = await unpack(file, path.dirname(file));
  try {
    const database = await openEmbedded({ directory: path.join(copy, 'database') });
    return await examineChain(database).finally(() => database.close());
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
