import type { Envelope } from '../core/proof/envelope.ts';
import type { RecordBody } from '../core/proof/record.ts';
import type { Asking } from '../store/asking.ts';
import type { Wish } from '../store/attention.ts';
import type { Connections, Tx } from '../store/database.ts';
import { isRefusedWhole } from '../store/faults.ts';
import { type ChainEnd, chainOnto, lockChain, type Signer } from '../store/records.ts';
import type { RequestRow } from '../store/requests.ts';
import { lockRules } from '../store/rules.ts';
import {
  type Changes,
  lockChanged,
  type Outcome,
  type Sealed,
  type Shown,
  type Start,
  writeTogether as store,
} from '../store/write-together.ts';
import { failPoint } from './fail-point.ts';

/** What one verb writes together with whatever others write at the same time. */
export interface Writing {
  verb: 'pass' | 'submit' | 'start' | 'report';
  signer: Signer;
  /** The request it stores, if it stores one: approved, its last record becomes its grant. */
  request?: RequestRow;
  wish?: Wish;
  asking?: Asking;
  start?: Start;
  outcome?: Outcome;
  shown?: Shown;
  /** The rules by which it was judged; null: by none. */
  rulesVersion: number | null;
  records: RecordBody[];
  /** The end of the chain of records, as it was when it was decided. */
  head: ChainEnd | null;
  /** How many requests of its token waited for people, and how many may: of those that ask people. */
  waiting?: { tokenId: string; pending: number; most: number };
  /** Two that share one of these words do not go together. */
  alone: string[];
  /** These may be shared among those that only share. */
  shared?: string[];
}

/** So near to how many may wait, it is counted once more with the writing. */
const NEAR = 1024;

/**
 * Writes some at once.
 * @returns what was sealed of each; null for one that does not go with the others, and for all when the database refuses
 *   them: it has to be taken by itself
 */
export async function writeTogether(
  database: Connections,
  writings: readonly Writing[],
  known: ChainEnd | null,
): Promise<{ sealed: (Envelope[] | null)[]; end: ChainEnd | null }> {
  const fit = thatFit(writings);
  const onto = [known, ...fit.map(({ head }) => head)].reduce(later, null);
  const attempts = [
    ...(onto ? [() => writeOnto(database, fit, onto)] : []),
    () => database.db.transaction((tx) => writeInTurn(tx, database, fit)),
  ];
  for (const attempt of attempts) {
    try {
      const { envelopes, end } = await attempt();
      for (const { verb } of fit) failPoint(`${verb}-after-commit`);
      return { sealed: writings.map((each) => envelopes.get(each) ?? null), end };
    } catch (error) {
      if (!isRefusedWhole(error)) throw error;
    }
  }
  return { sealed: writings.map(() => null), end: null };
}

const later = (a: ChainEnd | null, b: ChainEnd | null): ChainEnd | null =>
  (b?.seq ?? -1) > (a?.seq ?? -1) ? b : a;

/** Not: judged by older rules than others, with a word that another has to itself, or more than may wait for people. */
function thatFit(writings: readonly Writing[]): Writing[] {
  const newest = Math.max(...writings.map(({ rulesVersion }) => rulesVersion ?? 0));
  const taken = new Set<string>();
  const shared = new Set<string>();
  const waiting = new Map<string, number>();
  return writings.filter((each) => {
    if (each.rulesVersion !== null && each.rulesVersion !== newest) return false;
    if (each.alone.some((word) => taken.has(word) || shared.has(word))) return false;
    if (each.shared?.some((word) => taken.has(word))) return false;
    if (each.waiting) {
      const { tokenId, pending, most } = each.waiting;
      const more = (waiting.get(tokenId) ?? 0) + 1;
      if (pending + more > most) return false;
      waiting.set(tokenId, more);
    }
    for (const word of each.alone) taken.add(word);
    for (const word of each.shared ?? []) shared.add(word);
    return true;
  });
}

type Written = { envelopes: Map<Writing, Envelope[]>; end: ChainEnd };

/** When others keep the chain busy: holds its end while the records are sealed. */
async function writeInTurn(tx: Tx, database: Connections, writings: readonly Writing[]): Promise<Written> {
  const changes = changesOf(writings, new Map());
  await lockRules(tx, [...changes.hits.keys()]);
  await lockChanged(tx, changes);
  const { seq, hash } = await lockChain(tx);
  return writeOnto(database, writings, { seq, hash }, tx);
}

async function writeOnto(
  database: Connections,
  writings: readonly Writing[],
  onto: ChainEnd,
  within?: Tx,
): Promise<Written> {
  const { envelopes, sealed } = seal(writings, onto);
  if (writings.length === 0) return { envelopes, end: onto };
  for (const { verb } of writings) failPoint(`${verb}-before-commit`);
  await store(database, changesOf(writings, envelopes), sealed, within);
  return { envelopes, end: sealed.end };
}

function seal(writings: readonly Writing[], onto: ChainEnd) {
  const sealed: Sealed = { records: [], onto, end: onto };
  const envelopes = new Map<Writing, Envelope[]>();
  for (const each of writings) {
    const { rows, end } = chainOnto(sealed.end, each.signer, each.records);
    sealed.records.push(...rows);
    sealed.end = end;
    envelopes.set(
      each,
      rows.map(({ envelope }) => envelope),
    );
  }
  return { envelopes, sealed };
}

function changesOf(writings: readonly Writing[], envelopes: ReadonlyMap<Writing, Envelope[]>): Changes {
  const all = <T>(of: (writing: Writing) => T | undefined): T[] =>
    writings.map(of).filter((one) => one !== undefined);
  const requests = writings.flatMap((each) => {
    if (!each.request) return [];
    const isApproved = each.request.state === 'approved';
    return [{ ...each.request, grant: (isApproved && envelopes.get(each)?.at(-1)) || null }];
  });
  const rules = writings.map(({ rulesVersion }) => rulesVersion).filter((version) => version !== null);
  return {
    requests,
    wishes: all(({ wish }) => wish),
    asking: all(({ asking }) => asking),
    rooms: roomsOf(writings),
    started: all(({ start }) => start),
    reported: all(({ outcome }) => outcome),
    shown: all(({ shown }) => shown),
    hits: hitsOf(requests),
    rulesVersion: rules[0] ?? null,
  };
}

function roomsOf(writings: readonly Writing[]): Changes['rooms'] {
  const rooms = new Map<string, Changes['rooms'][number]>();
  for (const { waiting } of writings) {
    if (!waiting || waiting.pending + NEAR < waiting.most) continue;
    const { tokenId, most } = waiting;
    rooms.set(tokenId, { tokenId, most, more: (rooms.get(tokenId)?.more ?? 0) + 1 });
  }
  return [...rooms.values()];
}

function hitsOf(requests: readonly RequestRow[]): Map<string, number> {
  const hits = new Map<string, number>();
  for (const { rules } of requests) for (const id of rules) hits.set(id, (hits.get(id) ?? 0) + 1);
  return hits;
}
