import { eq } from 'drizzle-orm';
import type { ModelText } from '../core/model-words.ts';
import { isUnusual } from '../core/unusual.ts';
import { appendRecord } from '../store/records.ts';
import { findRequest, lockRequest, type RequestRow } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import { takeOnce } from '../store/timers.ts';
import { timeNow } from './clock.ts';
import type { Deps } from './deps.ts';
import { requestFacts } from './record-facts.ts';
import { showAnew } from './show-anew.ts';

/** So many are explained side by side; the others wait for their turn. */
const AT_ONCE = 4;

/** Of an unusual request with a card of its own the language model is asked for a few words. */
export const wantsWords = (deps: Deps, row: RequestRow): boolean =>
  deps.model?.explains === true && row.leaderId === null && row.modelWords === null && isUnusual(row);

/**
 * Lets the language model explain unusual requests that wait. Each is asked about at most once, by one replica: it is
 * taken for good before the model is asked, so a crash costs a text and nothing else.
 * @returns how many were asked about
 */
export async function explainRequests(deps: Deps): Promise<number> {
  const { model } = deps;
  if (!model?.explains || model.isResting()) return 0;
  const taken = await takeOnce(deps.database, 'explain', AT_ONCE);
  await Promise.all(
    taken.map((id) =>
      explainRequest(deps, id).catch((error) =>
        deps.observe({ kind: 'fault', where: `explaining ${id}`, error }),
      ),
    ),
  );
  return taken.length;
}

async function explainRequest(deps: Deps, id: string): Promise<void> {
  const row = await findRequest(deps.database.db, id);
  if (row?.state !== 'pending') return;
  const words = (await deps.model?.explainCommand(row)) ?? null;
  if (words) await noteWords(deps, id, words);
}

/** Nothing about the request changes but the text beside it, and that only while it waits. */
const noteWords = (deps: Deps, id: string, modelWords: ModelText): Promise<void> =>
  deps.database.db.transaction(async (tx) => {
    const row = await lockRequest(tx, id);
    if (row?.state !== 'pending' || (await timeNow(tx, deps)) >= row.expiresAt) return;
    await tx.update(requests).set({ modelWords }).where(eq(requests.id, id));
    await showAnew(tx, [id]);
    await appendRecord(tx, deps, {
      type: 'explained',
      subject: id,
      digest: row.digest,
      facts: { ...requestFacts(row), explanation: { ...modelWords } },
    });
  });
