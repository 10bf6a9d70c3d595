/** What Slack's reference asks of a bot token; methods that need nothing are left out. */
const scopes: Record<string, string> = {
  'chat.postMessage': 'chat:write',
  'chat.postEphemeral': 'chat:write',
  'chat.update': 'chat:write',
  'chat.delete': 'chat:write',
  'conversations.open': 'im:write',
  'dnd.teamInfo': 'dnd:read',
  'files.getUploadURLExternal': 'files:write',
  'files.completeUploadExternal': 'files:write',
  'reactions.add': 'reactions:write',
  'usergroups.list': 'usergroups:read',
  'usergroups.users.list': 'usergroups:read',
  'users.info': 'users:read',
  'users.list': 'users:read',
  'users.getPresence': 'users:read',
  'users.lookupByEmail': 'users:read.email',
};

/** The scope that a method needs and the app was not given. */
export const lackedScope = (missing: Set<string>, method: string): string | undefined =>
  Object.hasOwn(scopes, method) && missing.has(scopes[method]!) ? scopes[method] : undefined;

/** Methods of which any of several scopes is enough, and what no method stands for. */
const beside = ['channels:read', 'groups:read', 'channels:history', 'groups:history', 'commands'];

/** What the app was installed with, as the header of every answer says it. */
export const grantedScopes = (missing: Set<string>): string[] =>
  [...new Set([...Object.values(scopes), ...beside])].filter((scope) => !missing.has(scope));
