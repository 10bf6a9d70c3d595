import type { NightPost } from '../../core/learning/post.ts';
import type { Tx } from '../../store/database.ts';
import { orderPosts, type PostWish } from '../../store/learning-posts.ts';
import { rulesToGo } from '../../store/pruning.ts';
import { listSuggestions } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';
import { report } from './report.ts';

const DAYS = 7;

/** Orders the line of a night in every channel where there is something to say: once a night and channel. */
export async function post(tx: Tx, deps: Deps, night: string): Promise<Record<string, number>> {
  const wishes: PostWish[] = [];
  for (const [channel, environments] of byChannel(deps)) {
    const payload = await lineOf(tx, deps, night, environments);
    if (payload) wishes.push({ key: `night:${night}:${channel}`, channel, payload });
  }
  await orderPosts(tx, wishes);
  return { lines: wishes.length };
}

function byChannel(deps: Deps): Map<string, string[]> {
  const channels = new Map<string, string[]>();
  for (const { name, channel } of deps.environments.values())
    channels.set(channel, [...(channels.get(channel) ?? []), name]);
  return channels;
}

/** null when nobody asked for anything and nothing is to be answered. */
async function lineOf(tx: Tx, deps: Deps, night: string, environments: string[]): Promise<NightPost | null> {
  const here = [...environments, '*'];
  const open = await listSuggestions(tx, { environments: here });
  const leaving = (await rulesToGo(tx, deps.learning.noticeDays)).filter((rule) =>
    here.includes(rule.environment),
  );
  const figures = await report(deps, { days: DAYS, environments }, tx);
  if (open.length + leaving.length + figures.decided === 0) return null;
  return {
    kind: 'night',
    night,
    environments,
    suggestions: open.length,
    prunes: open.filter(({ kind }) => kind === 'prune').length,
    savesPerWeek: open.reduce((sum, { savesPerWeek }) => sum + savesPerWeek, 0),
    announced: leaving.filter(({ pruneAt }) => pruneAt !== null).length,
    expiring: leaving.filter(({ pruneAt }) => pruneAt === null).length,
    report: {
      days: DAYS,
      decided: figures.decided,
      passed: figures.passed,
      savedSeconds: figures.savedSeconds,
      medianSeconds: figures.medianSeconds,
      p90Seconds: figures.p90Seconds,
    },
  };
}
