import { wasDecidedAtOnce } from '../core/request.ts';
import { refreshAndAnnounce } from '../store/cards.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';

/** A request, as it is now, has changed: its card shows it, and who waits for it is told. */
export async function showChange(tx: Tx, row: RequestRow): Promise<void> {
  if (!wasDecidedAtOnce(row)) await refreshAndAnnounce(tx, row.id, row.version);
}
