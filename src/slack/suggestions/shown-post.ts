import type { LearningPost } from '../../core/learning/post.ts';
import type { DuePost } from '../../store/learning-posts.ts';
import { findRule, rulesNamed } from '../../store/rules.ts';
import { findSuggestion } from '../../store/suggestions.ts';
import { cut, type Message } from '../blocks.ts';
import type { Slack } from '../slack.ts';
import { answeredCard } from './answered-card.ts';
import { answeredOf } from './answered-of.ts';
import { blockProposal } from './block-proposal.ts';
import { nightLine } from './night-line.ts';
import { prunedMessage } from './pruned-post.ts';
import { cardNow } from './rule-presses.ts';

/** What a message of the learning side shows now; null: there is nothing to show any more. */
export async function shownPost(slack: Slack, due: DuePost): Promise<Message | null> {
  const message = await messageOf(slack, due.payload as unknown as LearningPost);
  const [first, ...rest] = message?.blocks ?? [];
  if (!message || !first) return null;
  // By this name it is found again when Slack took it and did not say so.
  return { ...message, blocks: [{ ...first, block_id: postBlock(due) }, ...rest] };
}

export const postBlock = ({ key }: Pick<DuePost, 'key'>): string => cut(`post:${key}`, 255);

async function messageOf(slack: Slack, post: LearningPost): Promise<Message | null> {
  const { db } = slack.deps.database;
  switch (post.kind) {
    case 'night':
      return nightLine(post);
    case 'rule': {
      const rule = await findRule(db, post.ruleId);
      return rule && (await cardNow(slack, rule));
    }
    case 'pruned':
      return prunedMessage(post, await rulesNamed(db, post.ruleIds.slice(0, 20)));
    case 'block-proposal':
      return blockProposal(post);
    case 'suggestion': {
      const row = await findSuggestion(db, post.suggestionId);
      return row ? answeredCard(await answeredOf(slack, row)) : null;
    }
    default:
      return null;
  }
}
