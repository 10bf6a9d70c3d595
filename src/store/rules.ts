import { and, desc, eq, ilike, inArray, isNotNull, isNull, like, or, sql } from 'drizzle-orm';
import type { Db, Tx } from './database.ts';
import { rules, rulesVersion } from './schema.ts';

export type RuleRow = typeof rules.$inferSelect;

const VERSION = 'main';

/** How often the rules changed: one small read that tells a replica whether the rules it knows are the rules. */
export async function rulesVersionNow(db: Db | Tx): Promise<number> {
  const [row] = await db
    .select({ version: rulesVersion.version })
    .from(rulesVersion)
    .where(eq(rulesVersion.id, VERSION));
  return row?.version ?? 0;
}

/** Counts a change of the rules, in the transaction that makes it. */
export const countRulesChange = (tx: Tx) =>
  tx
    .insert(rulesVersion)
    .values({ id: VERSION, version: 1 })
    .onConflictDoUpdate({ target: rulesVersion.id, set: { version: sql`${rulesVersion.version} + 1` } });

/** Every rule that is confirmed, not revoked and not suspended; whether one has expired is asked at each decision. */
export const rulesInForce = (db: Db | Tx): Promise<RuleRow[]> =>
  db
    .select()
    .from(rules)
    .where(
      and(
        isNull(rules.revokedAt),
        isNotNull(rules.confirmedAt),
        isNull(rules.suspendedAt),
        sql`(${rules.expiresAt} is null or now() < ${rules.expiresAt})`,
      ),
    );

/** Rules in force or suspended that hold in all of this environment and project, and nowhere else. */
export const rulesOfScope = (
  tx: Tx,
  { environment, project }: { environment: string; project: string },
): Promise<RuleRow[]> =>
  tx
    .select()
    .from(rules)
    .where(
      and(
        eq(rules.environment, environment),
        eq(rules.project, project),
        isNull(rules.revokedAt),
        isNotNull(rules.confirmedAt),
        sql`(${rules.expiresAt} is null or now() < ${rules.expiresAt})`,
      ),
    )
    .orderBy(rules.id);

/** Rules that came with a suggestion and are still there. */
export const rulesMadeBy = (tx: Tx, suggestionId: string): Promise<RuleRow[]> =>
  tx
    .select()
    .from(rules)
    .where(and(eq(rules.suggestionId, suggestionId), isNull(rules.revokedAt)))
    .orderBy(rules.id)
    .for('update');

/** Rules that left for a suggestion. */
export const rulesLeftFor = (tx: Tx, suggestionId: string): Promise<RuleRow[]> =>
  tx
    .select()
    .from(rules)
    .where(and(eq(rules.revokedFor, suggestionId), isNotNull(rules.revokedAt)))
    .orderBy(rules.id)
    .for('update');

export interface RuleFilter {
  environment?: string;
  project?: string;
  /** Only rules of one of these. */
  environments?: string[];
  projects?: string[];
  /** A part of its text. */
  search?: string;
  /** Revoked and expired ones too. */
  all?: boolean;
  limit?: number;
  offset?: number;
}

