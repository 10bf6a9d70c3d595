import type { Command } from './command/command.ts';
import type { WordChange } from './command/word-diff.ts';
import type { Looked } from './decide.ts';
import type { Retrospective } from './emergency.ts';
import type { Reviewers } from './environment.ts';
import type { LadderView } from './escalation.ts';
import type { ModelText } from './model-words.ts';
import type { Reach } from './reach.ts';
import type { Assessment } from './risk/assessment.ts';

/** `pending` is the only state that is not final. */
export type RequestState = 'pending' | 'approved' | 'denied' | 'expired' | 'withdrawn' | 'blocked';
export type RequesterKind = 'ci' | 'human' | 'agent';
/** What becomes of an unattended ask when no reviewer is there: the usual ladder, a denial, or a page at once. */
export const WHEN_NOBODY_IS_THERE = ['wait', 'deny', 'page'] as const;
export type WhenNobodyIsThere = (typeof WHEN_NOBODY_IS_THERE)[number];

/** Who asks: the token that was presented, and the people known to stand behind it. */
export interface Requester {
  tokenId: string;
  tokenName: string;
  kind: RequesterKind;
  /** The name the client gave, as a CI actor or a login. Anybody's word: it proves nothing. */
  actor: string | null;
  /** Slack user ids of the token's owner and of the linked actor. None of them may approve. */
  people: string[];
  /** Slack user id of whoever made it an emergency while it waited: they owe its retrospective, too. */
  declaredBy?: string;
}

/** Where a request comes from, in the client's words. */
export interface Context {
  source?: string;
  repository?: string;
  ref?: string;
  sha?: string;
  run_id?: string;
  run_attempt?: string;
  run_url?: string;
  server_url?: string;
  job?: string;
  step?: string;
  actor?: string;
  host?: string;
  links?: { title: string; url: string }[];
  checks?: { name: string; state: string; url?: string }[];
  change_summary?: string;
  changed_paths?: string[];
}

export interface Outcome {
  /** null: it could not be started, or it was ended by a signal. */
  exitCode: number | null;
  signal: string | null;
  durationMs: number;
  reportedAt: Date;
}

export const DECIDED_BY = [
  'people',
  'rule',
  'policy',
  'deadline',
  'requester',
  'lost-contact',
  'newer-request',
  'nobody-to-ask',
  'nobody-there',
] as const;
export type DecidedBy = (typeof DECIDED_BY)[number];

/** How a request ended, by what, and who took part. */
export interface Decision {
  by: DecidedBy;
  at: Date;
  /** In words, for the person who waits. */
  reason: string | null;
  people: { subject: string; name: string }[];
}

export interface Vote {
  subject: string;
  name: string;
  verdict: Verdict;
  reason: string | null;
  /** The way the person answered, for the record. */
  method: 'card' | 'review' | 'command' | 'page';
  at: Date;
}
export type Verdict = 'approve' | 'deny';

/** Somebody said that they are looking at it, so that two people do not read the same thing. */
export interface Claim {
  subject: string;
  name: string;
  /** ISO 8601. */
  at: string;
}

/** What a reviewer asked the one who asked, and what came back. */
export interface Question {
  id: number;
  askedByName: string;
  text: string;
  askedAt: Date;
  answer: string | null;
  answeredByName: string | null;
  answeredAt: Date | null;
}

export interface Request {
  id: string;
  /** Counts every visible change; surfaces show a version. */
  version: number;
  project: string;
  environment: string;
  state: RequestState;
  command: Command;
  cwd: string | null;
  program: { path: string; sha256: string } | null;
  digest: { salt: string; sha256: string };
  reason: string | null;
  requester: Requester;
  context: Context;
  assessment: Assessment;
  approvalsNeeded: number;
  /** Who may decide this one, when a policy says so; null: as the environment says. */
  reviewers: Reviewers | null;
  emergency: boolean;
  whenUnanswered: 'deny' | 'allow';
  /** The card of a burst it stands on, beside others; null: a card of its own. */
  batchId: string | null;
  /** Everything that was looked at when it was decided what becomes of it. */
  explanation: Looked[];
  family: string;
  createdAt: Date;
  expiresAt: Date;
  /** Nobody moves the deadline beyond this moment; null: nobody moves it. */
  latestExpiresAt: Date | null;
  claim: Claim | null;
  /** Who could be reached when it was asked; null: not known (yet). */
  reach: Reach | null;
  /** What the language model made of it; null: nothing, or it was not asked. */
  modelWords: ModelText | null;
  useBy: Date | null;
  decision: Decision | null;
  /** The grant was used: the command was about to start. */
  startedAt: Date | null;
  /** The use-by time passed and nobody had used the approval. */
  lapsedAt: Date | null;
  outcome: Outcome | null;
}

/** A rule or a policy let it pass, or stopped it, when it asked: nobody was asked, no card shows it, nobody waits for it. */
export const wasDecidedAtOnce = ({
  decision,
  whenUnanswered,
}: Pick<Request, 'whenUnanswered'> & { decision: Pick<Decision, 'by'> | null }): boolean =>
  (decision?.by === 'rule' || decision?.by === 'policy') && whenUnanswered === 'deny';

