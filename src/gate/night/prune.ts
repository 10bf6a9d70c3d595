import type { Tx } from '../../store/database.ts';
import { orderPosts, type PostWish } from '../../store/learning-posts.ts';
import { announceUnused, callOffUsed, overdueRules } from '../../store/pruning.ts';
import { appendRecords } from '../../store/records.ts';
import type { RuleRow } from '../../store/rules.ts';
import type { Deps } from '../deps.ts';
import { type Author, revokeWithin, ruleRecord } from '../rules.ts';

/** What the gate does of itself. */
export const GATE: Author = { subject: 'gate', name: 'gatehouse', isAdmin: true, people: [] };

/** Announces rules nobody needed; whoever was used since stays. */
export async function announce(tx: Tx, deps: Deps): Promise<Record<string, number>> {
  const kept = await callOffUsed(tx, deps.learning);
  const announced = await announceUnused(tx, deps.learning);
  await appendRecords(
    tx,
    deps,
    announced.map((rule) => ruleRecord('rule-announced', rule, GATE)),
  );
  return { announced: announced.length, stays: kept.length };
}

/** Takes rules out of force whose notice is over, and which nobody used or kept. */
export async function prune(tx: Tx, deps: Deps, night: string): Promise<Record<string, number>> {
  await callOffUsed(tx, deps.learning);
  const overdue = await overdueRules(tx);
  for (const { id } of overdue) await revokeWithin(tx, deps, GATE, id, 'prune');
  await orderPosts(tx, toldOf(deps, overdue, night));
  return { pruned: overdue.length };
}

/** One message a channel; there each rule can be brought back. */
function toldOf(deps: Deps, gone: RuleRow[], night: string): PostWish[] {
  const channels = new Map<string, string[]>();
  for (const { id, environment } of gone) {
    const channel = deps.environments.get(environment)?.channel;
    if (channel) channels.set(channel, [...(channels.get(channel) ?? []), id]);
  }
  return [...channels].map(([channel, ruleIds]) => ({
    key: `pruned:${night}:${channel}`,
    channel,
    payload: { kind: 'pruned', night, ruleIds },
  }));
}
