import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Replicas, startReplicas } from '../support/replicas.ts';
import { inForm, measured } from './form.ts';

const COUNT = inForm(1000, 5000);

describe('timers that are due in the same second', () => {
  let world: Replicas;
  beforeAll(async () => {
    world = await startReplicas('http');
  });
  afterAll(() => world.close());

  it('each fires once, hardly late, though one of two replicas is killed', async () => {
    const { database, a } = world;
    const { id } = await world.ask(a, 'production', 'echo', 'the first of many');
    await database.rows(sql`
      insert into requests
      select (jsonb_populate_record(r, jsonb_build_object(
        'id', 'req_' || lpad(n::text, 26, '0'), 'idempotency_key', 'copy-' || n, 'version', 1,
        'heartbeat_seconds', null, 'heartbeat_until', null, 'batch_id', null, 'leader_id', null,
        'expires_at', now() + interval '8 seconds'))).*
      from requests r, generate_series(1, ${COUNT}) as n where r.id = ${id}`);
    await database.rows(sql`
      insert into timers (kind, request_id, due_at, attempts)
      select 'expire', id, expires_at, 0 from requests where idempotency_key like 'copy-%'`);
    const pending = async () => {
      const [row] = await database.rows<{ n: number }>(
        sql`select count(*)::int as n from requests where state = 'pending' and idempotency_key like 'copy-%'`,
      );
      return row?.n ?? 0;
    };
    while ((await pending()) > COUNT * 0.9) await new Promise((resolve) => setTimeout(resolve, 20));
    const killed = world.b.kill();
    await killed;
    while ((await pending()) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
    const [late] = await database.rows<{ p50: number; p99: number; max: number; n: number }>(sql`
      select percentile_cont(0.5) within group (order by late)::float8 as p50,
        percentile_cont(0.99) within group (order by late)::float8 as p99, max(late)::float8 as max, count(*)::int as n
      from (select extract(epoch from decided_at - expires_at) as late from requests
        where idempotency_key like 'copy-%') as each`);
    const [records] = await database.rows<{ n: number; ids: number }>(sql`
      select count(*)::int as n, count(distinct request_id)::int as ids from records where type = 'expired'
        and request_id like 'req_00000%'`);
    expect(records).toEqual({ n: COUNT, ids: COUNT });
    // The short form shares its cores with another test.
    expect(late?.p99).toBeLessThan(inForm(15, 5));
    expect(late?.max).toBeLessThan(inForm(20, 10));
    const ms = (seconds = 0) => Math.round(seconds * 1000);
    measured({
      case: 'T3',
      promise: `${COUNT} deadlines in the same second, one of two servers killed in the middle: each fires once`,
      runs: COUNT,
      figures: {
        'late p50, ms': ms(late?.p50),
        'late p99, ms': ms(late?.p99),
        'late at most, ms': ms(late?.max),
      },
    });
  }, 120_000);
});