/** What the runbook says of commands like this one: most often why one was denied. */
export interface Note {
  id: string;
  by: string;
  reason: string;
  /** When it was written; of denials, the latest that said so. */
  at: Date;
  /** How many denials said the same; 0: somebody wrote it without one. */
  denials: number;
  isPinned: boolean;
  /** What it was said of, when that is something else than here. */
  about: string | null;
}

/** What ran before in the same run of the same job, oldest first. */
export interface EarlierRequest {
  id: string;
  command: Command;
  state: RequestState;
  outcome: Outcome | null;
  startedAt: Date | null;
}

/** A request with everything a surface shows beside it. */
export interface RequestView extends Request {
  votes: Vote[];
  earlier: EarlierRequest[];
  /** Commit of the last command that ended well in the same project, environment and repository. */
  lastSuccess: { sha: string; at: Date } | null;
  /** The last time a command of this family ran in this environment. */
  lastRun: { id: string; startedAt: Date; outcome: Outcome | null } | null;
  /** Why commands like it were denied before. */
  notes: Note[];
  /** What differs from the last approved command of its family here, word by word; null: nothing, or nothing to compare. */
  changes: WordChange[] | null;
  /** Those that asked the same and share its decision; `shown` are the first of them. */
  followers: { count: number; shown: Request[] };
  /** The request of a newer run that took its place. */
  newer: { id: string; state: RequestState; permalink: string | null } | null;
  /** Id of a request of a newer run that waits, too: this one came late. */
  newerWaits: string | null;
  /** A reviewer may move its deadline now. */
  mayExtend: boolean;
  /** Who has been told, when, and what happens next. */
  ladder: LadderView;
  questions: Question[];
  /** The retrospective that its emergency owes or has been given; null: none. */
  retrospective: {
    dueAt: Date;
    closedAt: Date | null;
    closedByName: string | null;
    given: Retrospective | null;
    /** The page to whoever is on call when it was overdue; null: none. */
    page: { isSent: boolean; problem: string | null } | null;
  } | null;
}

/** Who clicked, with what Slack said of them at that moment. */
export interface Voter {
  /** `slack:<team>:<user>` */
  subject: string;
  userId: string;
  name: string;
  isBot: boolean;
  isGuest: boolean;
  isOutsider: boolean;
  isDeactivated: boolean;
  /** null: it could not be found out. */
  isReviewer: boolean | null;
  /** The reviewers of which that was found out: once a request is an emergency, others decide it. */
  against?: Reviewers;
}

export type VoteRefusal =
  | 'already-decided'
  | 'outsider'
  | 'deactivated'
  | 'guest'
  | 'bot'
  | 'unknown-membership'
  | 'not-a-reviewer'
  | 'requester'
  | 'voted-before';

export type VoteJudgement =
  | { counted: false; code: VoteRefusal }
  | { counted: true; ends: 'approved' | 'denied' | null; approvals: number; needed: number };

/** Why somebody may not act as a reviewer; null: they may. Every doubt is against them. */
export function whyNoReviewer(voter: Voter): VoteRefusal | null {
  if (voter.isOutsider) return 'outsider';
  if (voter.isDeactivated) return 'deactivated';
  if (voter.isBot) return 'bot';
  if (voter.isGuest) return 'guest';
  if (voter.isReviewer === null) return 'unknown-membership';
  return voter.isReviewer ? null : 'not-a-reviewer';
}

/** Why somebody is neither a reviewer nor behind the request; null: they are. */
export function whyNotInvolved({ people, declaredBy }: Requester, voter: Voter): VoteRefusal | null {
  const unfit = whyNoReviewer(voter);
  const isOwn = people.includes(voter.userId) || declaredBy === voter.userId;
  return isOwn && (unfit === 'not-a-reviewer' || unfit === 'unknown-membership') ? null : unfit;
}

/**
 * Does this vote count, and does it end the request? Every doubt about the person is a refusal.
 * A requester may deny, never approve: taking back one's own request is the safe direction.
 */
export function judgeVote(input: {
  state: RequestState;
  approvalsNeeded: number;
  requesterPeople: string[];
  voter: Voter;
  verdict: Verdict;
  votes: Pick<Vote, 'subject' | 'verdict'>[];
}): VoteJudgement {
  const { voter, verdict } = input;
  const refuse = (code: VoteRefusal): VoteJudgement => ({ counted: false, code });
  if (input.state !== 'pending') return refuse('already-decided');
  const unfit = whyNoReviewer(voter);
  if (unfit) return refuse(unfit);
  if (verdict === 'approve' && input.requesterPeople.includes(voter.userId)) return refuse('requester');

  const approvers = new Set(input.votes.filter((v) => v.verdict === 'approve').map((v) => v.subject));
  if (verdict === 'deny') {
    return { counted: true, ends: 'denied', approvals: approvers.size, needed: input.approvalsNeeded };
  }
  if (approvers.has(voter.subject)) return refuse('voted-before');
  const approvals = approvers.size + 1;
  return {
    counted: true,
    ends: approvals >= input.approvalsNeeded ? 'approved' : null,
    approvals,
    needed: input.approvalsNeeded,
  };
}
