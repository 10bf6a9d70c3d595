import type { Environment } from '../core/environment.ts';
import { failureOf, mend } from '../slack/errors.ts';
import { testCard } from '../slack/test-card.ts';
import { fault, ok, type Said } from './finding.ts';
import type { Site } from './site.ts';

/** Posts a card that asks nothing into the channel of an environment. */
export async function sendTestCard(site: Site, environment: Environment): Promise<Said[]> {
  const slack = await site.slack();
  if (!slack) return [fault('not sent: there is no Slack', 'set SLACK_BOT_TOKEN')];
  const { client, channelId, decidersOf } = slack.workspace;
  try {
    const channel = await channelId(environment.channel);
    if (channel === null)
      return [fault(`not sent: there is no channel ${environment.channel}`, 'mend the channel first')];
    const message = testCard(environment, await decidersOf(environment));
    await client.chat.postMessage({ channel, ...message, unfurl_links: false, unfurl_media: false });
    return [ok(`posted in ${environment.channel}: press its button to see whether presses reach the gate`)];
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'refused')
      return [fault(`not sent: Slack says ${failure.code}`, mend(failure.code, environment.channel))];
    return [
      fault(
        `not sent: ${failure.kind === 'unclear' ? failure.words : 'Slack asks to be called less often'}`,
        'try again',
      ),
    ];
  }
}
