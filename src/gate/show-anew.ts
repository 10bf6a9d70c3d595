import { countChange } from '../store/attention.ts';
import { refreshAndAnnounce } from '../store/cards.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';

/** Something about these requests changed that people see: their cards, pages and waiting clients show it. */
export async function showAnew(tx: Tx, ids: readonly string[]): Promise<RequestRow[]> {
  if (ids.length === 0) return [];
  // In one order for everybody: two that show the same requests do not wait for each other.
  const changed = await countChange(tx, ids.toSorted());
  for (const { id, version } of changed) {
    await refreshAndAnnounce(tx, id, version);
  }
  return changed;
}
