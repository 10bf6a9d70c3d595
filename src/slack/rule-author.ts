import { judgeVote, type Voter } from '../core/request.ts';
import { environmentOf } from '../gate/environment-asked.ts';
import type { Author } from '../gate/rules.ts';
import { sentence } from './answers.ts';
import { code, type Message, text } from './blocks.ts';
import { type Clicker, voterOf } from './people.ts';
import { refusal } from './refusals.ts';
import type { Slack } from './slack.ts';

export type MayChange = { author: Author; refused: null } | { author: null; refused: Message };

/** Whoever may decide in an environment may change its rules, and nobody else; asked of Slack at this moment. */
export async function mayChangeRules(slack: Slack, clicker: Clicker, name: string): Promise<MayChange> {
  if (name === '*') return { author: null, refused: ADMINISTRATORS };
  const environment = environmentOf(slack.deps, name);
  const voter = await voterOf(slack, clicker, environment);
  const judged = judgeVote({
    state: 'pending',
    approvalsNeeded: 1,
    requesterPeople: [],
    voter,
    verdict: 'deny',
    votes: [],
  });
  if (judged.counted) return { author: authorOf(voter), refused: null };
  const code = judged.code === 'already-decided' ? 'not-a-reviewer' : judged.code;
  const deciders = await slack.decidersOf(environment);
  return { author: null, refused: refusal(code, { environment, deciders }) };
}

const authorOf = ({ subject, name, userId }: Voter): Author => ({
  subject,
  name,
  isAdmin: false,
  people: [userId],
});

const ADMINISTRATORS = sentence(
  'Rules for every environment are changed by an administrator.',
  text('Rules for every environment are changed by an administrator, in a terminal: '),
  code('gate rules --help'),
);
