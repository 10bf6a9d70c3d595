import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/config.ts';
import { loadSigningKey } from '../config/data-directory.ts';
import { fault, ok, type Said } from './finding.ts';
import type { Site } from './site.ts';

/** Can the signing key be read, by nobody else, and is it the one that signed the records? */
export async function lookAtKeys(site: Site): Promise<Said[]> {
  const { config } = site;
  const open = ['signing-key.pem', 'admin-token'].flatMap((name) =>
    readByOthers(path.join(config.dataDirectory, name)),
  );
  const key = readKey(config);
  if ('status' in key) return [...open, key];
  const signed = await signersOf(site);
  return [...open, ...matches(key.id, signed, config)];
}

/** The key's id; null: there is none yet. Reads and makes nothing. */
function readKey(config: Config): { id: string | null } | Said {
  const file = path.join(config.dataDirectory, 'signing-key.pem');
  try {
    if (!config.signingKey) readFileSync(file);
    return { id: loadSigningKey(config).id };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { id: null };
    const where = config.signingKey ? 'GATE_SIGNING_KEY' : file;
    const mend = config.signingKey
      ? 'set it to an Ed25519 private key in PEM, or to that in base64: openssl genpkey -algorithm ed25519'
      : 'let the user of the gate read it (chown), or restore it from a backup';
    return fault(`${where} cannot be read: ${message.split('\n')[0]}`, mend);
  }
}

function readByOthers(file: string): Said[] {
  const mode = statSync(file, { throwIfNoEntry: false })?.mode;
  if (mode === undefined || (mode & 0o077) === 0) return [];
  const shown = (mode & 0o777).toString(8);
  return [fault(`others on this machine can read ${file} (mode ${shown})`, `chmod 600 ${file}`)];
}

/** The ids of the keys whose records the database has; null: it cannot be seen. */
async function signersOf(site: Site): Promise<string[] | null> {
  const seen = await site.database();
  if (seen.is === 'open') return seen.examined.signingKeys;
  if (seen.is === 'absent') return [];
  const server = await site.server();
  return seen.is === 'held' && server.is === 'running' ? server.keys : null;
}

function matches(id: string | null, signed: string[] | null, { dataDirectory }: Config): Said[] {
  const mend = `give this process the key that signed them: GATE_SIGNING_KEY, or signing-key.pem in ${dataDirectory}`;
  if (id === null && signed && signed.length > 0)
    return [
      fault(
        `the records of the database are signed by key ${signed.join(', ')}, and there is none here`,
        mend,
      ),
    ];
  if (id === null) return [ok('the signing key is made at the first start')];
  if (signed === null) return [ok(`signing key ${id}; not compared with the database`)];
  if (signed.length > 0 && !signed.includes(id))
    return [
      fault(
        `the records of the database are signed by key ${signed.join(', ')}, the one here is ${id}`,
        mend,
      ),
    ];
  return [ok(`signing key ${id}${signed.length > 0 ? ', which signed the records of the database' : ''}`)];
}
