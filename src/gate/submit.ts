import type { Command } from '../core/command/command.ts';
import { digestOf } from '../core/command/digest.ts';
import { redact, redactText, redactValue } from '../core/command/redact.ts';
import type { Ruling } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import type { Context } from '../core/request.ts';
import { storeAsking } from '../store/asking.ts';
import { refreshCards } from '../store/cards.ts';
import type { Tx } from '../store/database.ts';
import { appendRecord, lockChain } from '../store/records.ts';
import { findByIdempotencyKey, type RequestRow } from '../store/requests.ts';
import { countHits, countShadowHits } from '../store/rules.ts';
import { type AdmissionRefusal, admit } from './admission.ts';
import { askingOf, secondsForNotes } from './ask-people.ts';
import { expectNobodyCame, lookAround, Overtaken, type Surroundings, supersede } from './attention.ts';
import type { Caller } from './authenticate.ts';
import { type Deps, observeEnding } from './deps.ts';
import { draftOf, insertDraft, requesterOf } from './draft.ts';
import {
  announceEmergency,
  type EmergencyRefusal,
  inEmergency,
  openersOf,
  refusedEmergency,
} from './emergency.ts';
import { type Ended, type Ending, endRequest } from './end-request.ts';
import { failPoint } from './fail-point.ts';
import { countAnew } from './followers.ts';
import { freshBytes } from './fresh-bytes.ts';
import { judge } from './judge.ts';
import { requestFacts } from './record-facts.ts';
import { submitAtOnce } from './submit-at-once.ts';

/** Somebody has to come by in each of them, within milliseconds. */
const MOST_TRIES = 20;

export interface Ask {
  command: Command;
  environment: string;
  project: string | null;
  reason: string | null;
  cwd: string | null;
  program: { path: string; sha256: string } | null;
  /** As the client computed it; null: the gate computes it over what it was sent. */
  digest: { salt: string; sha256: string } | null;
  /** The client replaced secrets: only it can compute the digest. */
  redacted: boolean;
  timeoutSeconds: number | null;
  heartbeatSeconds: number | null;
  /** It cannot wait for the usual people: those of the emergency list decide, and a retrospective follows. */
  emergency: boolean;
  context: Context;
  idempotencyKey: string | null;
  /** SHA-256 of the body as sent: the same key with another body is a mistake. */
  bodyHash: string;
}

export type SubmitRefusal =
  | AdmissionRefusal
  | 'digest-mismatch'
  | 'key-reused'
  | 'too-many-pending'
  | 'reason-needed'
  | 'ticket-needed'
  | EmergencyRefusal;

export type Submitted =
  | { ok: true; request: RequestRow; replayed: boolean }
  /** `owes`: the emergency whose retrospective is due first. */
  | { ok: false; code: SubmitRefusal; owes?: string };

/**
 * One ask to pass the gate. The same idempotency key of the same token is the same request.
 * Without a rule that covers it and without a way to ask people, it is denied at once.
 */
export async function submit(deps: Deps, caller: Caller, ask: Ask): Promise<Submitted> {
  const checked = check(deps, caller, ask);
  if ('code' in checked) return { ok: false, code: checked.code };

  // From here on nothing knows the secrets a client may have sent: the digest still binds the real bytes.
  const shown = withoutSecrets(ask);
  const request = await submitAtOnce(deps, caller, shown, checked);
  if (request) {
    observeSubmission(deps, request);
    return { ok: true, request, replayed: false };
  }
  if (ask.idempotencyKey) {
    const known = await findByIdempotencyKey(deps.database.db, caller.id, ask.idempotencyKey);
    if (known) return replay(known, ask);
  }
  const stored = await storeAlone(deps, caller, shown, checked);
  if (stored === 'key-taken') {
    const known = await findByIdempotencyKey(deps.database.db, caller.id, ask.idempotencyKey ?? '');
    if (!known) throw new Error('a request with this idempotency key came and went');
    return replay(known, ask);
  }
  if ('refused' in stored) {
    const { refused, owes } = stored;
    return { ok: false, code: refused, ...(owes !== undefined && { owes }) };
  }
  const { row, superseded } = stored;
  observeSubmission(deps, row);
  for (const each of superseded) observeEnding(deps, each);
  return { ok: true, request: row, replayed: false };
}

function observeSubmission(deps: Deps, row: RequestRow): void {
  const { id: requestId, environment, state } = row;
  deps.observe({ kind: 'submitted', requestId, environment, state, level: row.assessment.level });
  if (row.decision) {
    deps.observe({ kind: 'decided', requestId, environment, state, by: row.decision.by, seconds: 0 });
  }
}

const replay = (known: RequestRow, ask: Ask): Submitted =>
  known.bodyHash === ask.bodyHash
    ? { ok: true, request: known, replayed: true }
    : { ok: false, code: 'key-reused' };

/** An ask as it is stored and shown. */
function withoutSecrets(ask: Ask): Ask {
  return {
    ...ask,
    command: redact(ask.command).command,
    reason: ask.reason && redactText(ask.reason),
    context: redactValue(ask.context) as Context,
  };
}

