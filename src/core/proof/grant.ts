import { type Envelope, open } from './envelope.ts';
import { APPROVAL_PREDICATE, STATEMENT_TYPE } from './record.ts';

/** What is wrong with a grant. A closed set: surfaces translate it. */
export type GrantFault =
  | 'malformed'
  | 'bad-signature'
  | 'not-an-approval'
  | 'other-request'
  | 'other-command'
  | 'too-late';

export interface Grant {
  requestId: string;
  salt: string;
  notAfter: Date;
  keyId: string;
  decidedAt: Date;
}

export type GrantCheck = { good: true; grant: Grant } | { good: false; fault: GrantFault; detail: string };

interface Statement {
  _type?: string;
  predicateType?: string;
  subject?: { name?: string; digest?: { sha256?: string } }[];
  predicate?: {
    requestId?: string;
    decision?: string;
    decidedAt?: string;
    notAfter?: string;
    action?: { salt?: string };
  };
}

const LEEWAY_MS = 60_000;

/**
 * Is this envelope an approval of exactly this, signed by a key we trust, and still in time?
 * @param expected.digestWith hex digest of what is about to run, for the grant's salt
 * @param expected.nowMs the local clock; a minute of difference to the gate's is tolerated
 */
export function checkGrant(
  envelope: unknown,
  expected: { requestId: string; digestWith: (salt: string) => string; publicKeys: string[]; nowMs: number },
): GrantCheck {
  const bad = (fault: GrantFault, detail: string): GrantCheck => ({ good: false, fault, detail });
  if (!isEnvelope(envelope)) return bad('malformed', 'the answer carries no DSSE envelope');
  const opened = open(envelope, expected.publicKeys);
  if (!opened) return bad('bad-signature', 'no trusted key signed it');

  const statement = parseStatement(opened.payload);
  const predicate = statement?.predicate;
  const subject = statement?.subject?.[0];
  if (!predicate || !subject || statement._type !== STATEMENT_TYPE)
    return bad('malformed', 'not an in-toto statement');
  if (statement.predicateType !== APPROVAL_PREDICATE || predicate.decision !== 'approved') {
    return bad('not-an-approval', `it says "${predicate.decision ?? statement.predicateType}"`);
  }
  if (predicate.requestId !== expected.requestId)
    return bad('other-request', `it is about ${predicate.requestId}`);
  const salt = predicate.action?.salt;
  if (typeof salt !== 'string' || subject.digest?.sha256 !== expected.digestWith(salt)) {
    return bad('other-command', 'its digest is not the digest of what would run');
  }
  const notAfter = new Date(predicate.notAfter ?? Number.NaN);
  if (!(expected.nowMs <= notAfter.getTime() + LEEWAY_MS))
    return bad('too-late', `it was to be used by ${predicate.notAfter}`);
  const decidedAt = new Date(predicate.decidedAt ?? Number.NaN);
  return {
    good: true,
    grant: { requestId: expected.requestId, salt, notAfter, keyId: opened.keyId, decidedAt },
  };
}

/** Is this the shape of a DSSE envelope? */
export function isEnvelope(value: unknown): value is Envelope {
  const e = value as Envelope | null;
  return (
    typeof e === 'object' &&
    e !== null &&
    typeof e.payload === 'string' &&
    typeof e.payloadType === 'string' &&
    Array.isArray(e.signatures) &&
    e.signatures.length > 0 &&
    e.signatures.every((s) => typeof s?.sig === 'string')
  );
}

function parseStatement(payload: string): Statement | null {
  try {
    return JSON.parse(payload) as Statement;
  } catch {
    return null;
  }
}
