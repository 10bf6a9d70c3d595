import { isObject, type Json } from './checks.ts';
import { optionsOf } from './state-values.ts';
import {
  type Block,
  type Channel,
  canSee,
  findMessage,
  type Message,
  type Person,
  type View,
  type Workspace,
} from './workspace.ts';

/** Where a press happens: on a message, or in an open modal or home tab. */
export type Target = { channel: string; ts: string } | { viewId: string };
export type Pressable = { block: Block; element: Json };

/** The person, if they can use this workspace at all. */
export function activePerson(workspace: Workspace, id: string): Person {
  const person = workspace.people.get(id);
  if (!person) throw new Error(`there is no person ${id}`);
  if (person.deleted) throw new Error(`${person.name} is deactivated`);
  if (person.isBot) throw new Error(`${person.name} is a bot`);
  return person;
}

export function channelOf(workspace: Workspace, person: Person, id: string): Channel {
  const channel = workspace.channels.get(id);
  if (!channel || !canSee(channel, person.id)) throw new Error(`${person.name} is not in channel ${id}`);
  return channel;
}

/** A message that the person has before their eyes. */
export function messageSeenBy(workspace: Workspace, person: Person, channel: string, ts: string): Message {
  channelOf(workspace, person, channel);
  const ephemeral = workspace.ephemerals.find((one) => one.ts === ts && one.channel === channel);
  if (ephemeral && ephemeral.onlyFor !== person.id)
    throw new Error(`${person.name} cannot see the ephemeral message ${ts}`);
  const message = ephemeral ?? findMessage(workspace, channel, ts);
  if (!message) throw new Error(`there is no message ${ts} in ${channel}`);
  return message;
}

/** The home tab or the topmost modal of a person. */
export function viewOpenFor(workspace: Workspace, person: Person, viewId: string): View {
  const home = workspace.homes.get(person.id);
  if (home?.id === viewId) return home;
  const top = workspace.stacks.get(person.id)?.at(-1);
  const view = top === viewId ? workspace.views.get(viewId) : undefined;
  if (!view) throw new Error(`view ${viewId} is not open for ${person.name}`);
  return view;
}

/** Everything in blocks that one can press or choose from, in order. */
export function pressables(blocks: Block[]): Pressable[] {
  return blocks.flatMap((block) => elementsOf(block).map((element) => ({ block, element })));
}

function elementsOf(block: Block): Json[] {
  if (block.type === 'actions' || block.type === 'context_actions') return block.elements as Json[];
  if (block.type === 'section')
    return isObject(block.accessory) && block.accessory.type !== 'image' ? [block.accessory] : [];
  return block.type === 'input' && block.dispatch_action && isObject(block.element) ? [block.element] : [];
}

/** The element with this action id; `value` and `blockId` tell apart those that share it. */
export function findPressable(
  blocks: Block[],
  actionId: string,
  which: { value?: string; blockId?: string } = {},
): Pressable {
  const found = pressables(blocks).filter(({ element }) => element.action_id === actionId);
  const match = found.find(
    ({ block, element }) =>
      (which.blockId === undefined || block.block_id === which.blockId) &&
      (which.value === undefined || element.value === which.value),
  );
  if (match) return match;
  const offered = pressables(blocks).map(({ element }) => element.action_id);
  throw new Error(`there is no "${actionId}" to press; there is: ${offered.join(', ') || 'nothing'}`);
}

/** The option of an element that has this value. */
export function findOption(element: Json, value: string): Json {
  const option = optionsOf(element).find((one) => one.value === value);
  if (option) return option;
  const offered = optionsOf(element).map((one) => one.value);
  throw new Error(`"${String(element.action_id)}" offers ${offered.join(', ')}, not "${value}"`);
}
