import { sql } from 'drizzle-orm';
import type { Caller } from '../../src/gate/authenticate.ts';
import type { Deps } from '../../src/gate/deps.ts';
import type { RuleWish } from '../../src/gate/rules.ts';
import { type Ask, submit } from '../../src/gate/submit.ts';
import type { Database } from '../../src/store/database.ts';
import type { RequestRow } from '../../src/store/requests.ts';
import { askFor } from './deps.ts';

/** Submits an ask that the gate takes; say what is different about it. */
export async function mustSubmit(deps: Deps, caller: Caller, over: Partial<Ask> = {}): Promise<RequestRow> {
  const result = await submit(deps, caller, askFor(over));
  if (!result.ok) throw new Error(result.code);
  return result.request;
}

/** The types of the records of a request, in their order. */
export async function recordTypes(database: Database, requestId: string): Promise<string[]> {
  const records = await database.rows<{ type: string }>(
    sql`select type from records where request_id = ${requestId} order by seq`,
  );
  return records.map(({ type }) => type);
}

/** A wish for a harmless rule; say what is different. */
export const ruleWish = (over: Partial<RuleWish> = {}): RuleWish => ({
  text: 'kubectl get pods',
  environment: 'production',
  project: 'shop',
  repository: null,
  requester: null,
  cwd: null,
  family: null,
  source: 'manual',
  whenUnanswered: null,
  allowsCritical: false,
  match: [],
  notMatch: [],
  originRequestId: null,
  expiresInDays: null,
  ...over,
});
