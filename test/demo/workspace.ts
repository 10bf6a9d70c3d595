import { WebClient } from '@slack/web-api';
import {
  type LocalSlack,
  type LocalSlackOptions,
  startLocalSlack,
} from '../../src/demo/local-slack/local-slack.ts';

export const signingSecret = 'local-signing-secret';
export const botToken = 'xoxb-local';
export const appToken = 'xapp-local';

/** A small workspace: two reviewers, a guest, a stranger, a public and a private channel. */
export function startWorkspace(options: Partial<LocalSlackOptions> = {}): Promise<LocalSlack> {
  return startLocalSlack({
    signingSecret,
    botToken,
    appToken,
    people: [
      { id: 'UANA', name: 'ana', realName: 'Ana Lopes', email: 'ana@example.com', tz: 'Europe/Berlin' },
      { id: 'UBEN', name: 'ben', realName: 'Ben Okoro', email: 'ben@example.com', tz: 'America/New_York' },
      { id: 'UGUEST', name: 'gil', realName: 'Gil Guest', email: 'gil@example.com', isGuest: true },
      { id: 'USTRANGE', name: 'sol', realName: 'Sol Other', email: 'sol@example.org', isStranger: true },
    ],
    channels: [
      { id: 'CPROD', name: 'deploy-production', members: ['UANA', 'UBEN', 'USTRANGE', 'UGATEHOUSE'] },
      { id: 'CDBA', name: 'dba', members: ['UANA', 'UGATEHOUSE'], isPrivate: true },
      { id: 'CSECRET', name: 'board', members: ['UANA'], isPrivate: true },
      { id: 'COTHER', name: 'lunch', members: ['UANA', 'UBEN'] },
      { id: 'COLD', name: 'old', members: ['UANA', 'UGATEHOUSE'], archived: true },
    ],
    userGroups: [{ id: 'SDBA', handle: 'dba', users: ['UANA'] }],
    ...options,
  });
}

export const webClient = (slack: LocalSlack, token = botToken): WebClient =>
  new WebClient(token, {
    slackApiUrl: slack.apiUrl,
    retryConfig: { retries: 0 },
    timeout: 5000,
    rejectRateLimitedCalls: true,
    logger: {
      debug() {},
      info() {},
      warn() {},
      error() {},
      setLevel() {},
      getLevel: () => 'error',
      setName() {},
    } as never,
  });

/** The error code of a refused Web API call. */
export async function codeOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (problem) {
    return (problem as { data?: { error?: string } }).data?.error ?? String(problem);
  }
}
