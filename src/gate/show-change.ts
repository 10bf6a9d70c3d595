import { wasDecidedAtOnce } from '../core/request.ts';
import { refreshAndAnnounce } from '../store/cards.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import type { Shown } from '../store/write-together.ts';

/** A request, as it is now, has changed: its card shows it, and who waits for it is told. */
export async function showChange(tx: Tx, row: RequestRow): Promise<void> {
  if (!wasDecidedAtOnce(row)) await refreshAndAnnounce(tx, row.id, row.version);
}

/** Not beside another one whose decision it shared: whatever shows it shows nothing else that could change with it. */
export const isShownAlone = ({ leaderId }: RequestRow): boolean => leaderId === null;

/** The same as a part of what is written together, for its next version. */
export const changeOf = (row: RequestRow): { shown?: Shown } =>
  wasDecidedAtOnce(row) ? {} : { shown: { id: row.id, version: row.version + 1, batchId: row.batchId } };
