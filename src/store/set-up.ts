import { sql } from 'drizzle-orm';
import type { Tx } from './database.ts';

const SET_UP_LOCK = 7_261_002;

/** Lets one starting replica after the other read and write what is set up once, until the transaction ends. */
export const takeSetUp = (tx: Tx) => tx.execute(sql`select pg_advisory_xact_lock(${SET_UP_LOCK})`);
