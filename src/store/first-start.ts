import { existsSync, mkdirSync, openAsBlob, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/**
 * Makes a directory ready for a new embedded database, or leaves the one that is there alone. What a start that was
 * killed half-way left behind goes: no request was taken before `finished`.
 */
export function beginDirectory(directory: string): { isNew: boolean; finished: () => void } {
  const mark = `${directory}.unfinished`;
  if (existsSync(mark)) rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const isNew = !existsSync(path.join(directory, 'PG_VERSION'));
  if (isNew) writeFileSync(mark, '', { mode: 0o600 });
  return { isNew, finished: () => rmSync(mark, { force: true }) };
}

/**
 * A database as initdb leaves it, when the build kept one of this version of PGlite: saves two seconds and half a
 * gigabyte at the first start.
 */
export async function emptyDatabase(): Promise<Blob | undefined> {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  const version = dependencies['@electric-sql/pglite'];
  const file = fileURLToPath(new URL(`dist/empty-database-${version}.tgz`, ROOT));
  return existsSync(file) ? openAsBlob(file, { type: 'application/gzip' }) : undefined;
}
