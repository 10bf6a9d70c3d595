import { sql } from 'drizzle-orm';
import type { Environment } from '../core/environment.ts';
import type { Context, Requester } from '../core/request.ts';
import type { Tx } from '../store/database.ts';
import type { RequestRow } from '../store/requests.ts';
import { requests } from '../store/schema.ts';
import type { Surroundings } from './attention.ts';
import type { Caller } from './authenticate.ts';
import type { Deps } from './deps.ts';
import { freshBytes } from './fresh-bytes.ts';
import type { Judged } from './judge.ts';
import type { Ask } from './submit.ts';

/** A request before it is stored. */
export type Draft = Omit<
  typeof requests.$inferInsert,
  'createdAt' | 'expiresAt' | 'latestExpiresAt' | 'heartbeatUntil'
> & {
  expiresInSeconds: number;
  /** null: its deadline cannot be moved. */
  canBeExtendedBySeconds: number | null;
};

interface Given {
  caller: Caller;
  ask: Ask;
  environment: Environment;
  project: string;
  digest: { salt: string; sha256: string };
  judged: Judged;
}

/** @returns null when another request took the idempotency key first */
export async function insertDraft(tx: Tx, draft: Draft, around: Surroundings): Promise<RequestRow | null> {
  const { expiresInSeconds, canBeExtendedBySeconds, ...given } = draft;
  const { heartbeatSeconds } = given;
  const beside = { leaderId: around.leader?.id ?? null, batchId: around.batch?.id ?? null };
  const [row] = await tx
    .insert(requests)
    .values({
      ...given,
      ...beside,
      createdAt: sql`now()`,
      expiresAt: sql`now() + make_interval(secs => ${expiresInSeconds})`,
      latestExpiresAt:
        canBeExtendedBySeconds === null
          ? null
          : sql`now() + make_interval(secs => ${expiresInSeconds + canBeExtendedBySeconds})`,
      heartbeatUntil: heartbeatSeconds ? sql`now() + make_interval(secs => ${heartbeatSeconds})` : null,
    })
    .onConflictDoNothing()
    .returning();
  return row ?? null;
}

/** A judged ask as it is stored, but for what it has to do with others. */
export function draftOf(deps: Deps, given: Given): Draft {
  const { caller, ask, environment, judged } = given;
  const { ruling } = judged;
  const asked = ruling.kind === 'ask' ? ruling : null;
  const expiresIn = Math.min(
    asked?.expiresAfterSeconds ?? environment.expiresAfterSeconds,
    ask.timeoutSeconds ?? Number.POSITIVE_INFINITY,
  );
  return {
    id: newRequestId(),
    version: 1,
    tokenId: caller.id,
    idempotencyKey: ask.idempotencyKey,
    bodyHash: ask.bodyHash,
    project: given.project,
    environment: environment.name,
    state: 'pending',
    command: ask.command,
    cwd: ask.cwd,
    program: ask.program,
    redacted: ask.redacted,
    digestSalt: given.digest.salt,
    digest: given.digest.sha256,
    reason: ask.reason,
    requester: requesterOf(deps, caller, ask.context),
    context: ask.context,
    assessment: judged.assessment,
    approvalsNeeded: asked?.approvals ?? environment.approvals,
    reviewers: asked?.from ?? null,
    // What a rule or a policy lets pass, or stops, is no emergency: nobody had to decide.
    emergency: asked !== null && ask.emergency,
    whenUnanswered: asked?.whenUnanswered ?? 'deny',
    rules: ruling.kind === 'block' ? [] : ruling.rules,
    spotCheck: asked?.spotCheck ?? false,
    shadowRules: judged.shadow,
    explanation: judged.looked,
    family: judged.family,
    sameKey: judged.sameKey,
    concurrencyKey: concurrencyKeyOf(environment.name, ask.context),
    expiresInSeconds: expiresIn,
    // A client that wants to know sooner is not kept waiting longer.
    canBeExtendedBySeconds: ask.timeoutSeconds
      ? null
      : environment.extend.bySeconds * environment.extend.times,
    whenNobodyIsThere: caller.whenNobodyIsThere,
    heartbeatSeconds: ask.heartbeatSeconds,
  };
}

/** The lane of a deploy: in it a newer run takes the place of an older one. */
export const concurrencyKeyOf = (environment: string, { repository, job, step }: Context): string | null =>
  repository && step ? JSON.stringify([environment, repository, job ?? '', step]) : null;

/** Who asks: the token, and the people known to stand behind it. */
export function requesterOf(deps: Deps, caller: Caller, context: Context): Requester {
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
const newRequestId = (): string => `req_${[...freshBytes(26)].map((byte) => ALPHABET[byte % 32]).join('')}`;
