import type { Tx } from '../store/database.ts';
import { addToPage, openPage, type PageRow, recentPages, refreshPage, takePager } from '../store/pages.ts';

/** What a pager was told of within so many seconds counts as one storm. */
const STORM_SECONDS = 60;
/** So many incidents come alone; what follows within the minute shares one. */
const ALONE = 3;
/** The first call about a storm waits a moment, so that it can say how many. */
const GATHER_SECONDS = 3;
/** While it grows it is brought up to date this often at most. */
export const REFRESH_SECONDS = 15;

/**
 * Has whoever is on call told that a request waits: by an incident of its own, or, in a storm, by the one that all of
 * them share. The call itself is made outside, from the row.
 * @param alone it shares none: an emergency is not lost among what merely waits
 */
export async function page(
  tx: Tx,
  request: { id: string; environment: string },
  { pager, stepId, alone = false }: { pager: string; stepId: number | null; alone?: boolean },
): Promise<PageRow> {
  await takePager(tx, pager);
  const recent = alone ? [] : await recentPages(tx, pager, STORM_SECONDS);
  const storm = recent.find(
    (each) => each.storm && each.wants === 'open' && each.environment === request.environment,
  );
  if (storm) {
    await addToPage(tx, storm.id, request.id, stepId);
    await refreshPage(tx, storm.id, REFRESH_SECONDS);
    return storm;
  }
  const isStorm = recent.length >= ALONE;
  const opened = await openPage(tx, {
    pager,
    environment: request.environment,
    storm: isStorm,
    afterSeconds: isStorm ? GATHER_SECONDS : 0,
  });
  await addToPage(tx, opened.id, request.id, stepId);
  return opened;
}
