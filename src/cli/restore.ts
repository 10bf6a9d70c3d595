import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Misconfigured } from '../client.ts';
import { otherSecrets, putInPlace, unpack } from '../store/archive.ts';
import { openEmbedded } from '../store/database.ts';
import { endOpenApprovals, examineChain } from '../store/whole-chain.ts';
import { readArguments, WrongUsage } from './arguments.ts';
import { dataDirectory, inWords } from './backup.ts';

const HELP = `gate restore --from FILE

Puts a backup of gate backup into the data directory (./.gatehouse, or GATE_DATA),
which must not have a database: nothing is written over. The chain of records is
checked first. Approvals that were not used yet when the backup was made are void:
they may have been used since. What was decided since is lost; requests that waited
then are asked about again, or denied when their time is over.

On PostgreSQL, into an empty database, before the gate starts:
  pg_restore --no-owner --exit-on-error --dbname="$DATABASE_URL" gatehouse.dump
and start the gate with the same signing key, once use_within has passed since the dump.

  --from FILE   what gate backup wrote

Example:
  gate restore --from /var/backups/gatehouse-2026-03-01.tgz
`;

/** `gate restore`: all of it, or nothing. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: { from: { type: 'string' } }, help: HELP });
  if (!given) return 0;
  if (!given.values.from) throw new WrongUsage('--from is missing', 'gate restore --from FILE');
  const file = path.resolve(given.values.from);
  const directory = dataDirectory(
    'pg_restore --no-owner --exit-on-error --dbname="$DATABASE_URL" gatehouse.dump',
  );
  if (!existsSync(file)) throw new Misconfigured(`there is no ${file}`, 'name what gate backup wrote');
  if (existsSync(path.join(directory, 'database')))
    throw new Misconfigured(
      `${directory} has a database`,
      `stop the gate and move it away: mv ${directory} ${directory}.before`,
    );

  const copy = await unpack(file, directory).catch((error: Error) => {
    throw new Misconfigured(error.message, 'name what gate backup wrote');
  });
  try {
    const others = otherSecrets(copy, directory);
    if (others.length > 0)
      throw new Misconfigured(
        `${directory} has another ${others.join(' and ')} than the backup`,
        `move it away: clients trust the key of the backup. mv ${directory} ${directory}.before`,
      );
    const database = await openEmbedded({ directory: path.join(copy, 'database') });
    const examined = await examineChain(database);
    const voided = examined.fault === null ? await endOpenApprovals(database) : 0;
    await database.close();
    if (examined.fault !== null)
      throw new Misconfigured(
        `the chain of records in the backup is broken: ${examined.fault}`,
        'restore another backup',
      );
    putInPlace(copy, directory);
    process.stdout.write(`Restored  into ${directory}: ${inWords(examined)}\n`);
    if (voided > 0) process.stdout.write(`Void      ${voided} approvals that were not used yet\n`);
    return 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}
