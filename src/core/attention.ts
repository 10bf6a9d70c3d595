import type { Reviewers } from './environment.ts';
import type { Context, Requester } from './request.ts';

/** What two requests have in common before one decision may be good for both. */
export interface Alike {
  /** Hash of command, directory, environment and project. */
  sameKey: string;
  tokenId: string;
  requester: Pick<Requester, 'actor' | 'people'>;
  reason: string | null;
  program: { path: string; sha256: string } | null | undefined;
  approvalsNeeded: number;
  reviewers: Reviewers | null | undefined;
  whenUnanswered: 'deny' | 'allow';
  /** Others decide an emergency, and it owes a retrospective: it shares a decision with emergencies alone. */
  emergency: boolean | undefined;
  /** Secrets were taken out of it. */
  redacted: boolean;
  context: Context;
}

/**
 * Do these ask for the same, so that whoever reads one card has read both? Commands with other secrets in them read
 * the same and are not: those are never alike.
 */
export const asksTheSame = (one: Alike, other: Alike): boolean =>
  !one.redacted && !other.redacted && readOnCard(one) === readOnCard(other);

/** Everything a decision rests on. Run, job and step may differ: that is what makes it two requests. */
function readOnCard(ask: Alike): string {
  const { requester, program, reviewers, context } = ask;
  const { source, repository, ref, sha, server_url, change_summary, run_id, host } = context;
  return JSON.stringify([
    [ask.sameKey, ask.tokenId, ask.reason, ask.approvalsNeeded, ask.whenUnanswered],
    ask.emergency === true,
    [requester.actor, [...requester.people].sort()],
    program ? [program.path, program.sha256] : null,
    !reviewers || reviewers === 'channel' ? (reviewers ?? null) : [reviewers.users, reviewers.groups],
    [source, repository, ref, sha, server_url, change_summary].map((each) => each ?? null),
    // One runner of a CI is as good as another; elsewhere the host is what the command changes.
    run_id ? null : (host ?? null),
  ]);
}

type Run = Pick<Context, 'source' | 'server_url' | 'run_id' | 'run_attempt'>;

/** Are these different runs of the same system? Of runs that nobody can compare none takes the other's place. */
export const isOtherRun = (run: Run, other: Run): boolean =>
  run.run_id !== undefined &&
  other.run_id !== undefined &&
  run.source === other.source &&
  run.server_url === other.server_url &&
  (run.run_id !== other.run_id || attemptOf(run) !== attemptOf(other));

/**
 * Does a run that asks now come after another one that asked before? Numbers of runs tell; ids that are no numbers
 * do not, and then the one that asks later is the newer.
 */
export function isNewerRun(run: Run, before: Run): boolean {
  if (!isOtherRun(run, before)) return false;
  if (run.run_id === before.run_id) return attemptOf(run) > attemptOf(before);
  const [now, then] = [numberOf(run.run_id), numberOf(before.run_id)];
  return now === null || then === null || now > then;
}

const attemptOf = ({ run_attempt }: Run): bigint => numberOf(run_attempt) ?? 1n;

const numberOf = (text: string | undefined): bigint | null =>
  text !== undefined && /^\d{1,100}$/.test(text) ? BigInt(text) : null;