const wanted = (filter: RuleFilter) =>
  and(
    filter.all ? undefined : isNull(rules.revokedAt),
    filter.all ? undefined : sql`(${rules.expiresAt} is null or now() < ${rules.expiresAt})`,
    filter.environment ? eq(rules.environment, filter.environment) : undefined,
    filter.project ? eq(rules.project, filter.project) : undefined,
    filter.environments ? inArray(rules.environment, filter.environments) : undefined,
    filter.projects ? inArray(rules.project, filter.projects) : undefined,
    filter.search ? ilike(rules.text, `%${filter.search.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
  );

/** Latest first. */
export const listRules = (db: Db | Tx, filter: RuleFilter = {}): Promise<RuleRow[]> =>
  db
    .select()
    .from(rules)
    .where(wanted(filter))
    .orderBy(desc(rules.createdAt), desc(rules.id))
    .limit(filter.limit ?? 1000)
    .offset(filter.offset ?? 0);

/** How many there are on all pages, and the database's time (ms), by which they expire. */
export async function countRules(db: Db | Tx, filter: RuleFilter): Promise<{ total: number; now: number }> {
  const [row] = await db
    .select({
      total: sql<number>`count(*)::int`,
      now: sql<number>`(extract(epoch from now()) * 1000)::float8`,
    })
    .from(rules)
    .where(wanted(filter));
  return { total: row?.total ?? 0, now: row?.now ?? 0 };
}

export async function findRule(db: Db | Tx, id: string): Promise<RuleRow | null> {
  const [row] = await db.select().from(rules).where(eq(rules.id, id));
  return row ?? null;
}

/** Rules whose id begins with this text (at least six characters after `rul_`): people type short ids. */
export function findRulesByPrefix(db: Db | Tx, prefix: string): Promise<RuleRow[]> {
  const plain = prefix
    .toLowerCase()
    .replace(/^rul_/, '')
    .replace(/[^a-z0-9]/g, '');
  if (plain.length < 6) return Promise.resolve([]);
  return db
    .select()
    .from(rules)
    .where(like(rules.id, `rul_${plain}%`))
    .limit(2);
}

/** Takes these rules, in one order for everybody: whoever changes several waits for no one who waits for it. */
export const lockRules = (tx: Tx, ids: string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : tx.select({ id: rules.id }).from(rules).where(inArray(rules.id, ids)).orderBy(rules.id).for('update');

/** Notes that rules let a command pass, or would have. */
export async function countHits(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  if (ids.length > 1) await lockRules(tx, ids);
  await tx
    .update(rules)
    .set({ hits: sql`${rules.hits} + 1`, lastMatchedAt: sql`now()` })
    .where(inArray(rules.id, ids));
}

/** Notes that rules in the shadow would have let a command pass. */
export async function countShadowHits(tx: Tx, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  if (ids.length > 1) await lockRules(tx, ids);
  await tx
    .update(rules)
    .set({ shadowHits: sql`${rules.shadowHits} + 1`, lastMatchedAt: sql`now()` })
    .where(inArray(rules.id, ids));
}

/** Rules that came with a suggestion, or left for it. */
export const rulesOfSuggestion = (db: Db | Tx, suggestionId: string): Promise<RuleRow[]> =>
  db
    .select()
    .from(rules)
    .where(or(eq(rules.suggestionId, suggestionId), eq(rules.revokedFor, suggestionId)))
    .orderBy(rules.id);

/** Rules in force that read so and hold just there. */
export const rulesReading = (
  db: Db | Tx,
  { environment, project }: { environment: string; project: string },
  texts: string[],
): Promise<RuleRow[]> =>
  db
    .select()
    .from(rules)
    .where(
      and(
        eq(rules.environment, environment),
        eq(rules.project, project),
        inArray(rules.text, texts),
        isNull(rules.revokedAt),
      ),
    )
    .orderBy(rules.id);

/** Rules that a denial took out of force, the latest first. */
export const suspendedRules = (db: Db | Tx, environments: string[], limit: number): Promise<RuleRow[]> =>
  db
    .select()
    .from(rules)
    .where(
      and(inArray(rules.environment, environments), isNull(rules.revokedAt), isNotNull(rules.suspendedAt)),
    )
    .orderBy(desc(rules.suspendedAt), rules.id)
    .limit(limit);

/** Rules that are there: in force, in the shadow or suspended. */
export const rulesPresent = (db: Db | Tx): Promise<RuleRow[]> =>
  db
    .select()
    .from(rules)
    .where(
      and(
        isNull(rules.revokedAt),
        isNotNull(rules.confirmedAt),
        sql`(${rules.expiresAt} is null or now() < ${rules.expiresAt})`,
      ),
    )
    .orderBy(rules.id);

export const rulesNamed = (db: Db | Tx, ids: string[]): Promise<RuleRow[]> =>
  db.select().from(rules).where(inArray(rules.id, ids)).orderBy(rules.id);
