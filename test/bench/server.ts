import { createHash, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import { Hono } from 'hono';
import postgres from 'postgres';
import { readConfig } from '../../src/config/config.ts';
import { compileRule } from '../../src/core/rules/compile.ts';
import { coverage } from '../../src/core/rules/covers.ts';
import { RuleIndex } from '../../src/core/rules/rule-index.ts';
import { createToken } from '../../src/gate/tokens.ts';
import { startGatehouse } from '../../src/main.ts';
import { type Database, openEmbedded, openPostgres } from '../../src/store/database.ts';
import { chainOnto, writing } from '../../src/store/records.ts';
import { storing } from '../../src/store/write-together.ts';
import { makeRules } from './rules-workload.ts';

/**
 * One server to measure, in a process of its own. `BENCH_SERVER` says which:
 * `gatehouse`, the product (`BENCH_VARIABLES` are its variables, as JSON; without a Slack it asks all the same); `no-write`, the same with a database that answers the hot path at once and writes nothing;
 * `one-each`, the same with one INSERT of one small row for each request; `each-alone`, with everything that is stored
 * of a request, unchained, in one statement for each; `echo`, a bare Hono handler; `decide`, one that decides by
 * the rules; `insert`, one with one INSERT.
 */
const { BENCH_SERVER: kind = 'gatehouse', BENCH_DATABASE: databaseUrl } = process.env;
const RULES = Number(process.env.BENCH_RULES ?? 10_000);
const directory = mkdtempSync(path.join(tmpdir(), 'gatehouse-bench-server-'));
const CONFIG = `
url: http://gate.example.com
environments:
  production: { channel: "#deploys", reviewers: channel }
limits: { requests_per_second: 1000000, burst: 1000000, pending_per_token: 1000000 }
`;

const open = (): Promise<Database> =>
  databaseUrl ? openPostgres(databaseUrl) : openEmbedded({ directory: path.join(directory, 'database') });

async function insertRules({ rows }: Database): Promise<void> {
  await rows(sql`
    insert into rules (id, text, environment, project, source, allows_critical, match, not_match, created_at, created_by,
      created_by_name, confirmed_at, hits)
    select 'rul_' || n, text, '*', '*', 'manual', true, '[]', '[]', now(), 'bench', 'bench', now(), 0
    from json_array_elements_text(${JSON.stringify(makeRules(RULES))}::text::json) with ordinality as rule(text, n)`);
  await rows(sql`insert into rules_version (id, version) values ('main', 1)
    on conflict (id) do update set version = rules_version.version + 1`);
}

/** Answers the queries of the hot path at once, as a database would that knows only this token. */
function withoutWriting(database: Database): Database {
  const dialect = new PgDialect();
  let token: object | null = null;
  const quick = {
    ...database.quick,
    rows: async <T>(query: Parameters<Database['rows']>[0], within?: never): Promise<T[]> => {
      const { sql: text, params } = dialect.sqlToQuery(query);
      if (text.includes('from tokens')) {
        token ??= (await database.rows<object>(query, within))[0] ?? null;
        return token ? [{ ...token, isStale: false } as T] : [];
      }
      if (text.includes('left join chain_head')) {
        const asks = JSON.parse(String(params[0])) as unknown[];
        const found = {
          now: Date.now(),
          familySeen: true,
          requesterSeen: true,
          sameMinutesAgo: null,
          recent: 100,
          deniedAt: null,
          deniedReason: null,
          rulesVersion: 1,
          seq: 1,
          hash: `sha256:${'0'.repeat(64)}`,
          concernsOthers: false,
        };
        return asks.map((_, n) => ({ ...found, n }) as T);
      }
      if (text.includes('asked as (')) return [];
      return database.rows<T>(query, within);
    },
  };
  return { ...database, quick };
}

async function startProduct(): Promise<{ port: number; token: string; stop(): Promise<void> }> {
  const opened = await open();
  await insertRules(opened);
  const database = kind === 'no-write' ? withoutWriting(opened) : opened;
  const config = readConfig(CONFIG, {
    ...(JSON.parse(process.env.BENCH_VARIABLES ?? '{}') as Record<string, string>),
    PORT: '0',
    HOST: '127.0.0.1',
    GATE_DATA: path.join(directory, 'data'),
    GATE_SIGNING_KEY: generateKeyPairSync('ed25519')
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString(),
  });
  const gate = await startGatehouse(config, { database });
  gate.deps.canAsk = true;
  if (kind === 'one-each') {
    await database.rows(sql`create table bench_passed (id bigserial primary key, row jsonb)`);
    insertEach(gate.deps);
  }
  if (kind === 'each-alone') storeEach(gate.deps);
  const { secret } = await createToken(gate.deps, 'bench', {
    name: 'bench',
    role: 'client',
    kind: 'ci',
    project: 'shop',
    environments: null,
    owner: null,
    expiresInDays: null,
  });
  return { port: Number(new URL(gate.address).port), token: secret, stop: gate.close };
}

/** Each request is signed and inserted by itself, as soon as it comes, over a pool of ten connections. */
type GateDeps = Awaited<ReturnType<typeof startGatehouse>>['deps'];

function insertEach(deps: GateDeps): void {
  const together = deps.together;
  deps.together = {
    ...together,
    write: async ({ request: row }) => {
      if (!row) return null;
      const at = row.createdAt;
      const facts = {};
      const bodies = (['requested', 'approved'] as const).map((type) => ({
        type,
        subject: row.id,
        digest: row.digest,
        facts,
        at,
      }));
      const { rows: records } = chainOnto({ seq: 0, hash: null }, deps, bodies);
      const grant = records[1]?.envelope ?? null;
      await deps.database.rows(sql`
        insert into bench_passed (row) values (${JSON.stringify({ ...row, grant, records })}::text::jsonb)`);
      return records.map(({ envelope }) => envelope);
    },
  };
}

/** What `writeTogether` stores, for each request by itself and without a chain that one has to wait for. */
function storeEach(deps: GateDeps): void {
  let seq = 0;
  deps.together = {
    ...deps.together,
    write: async ({ request: row, records }) => {
      if (!row) return null;
      const sealed = chainOnto({ seq, hash: null }, deps, records);
      seq = sealed.end.seq;
      const stored = { ...row, grant: sealed.rows[1]?.envelope ?? null };
      await deps.database.rows(sql`
        with asked as (${storing([stored])} returning id, use_by),
        written as (${writing(sealed.rows)}),
        due as (insert into timers (kind, request_id, due_at, attempts) select 'lapse', id, use_by, 0 from asked)
        update rules set hits = hits + 1, last_matched_at = now()
        where id in (select jsonb_array_elements_text(${JSON.stringify(row.rules)}::text::jsonb))`);
      return sealed.rows.map(({ envelope }) => envelope);
    },
  };
}

async function startBare(): Promise<{ port: number; token: string; stop(): Promise<void> }> {
  const app = new Hono();
  const index = new RuleIndex<number>();
  if (kind === 'decide')
    for (const [i, text] of makeRules(RULES).entries()) {
      const compiled = compileRule(text);
      if (compiled.valid) index.add(compiled.rule, i);
    }
  const insert = kind === 'insert' ? await inserter() : null;
  app.post('/api/v1/requests', async (c) => {
    const body = await c.req.json<{ command: string; environment: string }>();
    const text = body.command;
    if (kind === 'decide')
      return c.json(coverage(index, { kind: 'shell', text }).covered ? { ok: true } : {}, 200);
    if (insert) await insert(JSON.stringify(body));
    return c.json({ ok: true, environment: body.environment });
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
  return {
    port: (server.address() as { port: number }).port,
    token: 'gate_nobody-asks',
    stop: async () => void server.close(),
  };
}

async function inserter(): Promise<(body: string) => Promise<unknown>> {
  const table =
    'create table if not exists inserted (id bigserial primary key, hash text, body jsonb, at timestamptz)';
  const hashOf = (body: string) => createHash('sha256').update(body).digest('hex');
  if (databaseUrl) {
    const client = postgres(databaseUrl, { max: 10, onnotice: () => {} });
    await client.unsafe(table);
    return (body) =>
      client`insert into inserted (hash, body, at) values (${hashOf(body)}, ${body}::text::jsonb, now())`;
  }
  const { PGlite } = await import('@electric-sql/pglite');
  const pglite = await PGlite.create({ dataDir: path.join(directory, 'bare') });
  await pglite.exec(table);
  return (body) =>
    pglite.query('insert into inserted (hash, body, at) values ($1, $2::text::jsonb, now())', [
      hashOf(body),
      body,
    ]);
}

const isBare = ['echo', 'decide', 'insert'].includes(kind);
const started = await (isBare ? startBare() : startProduct());
process.send?.({ port: started.port, token: started.token });
// Asked for its memory, it answers when its garbage is gone.
process.on('message', () => {
  globalThis.gc?.();
  process.send?.({
    rss: process.memoryUsage().rss,
    heap: process.memoryUsage().heapUsed,
    cpu: process.cpuUsage(),
  });
});
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => void started.stop().finally(() => process.exit()));
