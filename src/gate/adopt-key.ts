import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { appendRecord } from '../store/records.ts';
import { signingKeys } from '../store/schema.ts';
import { takeSetUp } from '../store/set-up.ts';
import type { Deps } from './deps.ts';

/**
 * Makes this process's signing key one that clients can find. A database whose records another key signs is not
 * taken over silently: clients have pinned that one. Throws with the mend.
 */
export async function adoptSigningKey(deps: Deps): Promise<void> {
  const { id, publicKey } = deps.signingKey;
  await deps.database.db.transaction(async (tx) => {
    await takeSetUp(tx);
    const known = await tx.select().from(signingKeys);
    if (known.some((key) => key.id === id)) return;
    if (known.length > 0) {
      throw new Error(
        `the records of this database are signed by key ${known.map((k) => k.id).join(', ')}, this process has key ${id}: ` +
          'give every replica the same key, in GATE_SIGNING_KEY or in the data directory',
      );
    }
    await tx.insert(signingKeys).values({ id, publicKey, addedAt: sql`now()` });
    const digest = createHash('sha256').update(id).digest('hex');
    await appendRecord(tx, deps, {
      type: 'key-added',
      subject: `key/${id}`,
      digest,
      facts: { key: { id, publicKey } },
    });
  });
}

/** The public keys that sign, or signed, records. */
export const publicKeys = (deps: Deps) =>
  deps.database.db.select({ id: signingKeys.id, publicKey: signingKeys.publicKey }).from(signingKeys);
