import { type Topic, topicName } from '../../core/runbook/topic.ts';
import type { Tx } from '../../store/database.ts';
import { orderPosts } from '../../store/learning-posts.ts';
import type { Deps } from '../deps.ts';
import { proposalsFor } from './proposals.ts';

/** Tells the channel, once, what was denied so often that a policy could say so. Nothing else changes. */
export async function announceProposals(
  tx: Tx,
  deps: Deps,
  environment: string,
  topics: readonly Topic[],
): Promise<void> {
  const channel = deps.environments.get(environment)?.channel;
  if (channel === undefined) return;
  for (const { family } of topics) {
    const proposals = await proposalsFor(tx, deps, environment, { family });
    await orderPosts(
      tx,
      proposals
        .filter((proposal) => proposal.topic.family === family)
        .map(({ topic, denials, reasons, policy }) => ({
          key: `block:${environment}:${topicName(topic)}`,
          channel,
          payload: {
            kind: 'block-proposal',
            environment,
            family: topicName(topic),
            denials,
            reasons,
            policy,
          },
        })),
    );
  }
}
