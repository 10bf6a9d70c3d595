import { sql } from 'drizzle-orm';
import type { Database } from '../../src/store/database.ts';

/** All that a database holds, in text; of records also what is signed, which is base64 inside. */
export async function dumpOf(database: Database): Promise<string> {
  const tables = await database.rows<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = 'public'`,
  );
  const parts = await Promise.all(
    tables.map(async ({ name }) => {
      const rows = await database.rows<{ row: string }>(
        sql`select to_jsonb(t)::text as row from ${sql.identifier(name)} as t`,
      );
      return rows.map(({ row }) => row).join('\n');
    }),
  );
  const payloads = await database.rows<{ payload: string }>(
    sql`select envelope->>'payload' as payload from records`,
  );
  return [...parts, ...payloads.map(({ payload }) => Buffer.from(payload, 'base64').toString())].join('\n');
}

/** Which of these secrets stand in which of these places. A secret is named by its first letters. */
export const leaksOf = (places: Record<string, string>, secrets: readonly string[]): string[] =>
  Object.entries(places).flatMap(([place, text]) =>
    secrets
      .filter((secret) => text.includes(secret))
      .map((secret) => `the secret ${secret.slice(0, 3)}… is in ${place}`),
  );
