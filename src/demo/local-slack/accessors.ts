import type { LocalSlack } from './local-slack.ts';
import { mentionsIn } from './mentions.ts';
import { buttonsOf, textOf, viewText } from './reading.ts';
import {
  directMessages,
  findMessage,
  type Message,
  messagesIn,
  repliesTo,
  type View,
  type Workspace,
} from './workspace.ts';

/** What a test may look at. */
type Accessors = Pick<
  LocalSlack,
  | 'people'
  | 'channels'
  | 'userGroups'
  | 'files'
  | 'messages'
  | 'thread'
  | 'message'
  | 'dm'
  | 'ephemeralsFor'
  | 'openViews'
  | 'home'
  | 'texts'
  | 'buttons'
  | 'mentions'
>;

/** Looks into the workspace, without changing anything. */
export function accessors(workspace: Workspace): Accessors {
  const { people, channels, userGroups, files } = workspace;
  const isView = (shown: Message | View): shown is View => 'hash' in shown;
  return {
    people,
    channels,
    userGroups,
    files,
    messages: (channel) => messagesIn(workspace, channel),
    thread: (channel, ts) => repliesTo(workspace, channel, ts),
    message: (channel, ts) => findMessage(workspace, channel, ts),
    dm: (person) => messagesIn(workspace, directMessages(workspace, person).id),
    ephemeralsFor: (person) => workspace.ephemerals.filter((message) => message.onlyFor === person),
    openViews: (person) => (workspace.stacks.get(person) ?? []).map((id) => workspace.views.get(id)!),
    home: (person) => workspace.homes.get(person),
    texts(shown, timeZone) {
      const reader = { ...workspace, timeZone };
      return isView(shown) ? viewText(reader, shown) : textOf(reader, shown);
    },
    buttons: (shown) => buttonsOf(workspace, shown.blocks),
    mentions: mentionsIn,
  };
}
