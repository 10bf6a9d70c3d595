import { sql } from 'drizzle-orm';
import { type RunbookRule, runbookMarkdown } from '../../core/runbook/runbook.ts';
import type { Db } from '../../store/database.ts';
import { type RuleRow, rulesInForce } from '../../store/rules.ts';
import { listNotes, type NoteRow } from '../../store/runbook.ts';
import { suggestersOf } from '../../store/suggestions.ts';
import { decidersIn, endingsIn, namesOf } from '../../store/who-decided.ts';
import type { Deps } from '../deps.ts';

const DAYS = 90;
const MOST_NOTES = 10_000;

/**
 * The runbook of an environment as Markdown; null when there is no such environment. `projects`: only what holds for
 * these.
 */
export async function exportRunbook(
  deps: Deps,
  name: string,
  projects: string[] | null,
): Promise<string | null> {
  const environment = deps.environments.get(name);
  if (!environment) return null;
  const { db } = deps.database;
  const [clock] = await deps.database.rows<{ now: number }>(
    sql`select (extract(epoch from now()) * 1000)::float8 as now`,
  );
  const inForce = (await rulesInForce(db)).filter(
    (rule) =>
      (rule.environment === name || rule.environment === '*') && (projects?.includes(rule.project) ?? true),
  );
  const filter = { environments: [name], ...(projects && { projects }), limit: MOST_NOTES };
  return runbookMarkdown({
    environment,
    at: new Date(clock?.now ?? 0),
    policies: deps.policies,
    rules: await withAuthors(db, inForce),
    notes: (await listNotes(db, filter)).map(toRunbookNote),
    days: DAYS,
    deciders: await decidersIn(db, name, DAYS),
    endings: await endingsIn(db, name, DAYS),
  });
}

/** Who made each rule, confirmed it, or accepted the suggestion it came with. */
async function withAuthors(db: Db, rows: RuleRow[]): Promise<RunbookRule[]> {
  const confirmers = rows.flatMap(({ confirmedBy }) => (confirmedBy === null ? [] : [confirmedBy]));
  const names = await namesOf(db, [...new Set(confirmers)]);
  const suggesters = await suggestersOf(
    db,
    rows.flatMap(({ suggestionId }) => (suggestionId === null ? [] : [suggestionId])),
  );
  return rows
    .map((row) => {
      const second = row.confirmedBy === row.createdBy ? undefined : names.get(row.confirmedBy ?? '');
      const accepted = suggesters.get(row.suggestionId ?? '') ?? [];
      const acceptedBy = [...new Set([row.createdByName, ...(second ? [second] : []), ...accepted])];
      return { ...row, acceptedBy, since: row.confirmedAt ?? row.createdAt };
    })
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.id < b.id ? -1 : 1));
}

const toRunbookNote = (row: NoteRow) => ({
  family: row.family,
  target: row.target,
  project: row.project,
  text: row.text,
  author: row.authorName,
  createdAt: row.createdAt,
  editedBy: row.editedByName,
  editedAt: row.editedAt,
  isPinned: row.pinnedAt !== null,
  denials: row.denials,
  deniedAt: row.deniedAt,
});
