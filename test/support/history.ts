import { sql } from 'drizzle-orm';
import { parseDuration } from '../../src/core/duration.ts';
import type { Caller } from '../../src/gate/authenticate.ts';
import type { Deps } from '../../src/gate/deps.ts';
import type { Ask } from '../../src/gate/submit.ts';
import { vote } from '../../src/gate/vote.ts';
import type { Database } from '../../src/store/database.ts';
import { voterNamed } from './deps.ts';
import { mustSubmit } from './verbs.ts';

/** Asks for shell text and has somebody decide; `ago` moves it back, as `3d`. */
export async function decided(
  deps: Deps,
  caller: Caller,
  given: { text: string; verdict: 'approve' | 'deny'; by: string; ago?: string; over?: Partial<Ask> },
): Promise<string> {
  const { id } = await mustSubmit(deps, caller, {
    command: { kind: 'shell', text: given.text },
    ...given.over,
  });
  const voter = voterNamed(given.by);
  await vote(deps, { requestId: id, voter, verdict: given.verdict, reason: null, method: 'card' });
  if (given.ago) await moveBack(deps.database, id, given.ago);
  return id;
}

export const moveBack = (database: Database, id: string, ago: string) => {
  const by = sql`make_interval(secs => ${parseDuration(ago)})`;
  return database.rows(sql`update requests set created_at = created_at - ${by}, decided_at = decided_at - ${by},
    expires_at = expires_at - ${by} where id = ${id}`);
};

/** Makes this many copies of a decided request, spread evenly over the last 80 days, each with a command of its own. */
export async function multiply(database: Database, id: string, count: number): Promise<void> {
  const slice = 10_000;
  for (let from = 1; from <= count; from += slice)
    await database.rows(sql`
      insert into requests select made.* from requests req,
        generate_series(${from}::int, ${Math.min(count, from + slice - 1)}::int) n,
        lateral jsonb_populate_record(req, jsonb_build_object(
          'id', req.id || '_' || n, 'idempotency_key', null,
          'command', jsonb_build_object('kind', 'shell', 'text', 'deployctl release web-' || (n % 50) || ' --build ' || n),
          'created_at', req.created_at - n * interval '80 days' / ${count}::int,
          'decided_at', req.decided_at - n * interval '80 days' / ${count}::int)) made
      where req.id = ${id}`);
}
