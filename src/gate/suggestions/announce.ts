import type { Tx } from '../../store/database.ts';
import { renewPost, showPostAnew } from '../../store/learning-posts.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';
import type { Deps } from '../deps.ts';

/**
 * Has the channel of the environment told that rules changed, or that a second person is needed. A message that
 * stands there shows every later change, too; what changes nothing is not announced.
 */
export async function announceAnswer(
  tx: Tx,
  deps: Deps,
  { id, environment, state }: SuggestionRow,
): Promise<void> {
  const channel = deps.environments.get(environment)?.channel;
  const key = `suggestion:${id}`;
  if (channel && (state === 'half' || state === 'accepted'))
    await renewPost(tx, { key, channel, payload: { kind: 'suggestion', suggestionId: id } });
  else await showPostAnew(tx, key);
}
