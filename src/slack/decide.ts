import { judgeVote, type RequestView, type Verdict, type Vote, type Voter } from '../core/request.ts';
import { environmentAsked } from '../gate/environment-asked.ts';
import { type VoteResult, vote } from '../gate/vote.ts';
import { toRequest, viewRequest } from '../store/requests.ts';
import { type Asker, sentence, tell } from './answers.ts';
import type { Message } from './blocks.ts';
import { type Clicker, voterOf } from './people.ts';
import { alreadyEnded, countedSoFar, refusal } from './refusals.ts';
import type { Slack } from './slack.ts';
import { UNKNOWN_REQUEST } from './texts.ts';

/** One person's answer to one request, however it was given. */
export interface Answer {
  clicker: Clicker;
  asker: Asker;
  verdict: Verdict;
  reason: string | null;
  method: Vote['method'];
}

/** Reads who it is, lets the gate count the vote, and tells the person what the card does not. */
export async function decide(slack: Slack, view: RequestView, answer: Answer): Promise<void> {
  const voter = await voterOf(slack, answer.clicker, environmentAsked(slack.deps, view));
  const { verdict, reason, method } = answer;
  const result = await vote(slack.deps, { requestId: view.id, voter, verdict, reason, method });
  const message = await answerTo(slack, result);
  if (message) await tell(slack, answer.asker, message);
}

/** The request, if it still waits; otherwise the person is told how it ended. */
export async function openRequest(
  slack: Slack,
  requestId: string,
  asker: Asker,
): Promise<RequestView | null> {
  const view = await viewRequest(slack.deps.database.db, requestId);
  if (view?.state === 'pending') return view;
  await tell(slack, asker, view ? alreadyEnded(view) : sentence(UNKNOWN_REQUEST));
  return null;
}

/** null: the card says it all. */
async function answerTo(slack: Slack, result: VoteResult): Promise<Message | null> {
  if (result.counted) return result.ends ? null : countedSoFar(result);
  if (result.code === 'unknown-request') return sentence(UNKNOWN_REQUEST);
  if (result.code === 'already-decided') return alreadyEnded(toRequest(result.request));
  const environment = environmentAsked(slack.deps, result.request);
  return refusal(result.code, { environment, deciders: await slack.decidersOf(environment) });
}

/**
 * Before somebody writes a reason for nothing: may this person deny it? If not, the attempt is recorded as any other.
 * @returns what to tell them; null when they may
 */
export async function refuseDeny(slack: Slack, view: RequestView, clicker: Clicker): Promise<Message | null> {
  const voter = await voterOf(slack, clicker, environmentAsked(slack.deps, view));
  if (mayDeny(view, voter)) return null;
  const result = await vote(slack.deps, {
    requestId: view.id,
    voter,
    verdict: 'deny',
    reason: null,
    method: 'card',
  });
  return answerTo(slack, result);
}

const mayDeny = (view: RequestView, voter: Voter): boolean =>
  judgeVote({
    state: 'pending',
    approvalsNeeded: view.approvalsNeeded,
    requesterPeople: view.requester.people,
    voter,
    verdict: 'deny',
    votes: view.votes,
  }).counted;
