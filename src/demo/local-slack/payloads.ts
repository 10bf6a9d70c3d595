import { wireMessage } from './api/messages.ts';
import type { Json } from './checks.ts';
import {
  bot,
  type Channel,
  type Message,
  newId,
  newTrigger,
  nextTs,
  type Person,
  team,
  teamOf,
  type View,
  type Workspace,
} from './workspace.ts';

const legacyToken = 'local-verification-token';

/** What every interaction carries, in Slack's shape. */
export const interactionBase = (workspace: Workspace, person: Person): Json => ({
  user: { id: person.id, username: person.name, name: person.name, team_id: teamOf(person) },
  team: { id: team.id, domain: team.domain },
  enterprise: null,
  is_enterprise_install: false,
  api_app_id: bot.app,
  token: legacyToken,
  trigger_id: newTrigger(workspace, person.id),
});

/** Where a press on a message happened; Slack leaves the message out when it was an ephemeral. */
export function messageContext(workspace: Workspace, channel: Channel, message: Message): Json {
  return {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: Boolean(message.onlyFor),
      ...(message.thread_ts && { thread_ts: message.thread_ts }),
    },
    channel: { id: channel.id, name: channelName(channel) },
    ...(!message.onlyFor && { message: wireMessage(workspace, message) }),
  };
}

export const viewContext = (view: View): Json => ({
  container: { type: 'view', view_id: view.id },
  view,
});

export function channelName(channel: Channel): string {
  if (channel.with) return 'directmessage';
  return channel.isPrivate ? 'privategroup' : channel.name;
}

/** The form of a slash command; the text arrives with its entities escaped and mentions as ids. */
export function commandForm(
  workspace: Workspace,
  person: Person,
  about: { command: string; text: string; channel: Channel; responseUrl: string },
): Json {
  return {
    token: legacyToken,
    team_id: teamOf(person),
    team_domain: team.domain,
    channel_id: about.channel.id,
    channel_name: channelName(about.channel),
    user_id: person.id,
    user_name: person.name,
    command: about.command,
    text: about.text,
    api_app_id: bot.app,
    is_enterprise_install: 'false',
    response_url: about.responseUrl,
    trigger_id: newTrigger(workspace, person.id),
  };
}

/** Command text as `should_escape` makes it: `&lt;`, `<@U…|name>`, `<#C…|name>`. */
export function escapedCommandText(workspace: Workspace, text: string): string {
  const people = new Map([...workspace.people.values()].map((person) => [person.name, person.id]));
  const channels = new Map([...workspace.channels.values()].map((channel) => [channel.name, channel.id]));
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/(^|\s)@([\w.-]+)/g, (all, gap, name) =>
      people.has(name) ? `${gap}<@${people.get(name)}|${name}>` : all,
    )
    .replace(/(^|\s)#([\w-]+)/g, (all, gap, name) =>
      channels.has(name) ? `${gap}<#${channels.get(name)}|${name}>` : all,
    );
}

/** The wrapping of an event of the Events API. */
export const eventCallback = (workspace: Workspace, event: Json): Json => ({
  token: legacyToken,
  team_id: team.id,
  api_app_id: bot.app,
  event: { event_ts: nextTs(workspace), ...event },
  type: 'event_callback',
  event_id: newId('Ev'),
  event_time: Math.floor(workspace.now() / 1000),
  authorizations: [
    { enterprise_id: null, team_id: team.id, user_id: bot.user, is_bot: true, is_enterprise_install: false },
  ],
  is_ext_shared_channel: false,
});
