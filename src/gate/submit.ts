import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { type Command, commandText } from '../core/command/command.ts';
import { digestOf } from '../core/command/digest.ts';
import { redact, redactText, redactValue } from '../core/command/redact.ts';
import type { Ruling } from '../core/decide.ts';
import type { Environment } from '../core/environment.ts';
import type { Context, Requester } from '../core/request.ts';
import { orderCard } from '../store/cards.ts';
import { announceRequest } from '../store/changes.ts';
import type { Tx } from '../store/database.ts';
import { appendRecord } from '../store/records.ts';
import { countPending, findByIdempotencyKey, type RequestRow } from '../store/requests.ts';
import { countHits } from '../store/rules.ts';
import { requests } from '../store/schema.ts';
import { setTimer } from '../store/timers.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { type Ending, endRequest } from './end-request.ts';
import { type Judged, judge } from './judge.ts';
import { requestFacts } from './record-facts.ts';

/** Longest command, in bytes of UTF-8, and the longest text it may become once invisible characters are shown. */
export const MAX_COMMAND_BYTES = 16 * 1024;

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
  context: Context;
  idempotencyKey: string | null;
  /** SHA-256 of the body as sent: the same key with another body is a mistake. */
  bodyHash: string;
}

export type SubmitRefusal =
  | 'unknown-environment'
  | 'environment-not-allowed'
  | 'project-not-allowed'
  | 'project-missing'
  | 'command-too-long'
  | 'command-not-text'
  | 'digest-mismatch'
  | 'key-reused'
  | 'too-many-pending'
  | 'reason-needed'
  | 'ticket-needed';

export type Submitted =
  | { ok: true; request: RequestRow; replayed: boolean }
  | { ok: false; code: SubmitRefusal };

/**
 * One ask to pass the gate. The same idempotency key of the same token is the same request.
 * Without a rule that covers it and without a way to ask people, it is denied at once.
 */
export async function submit(deps: Deps, caller: Caller, ask: Ask): Promise<Submitted> {
  const checked = check(deps, caller, ask);
  if ('code' in checked) return { ok: false, code: checked.code };
  if (ask.idempotencyKey) {
    const known = await findByIdempotencyKey(deps.database.db, caller.id, ask.idempotencyKey);
    if (known) return replay(known, ask);
  }
  if ((await countPending(deps.database.db, caller.id)) >= deps.pendingPerToken) {
    return { ok: false, code: 'too-many-pending' };
  }

  // From here on nothing knows the secrets a client may have sent: the digest still binds the real bytes.
  const shown = withoutSecrets(ask);
  const stored = await deps.database.db.transaction((tx) => store(tx, deps, caller, shown, checked));
  if (stored === 'key-taken') {
    const known = await findByIdempotencyKey(deps.database.db, caller.id, ask.idempotencyKey ?? '');
    if (!known) throw new Error('a request with this idempotency key came and went');
    return replay(known, ask);
  }
  if ('refused' in stored) return { ok: false, code: stored.refused };
  const { row } = stored;
  const { id: requestId, environment, state } = row;
  deps.observe({ kind: 'submitted', requestId, environment, state, level: row.assessment.level });
  if (row.decision) {
    deps.observe({ kind: 'decided', requestId, environment, state, by: row.decision.by, seconds: 0 });
  }
  return { ok: true, request: row, replayed: false };
}

const replay = (known: RequestRow, ask: Ask): Submitted =>
  known.bodyHash === ask.bodyHash
    ? { ok: true, request: known, replayed: true }
    : { ok: false, code: 'key-reused' };

function withoutSecrets(ask: Ask): Ask {
  const { command, redactions } = redact(ask.command);
  return {
    ...ask,
    command,
    redacted: ask.redacted || redactions.length > 0,
    reason: ask.reason && redactText(ask.reason),
    context: redactValue(ask.context) as Context,
  };
}

interface Checked {
  environment: Environment;
  project: string;
  digest: { salt: string; sha256: string };
}

function check(deps: Deps, caller: Caller, ask: Ask): Checked | { code: SubmitRefusal } {
  const environment = deps.environments.get(ask.environment);
  if (!environment) return { code: 'unknown-environment' };
  if (caller.environments && !caller.environments.includes(ask.environment))
    return { code: 'environment-not-allowed' };
  const project = ask.project ?? (caller.project === '*' ? null : caller.project);
  if (project === null) return { code: 'project-missing' };
  if (caller.project !== '*' && caller.project !== project) return { code: 'project-not-allowed' };

  const text = commandText(ask.command);
  const parts = ask.command.kind === 'argv' ? ask.command.argv : [text];
  if (parts.some((part) => part.includes('\0') || /\p{Surrogate}/u.test(part)))
    return { code: 'command-not-text' };
  if (parts.join(' ').trim() === '') return { code: 'command-not-text' };
  if (Buffer.byteLength(text) > MAX_COMMAND_BYTES) return { code: 'command-too-long' };

  const { command, cwd, program } = ask;
  const salt = ask.digest?.salt ?? randomBytes(16).toString('hex');
  if (ask.redacted && !ask.digest) return { code: 'digest-mismatch' };
  const computed = digestOf({ command, environment: environment.name, cwd, program }, salt);
  if (ask.digest && !ask.redacted && ask.digest.sha256 !== computed) return { code: 'digest-mismatch' };
  return { environment, project, digest: { salt, sha256: ask.digest?.sha256 ?? computed } };
}

