import type { Environment } from '../core/environment.ts';
import { notesFirst } from '../core/runbook/notes-first.ts';
import type { Asking } from '../store/asking.ts';
import type { Db, Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import { notesOn } from '../store/runbook.ts';
import type { Deps } from './deps.ts';
import { wantsWords } from './explain-request.ts';
import { rungsFor } from './ladder.ts';

interface Asked {
  row: RequestRow;
  environment: Environment;
  /** Another card shows it, and another's ladder is climbed for it when it has a leader. */
  isShown?: boolean;
  /** Its card is not posted sooner. */
  afterSeconds?: number;
}

/**
 * How people are asked about a request: its timers, its ladder, its card. One that shares another's card and decision
 * keeps its ladder in reserve, for the time when it leads itself.
 */
export function askingOf(deps: Deps, { row, environment, isShown = false, afterSeconds = 0 }: Asked): Asking {
  const { id: requestId, version, batchId, heartbeatSeconds } = row;
  const timers = {
    expire: (row.expiresAt.getTime() - row.createdAt.getTime()) / 1000,
    ...(heartbeatSeconds && { heartbeat: heartbeatSeconds }),
    ...(row.leaderId === null && { escalate: 0 }),
    ...(wantsWords(deps, row) && { explain: 0 }),
  };
  const card = isShown ? null : { channel: environment.channel, version, batchId, afterSeconds };
  return { requestId, timers, rungs: rungsFor(row, environment), card };
}

/** So long the one who asks may read the notes that apply, before the card is posted: 0 when there are none. */
export async function secondsForNotes(deps: Deps, db: Db | Tx, row: RequestRow): Promise<number> {
  const seconds = row.emergency ? 0 : notesFirst(deps.notesFirstSeconds, row);
  return seconds > 0 && (await notesOn(db, row)).length > 0 ? seconds : 0;
}
