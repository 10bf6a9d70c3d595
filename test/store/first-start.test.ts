import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { openEmbedded } from '../../src/store/database.ts';
import { freshDirectory } from '../support/gate-process.ts';

const rulesIn = async (directory: string): Promise<number> => {
  const database = await openEmbedded({ directory });
  const [row] = await database.rows<{ n: number }>(sql`select count(*)::int as n from rules_version`);
  await database.close();
  return row?.n ?? -1;
};

it('begins anew after a first start that was killed half-way, and never after another', async () => {
  const directory = path.join(freshDirectory(), 'database');
  mkdirSync(directory, { recursive: true });
  // What a killed initdb leaves: a version and half of the rest.
  writeFileSync(path.join(directory, 'PG_VERSION'), '18\n');
  writeFileSync(`${directory}.unfinished`, '');
  expect(await rulesIn(directory)).toBe(0);
  expect(existsSync(`${directory}.unfinished`)).toBe(false);
  expect(readdirSync(directory)).toContain('pg_wal');

  const database = await openEmbedded({ directory });
  await database.rows(sql`insert into rules_version (id, version) values ('main', 1)`);
  await database.close();
  expect(await rulesIn(directory)).toBe(1);
});