type Stored = { row: RequestRow } | { refused: SubmitRefusal } | 'key-taken';

async function store(tx: Tx, deps: Deps, caller: Caller, ask: Ask, checked: Checked): Promise<Stored> {
  const judged = await judge(tx, deps, caller, { ...ask, ...checked });
  const { ruling } = judged;
  if (ruling.kind === 'ask' && ruling.missing) return { refused: `${ruling.missing}-needed` };
  const row = await insertRequest(tx, deps, caller, ask, checked, judged);
  if (!row) return 'key-taken';
  const facts = { ...requestFacts(row), reason: row.reason };
  await appendRecord(tx, deps, { type: 'requested', subject: row.id, digest: row.digest, facts });
  await countHits(tx, row.rules);
  const ended = await endAtOnce(tx, deps, row, ruling);
  if (ended) return { row: ended };
  return { row: await askPeople(tx, row, checked.environment) };
}

/** Ends what needs no people, or has none to ask. null: people are to be asked. */
function endAtOnce(tx: Tx, deps: Deps, row: RequestRow, ruling: Ruling): Promise<RequestRow | null> {
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
  if (deps.canAsk) return Promise.resolve(null);
  const reason = 'No rule covers this command, and this gate has no Slack to ask anybody in.';
  return endRequest(tx, deps, row, { state: 'denied', by: 'nobody-to-ask', reason, people });
}

/** Sets the timers and orders the card. */
async function askPeople(tx: Tx, row: RequestRow, environment: Environment): Promise<RequestRow> {
  await setTimer(tx, 'expire', row.id, (row.expiresAt.getTime() - row.createdAt.getTime()) / 1000);
  if (row.heartbeatSeconds) await setTimer(tx, 'heartbeat', row.id, row.heartbeatSeconds);
  await orderCard(tx, row.id, environment.channel, row.version);
  await announceRequest(tx, row.id);
  return row;
}

/** @returns null when another request took the idempotency key first */
async function insertRequest(
  tx: Tx,
  deps: Deps,
  caller: Caller,
  ask: Ask,
  checked: Checked,
  judged: Judged,
): Promise<RequestRow | null> {
  const { environment } = checked;
  const { ruling } = judged;
  const asked = ruling.kind === 'ask' ? ruling : null;
  const expiresIn = Math.min(
    asked?.expiresAfterSeconds ?? environment.expiresAfterSeconds,
    ask.timeoutSeconds ?? Number.POSITIVE_INFINITY,
  );
  const [row] = await tx
    .insert(requests)
    .values({
      id: newRequestId(),
      version: 1,
      tokenId: caller.id,
      idempotencyKey: ask.idempotencyKey,
      bodyHash: ask.bodyHash,
      project: checked.project,
      environment: environment.name,
      state: 'pending',
      command: ask.command,
      cwd: ask.cwd,
      program: ask.program,
      redacted: ask.redacted,
      digestSalt: checked.digest.salt,
      digest: checked.digest.sha256,
      reason: ask.reason,
      requester: requesterOf(deps, caller, ask.context),
      context: ask.context,
      assessment: judged.assessment,
      approvalsNeeded: asked?.approvals ?? environment.approvals,
      reviewers: asked?.from ?? null,
      whenUnanswered: asked?.whenUnanswered ?? 'deny',
      rules: ruling.kind === 'block' ? [] : ruling.rules,
      explanation: judged.looked,
      family: judged.family,
      sameKey: judged.sameKey,
      concurrencyKey: concurrencyKeyOf(environment.name, ask.context),
      createdAt: sql`now()`,
      expiresAt: sql`now() + make_interval(secs => ${expiresIn})`,
      heartbeatSeconds: ask.heartbeatSeconds,
      heartbeatUntil: ask.heartbeatSeconds
        ? sql`now() + make_interval(secs => ${ask.heartbeatSeconds})`
        : null,
    })
    .onConflictDoNothing()
    .returning();
  return row ?? null;
}

/** The lane of a deploy: in it a newer run takes the place of an older one. */
const concurrencyKeyOf = (environment: string, { repository, job, step }: Context): string | null =>
  repository && step ? JSON.stringify([environment, repository, job ?? '', step]) : null;

function requesterOf(deps: Deps, caller: Caller, context: Context): Requester {
  const actor = context.actor ?? null;
  const people = [caller.owner, actor && deps.personOf(context.source, actor)];
  return {
    tokenId: caller.id,
    tokenName: caller.name,
    kind: caller.kind,
    actor,
    people: [...new Set(people.filter((p): p is string => p !== null))],
  };
}

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** `req_` and 26 characters of 130 random bits: nobody guesses another's request. */
const newRequestId = (): string => `req_${[...randomBytes(26)].map((byte) => ALPHABET[byte % 32]).join('')}`;
