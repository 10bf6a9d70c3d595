import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { fault, note, ok, type Said } from './finding.ts';
import type { Site } from './site.ts';

const LEAST = { faultBytes: 200 * 2 ** 20, noteBytes: 2 ** 30 };

/** Is there room in the data directory, and may the gate write there? */
export async function lookAtDisk({ config }: Site): Promise<Said[]> {
  const directory = nearest(config.dataDirectory);
  const { bavail, bsize } = statfsSync(directory);
  const free = bavail * bsize;
  const says = `${inWords(free)} free in ${config.dataDirectory}`;
  const mend = 'make room there, or choose another directory with GATE_DATA';
  if (!isWritable(directory))
    return [
      fault(`${directory} cannot be written to`, 'give it to the user of the gate (chown), or set GATE_DATA'),
    ];
  // With a PostgreSQL only the keys stand here.
  if (config.databaseUrl) return [free < 2 ** 20 ? fault(says, mend) : ok(says)];
  if (free < LEAST.faultBytes) return [fault(says, mend)];
  return [free < LEAST.noteBytes ? note(says, mend) : ok(says)];
}

function nearest(directory: string): string {
  return existsSync(directory) ? directory : nearest(path.dirname(directory));
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const inWords = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${Math.floor(bytes / 2 ** 30)} GB` : `${Math.floor(bytes / 2 ** 20)} MB`;
