import type { Environment } from '../core/environment.ts';
import type { Request } from '../core/request.ts';
import { endedBy } from '../core/standing.ts';
import { NOT_COUNTED } from '../core/vote-refusals.ts';
import type { AnswerRefusal } from '../gate/answered.ts';
import { sentence } from './answers.ts';
import { bold, date, type Inline, type Message, said, text } from './blocks.ts';

/** Who may decide where: what a refusal names. */
export interface Deciders {
  environment: Environment;
  /** In words: `Ana, Ben or @dba`. */
  deciders: string;
}

/** Why a click did not count, and what to do now. A late one is answered by `alreadyEnded`. */
export function refusal(
  code: Exclude<AnswerRefusal, 'already-decided' | 'unknown-request'>,
  at: Deciders,
): Message {
  switch (code) {
    case 'not-a-reviewer':
      return notAReviewer(at);
    case 'requester':
    case 'guest':
    case 'outsider':
    case 'deactivated':
    case 'bot':
    case 'unknown-membership':
    case 'voted-before':
      return sentence(NOT_COUNTED[code]);
    case 'too-early':
      return sentence('There is time left: it can be extended in the last third of its time.');
    case 'extended-enough':
      return sentence(
        'It was extended as far as this environment allows. Decide, or let it end and ask again.',
      );
    case 'nothing-asked':
      return sentence('There is nothing to answer here.');
    case 'answered-before':
      return sentence('Somebody answered this already.');
    case 'not-asked':
      return sentence('Only who asked for this command answers here. Reply in the thread instead.');
    case 'no-emergency-here':
      return sentence(
        'There is no emergency to declare here: nobody is on an emergency list, or it is one already.',
      );
    case 'reason-needed':
      return sentence('Say why it is an emergency.');
    case 'retrospective-due':
      return sentence(
        'A retrospective is still due from the people behind this. Give it first: its card has the button.',
      );
  }
}

function notAReviewer({ environment, deciders }: Deciders): Message {
  const words = 'You cannot decide here.';
  if (environment.reviewers !== 'channel') {
    return sentence(words, text(`Only ${deciders} can decide here. Ask one of them.`));
  }
  return sentence(
    words,
    text('Only members of '),
    channelName(environment.channel),
    text(' can decide here. Join it, or ask somebody there.'),
  );
}

const channelName = (channel: string): Inline =>
  /^[CG][A-Z0-9]+$/.test(channel) ? { type: 'channel', channel_id: channel } : text(said(channel, 80));

/** `Already denied by Ana today at 14:02.` */
export function alreadyEnded(request: Pick<Request, 'state' | 'decision'>): Message {
  const at = request.decision?.at;
  const reason = request.state === 'denied' ? request.decision?.reason?.trim() : null;
  return sentence(
    `Already ${request.state}.`,
    bold(`Already ${request.state} ${endedBy(request)}`.trim()),
    ...(at ? [text(', '), date(at)] : []),
    text('.'),
    ...(reason ? [text(` Reason: ${said(reason, 300)}`)] : []),
  );
}

/** An approval that was counted and is not the last one needed. */
export function countedSoFar({ approvals, needed }: { approvals: number; needed: number }): Message {
  const left = needed - approvals;
  const others = left === 1 ? 'One more person has' : `${left} more people have`;
  return sentence(`Counted: ${approvals} of ${needed}. ${others} to approve.`);
}
