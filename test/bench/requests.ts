import type { Sql } from 'postgres';
import type { Served } from './processes.ts';

/** Asks for something that no rule covers. @returns the id of the request that waits */
export async function askOnce({ port, token }: Pick<Served, 'port' | 'token'>, n: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/requests`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      environment: 'production',
      argv: ['kubectl', 'drain', `node-${n}`],
      context: { run_id: `run-${n}`, repository: 'acme/new', sha: '7f3a9c1' },
    }),
  });
  if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

/** So many more requests like this one, without cards. @returns their ids */
export async function copyRequest(sql: Sql, id: string, count: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    insert into requests
    select (jsonb_populate_record(r, jsonb_build_object(
      'id', 'req_' || lpad(n::text, 26, '0'), 'idempotency_key', null, 'version', 1,
      'same_key', 'copy-' || n, 'leader_id', null, 'batch_id', null,
      'expires_at', now() + interval '1 hour'))).*
    from requests r, generate_series(1, ${count}) as n where r.id = ${id} returning id`;
  return rows.map((row) => row.id);
}

/** Ends them as their deadline does, with one notice each. */
export const endRequests = (sql: Sql, ids: string[]) =>
  sql.begin(async (tx) => {
    await tx`
      update requests set state = 'expired', version = version + 1, decided_at = now(),
        decision = '{"by": "deadline", "reason": null, "people": []}'
      where id = any(${ids})`;
    await tx`select pg_notify('gatehouse_requests', id) from unnest(${ids}::text[]) as id`;
  });
