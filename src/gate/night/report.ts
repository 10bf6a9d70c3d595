import type { Tx } from '../../store/database.ts';
import { type Figures, figuresOf, type RuleFigures, ruleFigures } from '../../store/figures.ts';
import { latestNight } from '../../store/nights.ts';
import { countSuggestions } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';

/** Days a report looks back on, unless it is asked for others. */
export const REPORT_DAYS = 30;

/** How the gate is doing. */
export interface Report extends Figures {
  /** Share of what was decided that a rule let pass, 0 to 1; null: nothing was decided. */
  hitRate: number | null;
  /** What those who ask did not wait for, were people as slow as their median. */
  savedSeconds: number;
  /** What whoever decides was spared. */
  savedMinutes: number;
  whitelist: RuleFigures;
  /** Suggestions that wait for an answer. */
  suggestions: number;
}

export async function report(
  deps: Deps,
  { days = REPORT_DAYS, environments }: { days?: number; environments?: string[] } = {},
  tx?: Tx,
): Promise<Report> {
  const { database, learning } = deps;
  const figures = await figuresOf(database, { days, ...(environments && { environments }) }, tx);
  const { decided, passed, medianSeconds } = figures;
  return {
    ...figures,
    hitRate: decided === 0 ? null : passed / decided,
    savedSeconds: passed * (medianSeconds ?? 0),
    savedMinutes: passed * learning.minutesPerApproval,
    whitelist: await ruleFigures(database, learning.noticeDays, tx),
    suggestions: await countSuggestions(tx ?? database.db, { ...(environments && { environments }) }),
  };
}

/** A report of this moment, with when the last night was done. */
export const reportNow = async (deps: Deps, asked: { days?: number; environments?: string[] }) => ({
  ...(await report(deps, asked)),
  night: await latestNight(deps.database.db),
});
