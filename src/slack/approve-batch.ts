import type { VoteRefusal } from '../core/request.ts';
import { environmentAsked } from '../gate/environment-asked.ts';
import { vote } from '../gate/vote.ts';
import { viewRequest } from '../store/requests.ts';
import { sentence, tell } from './answers.ts';
import { mayGoWithOthers } from './batch-card.ts';
import type { Click } from './clicks.ts';
import { voterOf } from './people.ts';
import { refusal } from './refusals.ts';
import type { Slack } from './slack.ts';

/** Refusals that are about the person: what holds for one request holds for all of them. */
const ABOUT_THE_PERSON = new Set<VoteRefusal>([
  'outsider',
  'deactivated',
  'guest',
  'bot',
  'unknown-membership',
  'not-a-reviewer',
]);

/** Approves the LOW and MEDIUM requests a batch card showed together: each by a vote of its own. */
export async function approveBatch(slack: Slack, { requestId: ids, clicker, asker }: Click): Promise<void> {
  const named = ids.split(' ');
  let [counted, waiting] = [0, 0];
  for (const id of named) {
    const view = await viewRequest(slack.deps.database.db, id);
    // Its risk may have risen, or its end come, since the card was drawn.
    if (!view || view.batchId === null || !mayGoWithOthers(view)) continue;
    const environment = environmentAsked(slack.deps, view);
    const voter = await voterOf(slack, clicker, environment);
    const result = await vote(slack.deps, {
      requestId: id,
      voter,
      verdict: 'approve',
      reason: null,
      method: 'card',
    });
    if (result.counted) counted += 1;
    if (result.counted && !result.ends) waiting += 1;
    if (!result.counted && result.code !== 'unknown-request' && ABOUT_THE_PERSON.has(result.code)) {
      const code = result.code as Exclude<VoteRefusal, 'already-decided'>;
      const deciders = await slack.decidersOf(environment);
      return tell(slack, asker, refusal(code, { environment, deciders }));
    }
  }
  if (counted === named.length && waiting === 0) return;
  const more = waiting > 0 ? ` ${waiting} of them need somebody else, too.` : '';
  await tell(
    slack,
    asker,
    sentence(`Counted for ${counted} of ${named.length}.${more} The card shows the others.`),
  );
}
