import type { Environment } from '../core/environment.ts';
import { failureOf, mend } from '../slack/errors.ts';
import type { OpenedSlack } from '../slack/open.ts';
import { fault, note, ok, type Said } from './finding.ts';
import type { Site } from './site.ts';

/** Is the channel of an environment there, and is the bot in it? */
export async function lookAtChannel(site: Site, { channel }: Environment): Promise<Said[]> {
  const slack = await site.slack();
  if (!slack || (await site.auth())?.is !== 'known') return [];
  try {
    return [await look(slack, channel)];
  } catch (error) {
    return [refusedBy(error, channel)];
  }
}

async function look({ workspace }: OpenedSlack, configured: string): Promise<Said> {
  const id = await workspace.channelId(configured);
  if (id === null)
    return fault(
      `there is no open channel ${configured} that Gatehouse sees`,
      `make it, or unarchive it; of a private one Gatehouse knows when it is in: type /invite @gatehouse there. Or mend the name`,
    );
  const { channel } = await workspace.client.conversations.info({ channel: id });
  const name = channel?.name ? `#${channel.name}` : id;
  if (channel?.is_archived) return fault(`${name} is archived`, 'unarchive it, or configure another channel');
  if (!channel?.is_member) return fault(`Gatehouse is not in ${name}`, `type /invite @gatehouse in ${name}`);
  return ok(`${name}${configured === id ? '' : ` (${id})`}, Gatehouse is in it`);
}

function refusedBy(error: unknown, channel: string): Said {
  const failure = failureOf(error);
  switch (failure.kind) {
    case 'refused':
      return fault(`${channel}: Slack says ${failure.code}`, mend(failure.code, channel));
    case 'rate-limited':
      return note('Slack asks to be called less often', `try again in ${failure.retryAfterSeconds} s`);
    case 'unclear':
      return fault(`${channel}: Slack does not say (${failure.words})`, 'try again');
  }
}
