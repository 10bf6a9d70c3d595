import type { Json } from '../checks.ts';
import { bot, type Person, team, teamOf, type UserGroup, type Workspace } from '../workspace.ts';
import { zoneOffsetSeconds } from '../zones.ts';
import { isOn, type Method, optionalText, pageOf, Refusal, requiredText, somebody } from './method.ts';

/** A person as users.info shows them; the deactivated and strangers show less. */
export function wirePerson(person: Person): Json {
  const isBot = Boolean(person.isBot);
  return {
    id: person.id,
    team_id: teamOf(person),
    name: person.name,
    deleted: Boolean(person.deleted),
    is_bot: isBot,
    is_app_user: false,
    ...(!isBot && { is_email_confirmed: !person.isEmailUnconfirmed }),
    updated: 1_760_000_000,
    profile: {
      real_name: person.realName,
      display_name: person.realName,
      title: person.title ?? '',
      team: teamOf(person),
      ...(!person.isStranger && person.email && { email: person.email }),
      ...(isBot && { bot_id: bot.bot, api_app_id: bot.app }),
    },
    ...(!person.deleted && {
      real_name: person.realName,
      tz: person.tz ?? 'Etc/UTC',
      tz_label: person.tz ?? 'Etc/UTC',
      tz_offset: zoneOffsetSeconds(person.tz ?? 'Etc/UTC', new Date()),
      is_admin: false,
      is_owner: false,
      is_restricted: Boolean(person.isGuest),
      is_ultra_restricted: false,
      is_stranger: Boolean(person.isStranger),
    }),
  };
}

/** A person as this app may see them: addresses are a scope of their own. */
function personFor({ missingScopes }: Workspace, person: Person): Json {
  const wire = wirePerson(person);
  if (!missingScopes.has('users:read.email')) return wire;
  const { email: _, ...profile } = wire.profile as Json;
  return { ...wire, profile };
}

const authTest: Method = ({ url }) => ({
  url: `${url}/`,
  team: team.name,
  team_id: team.id,
  user: bot.name,
  user_id: bot.user,
  bot_id: bot.bot,
  is_enterprise_install: false,
});

const botInfo: Method = ({ body }) => {
  if (requiredText(body, 'bot') !== bot.bot) throw new Refusal('bot_not_found');
  return {
    bot: { id: bot.bot, deleted: false, name: bot.realName, app_id: bot.app, user_id: bot.user, icons: {} },
  };
};

const userInfo: Method = ({ workspace, body }) => ({
  user: personFor(workspace, somebody(workspace, requiredText(body, 'user'))),
});

const userList: Method = ({ workspace, body }) => {
  const everybody = [...workspace.people.values()].filter((person) => !person.isStranger);
  const { page, response_metadata } = pageOf(everybody, body);
  return { members: page.map((person) => personFor(workspace, person)), response_metadata };
};

const lookupByEmail: Method = ({ workspace, body }) => {
  const email = requiredText(body, 'email').toLowerCase();
  const person = [...workspace.people.values()].find(
    (one) => one.email?.toLowerCase() === email && !one.isStranger && !one.deleted,
  );
  if (!person) throw new Refusal('users_not_found');
  return { user: wirePerson(person) };
};

const getPresence: Method = ({ workspace, body }) => {
  const person = somebody(workspace, optionalText(body, 'user') ?? bot.user);
  const presence = person.away || person.deleted ? 'away' : 'active';
  // How it came about is told of nobody but oneself.
  return person.id === bot.user
    ? { presence, online: true, auto_away: false, manual_away: false }
    : { presence };
};

const wireGroup = (group: UserGroup, withUsers: boolean): Json => ({
  id: group.id,
  team_id: team.id,
  is_usergroup: true,
  name: group.name ?? group.handle,
  handle: group.handle,
  date_delete: 0,
  user_count: group.users.length,
  ...(withUsers && { users: group.users }),
});

const groupList: Method = ({ workspace, body }) => ({
  usergroups: [...workspace.userGroups.values()].map((group) => wireGroup(group, isOn(body.include_users))),
});

const groupUsers: Method = ({ workspace, body }) => {
  const group = workspace.userGroups.get(requiredText(body, 'usergroup'));
  if (!group) throw new Refusal('no_such_subteam');
  return { users: group.users.filter((id) => !workspace.people.get(id)?.deleted) };
};

export const directoryMethods: Record<string, Method> = {
  'auth.test': authTest,
  'bots.info': botInfo,
  'users.info': userInfo,
  'users.list': userList,
  'users.lookupByEmail': lookupByEmail,
  'users.getPresence': getPresence,
  'usergroups.list': groupList,
  'usergroups.users.list': groupUsers,
};
