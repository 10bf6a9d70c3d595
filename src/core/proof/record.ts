import type { Json } from './canonical.ts';
import { type Envelope, type SigningKey, seal } from './envelope.ts';

/** Everything the gate writes down. The endings of a request are records of their own. */
export type RecordType =
  | 'requested'
  | 'voted'
  | 'vote-refused'
  | 'approved'
  | 'denied'
  | 'expired'
  | 'withdrawn'
  | 'blocked'
  | 'started'
  | 'completed'
  | 'lapsed'
  | 'escalated'
  | 'page-acknowledged'
  | 'claimed'
  | 'asked-back'
  | 'answered'
  | 'extended'
  | 'explained'
  | 'emergency-declared'
  | 'retrospective-due'
  | 'retrospective-given'
  | 'token-created'
  | 'token-revoked'
  | 'key-added'
  | 'rule-added'
  | 'rule-confirmed'
  | 'rule-revoked'
  | 'rule-suspended'
  | 'rule-resumed'
  | 'rule-kept'
  | 'rule-restored'
  | 'rule-announced'
  | 'note-added'
  | 'note-edited'
  | 'note-pinned'
  | 'note-unpinned'
  | 'note-retired'
  | 'note-restored'
  | 'suggestion-accepted'
  | 'suggestion-narrowed'
  | 'suggestion-postponed'
  | 'suggestion-refused'
  | 'suggestion-undone'
  | 'night';

export const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
/** A decision about a request; an `approved` one is the grant. */
export const APPROVAL_PREDICATE = 'https://gatehouse.example.com/attestation/approval/v1';
/** Anything else that happened. */
export const EVENT_PREDICATE = 'https://gatehouse.example.com/attestation/event/v1';

export const DECISION_TYPES = ['approved', 'denied', 'expired', 'withdrawn', 'blocked'] as const;
const isDecision = (type: RecordType): boolean => (DECISION_TYPES as readonly string[]).includes(type);

export interface RecordBody {
  type: RecordType;
  /** What it is about: a request's id, or e.g. `token/<id>`. */
  subject: string;
  /** Hex SHA-256 of what runs; for records about something else, of their subject's name. */
  digest: string;
  /** The database's time. */
  at: Date;
  facts: { [key: string]: Json | undefined };
}

export interface ChainPlace {
  id: string;
  seq: number;
  /** `sha256:…` of the record before; null for the first. */
  prev: string | null;
}

/** An in-toto statement of what happened, linked to the record before it, signed. */
export function sealRecord(body: RecordBody, chain: ChainPlace, key: SigningKey, version: string): Envelope {
  const decision = isDecision(body.type);
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: `gatehouse:request/${body.subject}`, digest: { sha256: body.digest } }],
    predicateType: decision ? APPROVAL_PREDICATE : EVENT_PREDICATE,
    predicate: {
      ...(decision
        ? { decision: body.type, decidedAt: body.at.toISOString() }
        : { event: body.type, at: body.at.toISOString() }),
      ...body.facts,
      chain,
      keyId: key.id,
      softwareVersion: version,
    },
  };
  return seal(JSON.stringify(statement), key);
}
