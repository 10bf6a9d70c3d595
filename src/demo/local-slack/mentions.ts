import { isObject } from './checks.ts';
import { type MrkdwnNode, parseMrkdwn } from './page/mrkdwn.js';
import type { Message, Workspace } from './workspace.ts';

/** Whom a message mentions: people (`U…`), groups (`S…`) and `@here`, `@channel`, `@everyone`. */
export function mentionsIn(message: Pick<Message, 'text' | 'blocks'>): string[] {
  return [...new Set([...inNodes(parseMrkdwn(message.text)), ...inBlocks(message.blocks)])];
}

/** Whether a message mentions this person, by themselves, in a group or as part of the channel. */
export function mentions(workspace: Workspace, message: Message, person: string): boolean {
  return mentionsIn(message).some(
    (mention) =>
      mention === person ||
      mention.startsWith('@') ||
      workspace.userGroups.get(mention)?.users.includes(person),
  );
}

function inNodes(nodes: MrkdwnNode[]): string[] {
  return nodes.flatMap((node) => {
    if (node.type === 'user' || node.type === 'usergroup') return [node.id];
    if (node.type === 'broadcast') return [`@${node.range}`];
    return 'children' in node ? inNodes(node.children) : [];
  });
}

/** Only mrkdwn texts and rich text's own mention elements mention anybody; plain and preformatted text never does. */
function inBlocks(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(inBlocks);
  if (!isObject(value)) return [];
  if (value.type === 'mrkdwn') return inNodes(parseMrkdwn(String(value.text)));
  if (value.type === 'user') return [String(value.user_id)];
  if (value.type === 'usergroup') return [String(value.usergroup_id)];
  if (value.type === 'broadcast') return [`@${String(value.range)}`];
  return Object.values(value).flatMap(inBlocks);
}