export interface Checked {
  environment: Environment;
  project: string;
  digest: { salt: string; sha256: string };
}

function check(deps: Deps, caller: Caller, ask: Ask): Checked | { code: SubmitRefusal } {
  const admitted = admit(deps, caller, ask);
  if ('code' in admitted) return admitted;
  const { command, cwd, program } = ask;
  const salt = ask.digest?.salt ?? freshBytes(16).toString('hex');
  if (ask.redacted && !ask.digest) return { code: 'digest-mismatch' };
  const computed = digestOf({ command, environment: admitted.environment.name, cwd, program }, salt);
  if (ask.digest && !ask.redacted && ask.digest.sha256 !== computed) return { code: 'digest-mismatch' };
  return { ...admitted, digest: { salt, sha256: ask.digest?.sha256 ?? computed } };
}

/** In a transaction of its own; overtaken by somebody it concerns, once more. */
async function storeAlone(deps: Deps, caller: Caller, ask: Ask, checked: Checked): Promise<Stored> {
  for (let tries = 1; ; tries++) {
    try {
      return await deps.database.db.transaction((tx) => store(tx, deps, caller, ask, checked));
    } catch (error) {
      if (!(error instanceof Overtaken) || tries === MOST_TRIES) throw error;
    }
  }
}

type Stored =
  | { row: RequestRow; superseded: Ended[] }
  | { refused: SubmitRefusal; owes?: string }
  | 'key-taken';

async function store(tx: Tx, deps: Deps, caller: Caller, ask: Ask, checked: Checked): Promise<Stored> {
  const judged = await judge(tx, deps, caller, { ...ask, ...checked, isPartlyHidden: ask.redacted });
  const ruling = ask.emergency ? inEmergency(judged.ruling, checked.environment) : judged.ruling;
  if (ruling.kind === 'ask' && ask.emergency) {
    const by = requesterOf(deps, caller, ask.context);
    const refused = await refusedEmergency(tx, {
      by: openersOf(by),
      reason: ask.reason,
      environment: checked.environment,
    });
    if (refused) return refused;
  }
  if (ruling.kind === 'ask' && ruling.missing) return { refused: `${ruling.missing}-needed` };
  // Only what waits for people is counted: a flood of asks does not hold up what rules let pass.
  if (asksPeople(deps, ruling) && judged.pending >= deps.pendingPerToken)
    return { refused: 'too-many-pending' };
  const draft = draftOf(deps, { caller, ask, ...checked, judged: { ...judged, ruling } });
  const around = await lookAround(tx, draft, {
    allowed: ruling.kind === 'allow',
    asks: asksPeople(deps, ruling),
  });
  const row = await insertDraft(tx, draft, around);
  if (!row) return 'key-taken';
  await countHits(tx, row.rules);
  await countShadowHits(tx, row.shadowRules);
  if (asksPeople(deps, ruling)) await askPeople(tx, deps, { row, environment: checked.environment, around });

  if (asksPeople(deps, ruling)) {
    await lockChain(tx);
    await expectNobodyCame(tx, draft, around);
  }
  const facts = { ...requestFacts(row), reason: row.reason };
  await appendRecord(tx, deps, { type: 'requested', subject: row.id, digest: row.digest, facts });
  const ended = asksPeople(deps, ruling) ? null : await endAtOnce(tx, deps, row, ruling);
  const superseded = await supersede(tx, deps, row, around.older);
  failPoint('submit-before-commit');
  return { row: ended ?? row, superseded };
}

const asksPeople = (deps: Deps, ruling: Ruling): boolean => ruling.kind === 'ask' && deps.canAsk;

/** Ends what needs no people, or has none to ask. */
function endAtOnce(tx: Tx, deps: Deps, row: RequestRow, ruling: Ruling): Promise<Ended | null> {
  const people: Ending['people'] = [];
  if (ruling.kind === 'allow') {
    return endRequest(tx, deps, row, { state: 'approved', by: ruling.by, reason: ruling.because, people });
  }
  if (ruling.kind === 'block') {
    return endRequest(tx, deps, row, {
      state: 'blocked',
      by: 'policy',
      reason: `${ruling.policy}: ${ruling.reason}`,
      people,
    });
  }
  const reason = 'No rule covers this command, and this gate has no Slack to ask anybody in.';
  return endRequest(tx, deps, row, { state: 'denied', by: 'nobody-to-ask', reason, people });
}

interface Asking {
  row: RequestRow;
  environment: Environment;
  around: Surroundings;
}

/** Sets the timers and the ladder, and sees to a card that shows it. */
async function askPeople(tx: Tx, deps: Deps, { row, environment, around }: Asking): Promise<void> {
  const { leader } = around;
  const isShown = leader !== null || around.batch?.isOpen === true;
  const afterSeconds = isShown ? 0 : await secondsForNotes(deps, tx, row);
  await storeAsking(tx, askingOf(deps, { row, environment, isShown, afterSeconds }));
  if (leader) await countAnew(tx, leader.id);
  else if (isShown) await refreshCards(tx, row.id, row.version);
  if (row.emergency && !leader) await announceEmergency(tx, row);
}
