import { sql } from 'drizzle-orm';
import type { Suggestion } from '../../src/core/learning/suggestion.ts';
import type { Author } from '../../src/gate/rules.ts';
import type { Database } from '../../src/store/database.ts';
import { insertSuggestion, type SuggestionRow } from '../../src/store/suggestions.ts';

/** A harmless suggestion; say what is different. */
export const suggestionOf = (over: Partial<Suggestion> = {}): Suggestion => ({
  id: 'sug_0123456789abcdef',
  family: 'fam_restart',
  kind: 'add',
  environment: 'production',
  project: 'shop',
  rules: ['kubectl rollout restart deployment/{svc:api,web}'],
  replaces: [],
  cause: null,
  commandFamily: 'kubectl rollout restart',
  title: 'Let pass kubectl rollout restart in production',
  why: 'People approved it 6 times on 3 days; nobody denied it.',
  risk: 'MEDIUM',
  acceptancesNeeded: 1,
  savesPerWeek: 4,
  slots: [{ slot: '{svc:api,web}', seen: ['api', 'web'], count: 2 }],
  cautions: [],
  ...over,
  evidence: {
    approvals: 6,
    denials: 0,
    requesters: ['UCLEO', 'UDAN'],
    reviewers: ['UANA', 'UBEN'],
    days: 3,
    first: 0,
    last: 1,
    examples: ['kubectl rollout restart deployment/api', 'kubectl rollout restart deployment/web'],
    wouldAlsoAllow: [],
    wouldNotAllow: ['kubectl rollout restart deployment/db'],
    ...over.evidence,
  },
});

/** Has a night propose it. */
export async function openSuggestion(
  database: Database,
  over: Partial<Suggestion> = {},
): Promise<SuggestionRow> {
  const row = await database.db.transaction((tx) =>
    insertSuggestion(tx, suggestionOf(over), { night: '2026-11-25' }),
  );
  if (!row) throw new Error('there is one of this id');
  return row;
}

/** Somebody in Slack who may answer; say what is different. */
export const authorNamed = (name: string, over: Partial<Author> = {}): Author => ({
  subject: `slack:T0:U${name.toUpperCase()}`,
  name,
  isAdmin: false,
  people: [`U${name.toUpperCase()}`],
  ...over,
});

/** The types of all records but those of requests, in their order. */
export async function otherRecords(database: Database): Promise<string[]> {
  const rows = await database.rows<{ type: string }>(
    sql`select type from records where request_id is null and type <> 'token-created' order by seq`,
  );
  return rows.map(({ type }) => type);
}
