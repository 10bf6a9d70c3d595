import { asc, eq } from 'drizzle-orm';
import type { RequestView } from '../core/request.ts';
import type { Db, Tx } from './database.ts';
import { viewRequest } from './requests.ts';
import { requests } from './schema.ts';

/** Everything that stands on one batch card, the oldest first. */
export async function viewBatch(db: Db | Tx, batchId: string): Promise<RequestView[]> {
  const rows = await db
    .select({ id: requests.id })
    .from(requests)
    .where(eq(requests.batchId, batchId))
    .orderBy(asc(requests.createdAt), asc(requests.id));
  const views: RequestView[] = [];
  for (const { id } of rows) {
    const view = await viewRequest(db, id);
    if (view) views.push(view);
  }
  return views;
}
