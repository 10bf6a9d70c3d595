import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const manifest = parse(readFileSync(`${ROOT}/manifest.yml`, 'utf8'));
const scopes: { bot: string[]; bot_optional: string[] } = manifest.oauth_config.scopes;

/** The scopes Slack's reference asks for; every one listed is needed. */
const NEEDS: Record<string, string[]> = {
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.getPermalink': [],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.members': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'dnd.teamInfo': ['dnd:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.getPresence': ['users:read'],
  'users.info': ['users:read', 'users:read.email'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

/** What talks to Slack: the surface, and the doctor's look at it. */
const SOURCES = ['src/slack', 'src/doctor'].flatMap((folder) =>
  readdirSync(`${ROOT}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${ROOT}/${folder}/${name}`),
);

const called = new Set(
  SOURCES.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/client((?:\s*\.\w+){2,})\(/g)]
      .map(([, path]) => (path as string).replace(/\s/g, '').slice(1))
      .filter((method) => !/^(once|on)\b/.test(method)),
  ),
);

describe('manifest.yml', () => {
  it('knows every method that is called', () => {
    expect([...called].sort()).toEqual(Object.keys(NEEDS).sort());
  });

  it('has the scopes they need, and /gate its own; nothing else', () => {
    const needed = new Set(['commands', ...Object.values(NEEDS).flat()]);
    expect([...scopes.bot, ...scopes.bot_optional].sort()).toEqual([...needed].sort());
  });

  it('leaves out only what the gate can do without', () => {
    expect(scopes.bot_optional).toEqual(['channels:history', 'groups:history', 'dnd:read']);
  });

  it('sends everything to the one address', () => {
    const url = 'https://gate.example.com/slack/events';
    expect(manifest.features.slash_commands[0]).toMatchObject({
      command: '/gate',
      url,
      should_escape: false,
    });
    expect(manifest.settings.interactivity).toEqual({ is_enabled: true, request_url: url });
    expect(manifest.settings.event_subscriptions.request_url).toBe(url);
  });

  it('hears when somebody opens the home tab, and of no other event', () => {
    expect(manifest.features.app_home.home_tab_enabled).toBe(true);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_home_opened']);
  });
});
