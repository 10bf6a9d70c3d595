import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import path from 'node:path';

/** What a backup of a data directory holds: the embedded database and the secrets beside it. */
const SECRETS = ['signing-key.pem', 'admin-token'];
const PARTS = ['database', ...SECRETS];

/** Packs a data directory that nobody uses into a new file for this user alone. It appears whole or not at all. */
export async function pack(dataDirectory: string, file: string): Promise<{ parts: string[] }> {
  const parts = PARTS.filter((part) => existsSync(path.join(dataDirectory, part)));
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const output = openSync(draft, 'wx', 0o600);
  try {
    await tar(['-cz', '-f', '-', '-C', dataDirectory, ...parts], output);
    fsyncSync(output);
    // Unlike a rename it never replaces an older backup.
    linkSync(draft, file);
  } finally {
    closeSync(output);
    unlinkSync(draft);
  }
  return { parts };
}

/** Unpacks a backup into a new directory within `within`, for this user alone. Throws when it is no backup. */
export async function unpack(file: string, within: string): Promise<string> {
  const names = (await tar(['-tz', '-f', file])).split('\n').filter(Boolean);
  const stray = names.find((name) => !PARTS.includes(name.split('/')[0] ?? '') || name.includes('..'));
  if (stray !== undefined) throw new Error(`${file} is no backup of a gate: it holds ${stray}`);
  if (!names.includes('database/PG_VERSION'))
    throw new Error(`${file} is no backup of a gate: it holds no database`);
  mkdirSync(within, { recursive: true, mode: 0o700 });
  const directory = mkdtempSync(path.join(within, 'unpacked-'));
  try {
    await tar(['-xz', '--no-same-owner', '-f', file, '-C', directory]);
    chmodSync(path.join(directory, 'database'), 0o700);
    for (const secret of secretsIn(directory)) chmodSync(path.join(directory, secret), 0o600);
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
  return directory;
}

/** Secrets that already lie in `dataDirectory` and are others than those unpacked in `directory`. */
export const otherSecrets = (directory: string, dataDirectory: string): string[] =>
  secretsIn(directory)
    .filter((name) => existsSync(path.join(dataDirectory, name)))
    .filter((name) => read(directory, name) !== read(dataDirectory, name));

/** Moves what was unpacked to its place. The database comes last: until then a start would find none. */
export function putInPlace(directory: string, dataDirectory: string): void {
  for (const part of [...secretsIn(directory), 'database'])
    renameSync(path.join(directory, part), path.join(dataDirectory, part));
  rmSync(directory, { recursive: true, force: true });
}

const read = (directory: string, name: string): string => readFileSync(path.join(directory, name), 'utf8');
const secretsIn = (directory: string): string[] =>
  SECRETS.filter((name) => existsSync(path.join(directory, name)));

function tar(args: string[], output: number | 'pipe' = 'pipe'): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('tar', args, { stdio: ['ignore', output, 'pipe'] });
    let [told, complaint] = ['', ''];
    child.stdout?.on('data', (data: Buffer) => {
      told += data;
    });
    child.stderr?.on('data', (data: Buffer) => {
      complaint += data;
    });
    child.once('error', (error) => reject(new Error(`tar cannot be run: ${error.message}`)));
    child.once('close', (code) =>
      code === 0 ? resolve(told) : reject(new Error(`tar says: ${complaint.trim() || `exit ${code}`}`)),
    );
  });
}
