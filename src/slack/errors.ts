import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { said } from './blocks.ts';

/** What a failed call means for the one who made it. */
export type Failure =
  | { kind: 'rate-limited'; retryAfterSeconds: number }
  /** Slack understood and said no. */
  | { kind: 'refused'; code: string }
  /** No answer, or none that says anything: it may or may not have happened, and when `isLate` it may yet. */
  | { kind: 'unclear'; words: string; isLate?: boolean };

export function failureOf(error: unknown): Failure {
  if (error instanceof WebAPIRateLimitedError) {
    return { kind: 'rate-limited', retryAfterSeconds: Math.max(1, error.retryAfter) };
  }
  if (error instanceof WebAPIPlatformError) {
    const code = String(error.data.error);
    if (code === 'ratelimited' || code === 'rate_limited')
      return { kind: 'rate-limited', retryAfterSeconds: 30 };
    return PASSING.has(code) ? { kind: 'unclear', words: code } : { kind: 'refused', code };
  }
  if (error instanceof WebAPIHTTPError) return { kind: 'unclear', words: `HTTP ${error.statusCode}` };
  const isLate = error instanceof WebAPIRequestError && error.original.name === 'TimeoutError';
  return { kind: 'unclear', words: error instanceof Error ? error.message : String(error), isLate };
}

/** Errors in Slack's own words that go away by themselves. */
const PASSING = new Set([
  'internal_error',
  'fatal_error',
  'service_unavailable',
  'request_timeout',
  'team_added_to_org',
  'accesslimited',
]);

export const refusalCode = (error: unknown): string | null => {
  const failure = failureOf(error);
  return failure.kind === 'refused' ? failure.code : null;
};

/** A refusal as a person reads it: what is wrong, and what to do about it. */
export function mend(code: string, channel: string): string {
  const place = channel.startsWith('#') ? said(channel, 80) : `the channel ${said(channel, 80)}`;
  switch (code) {
    case 'not_in_channel':
    case 'channel_not_found':
      return `Gatehouse is not in ${place}: type /invite @gatehouse there.`;
    case 'is_archived':
      return `${place} is archived: unarchive it, or configure another channel.`;
    case 'invalid_auth':
    case 'not_authed':
    case 'account_inactive':
    case 'token_revoked':
    case 'token_expired':
      return 'Slack does not accept SLACK_BOT_TOKEN any more: install the app again and set the new token.';
    case 'missing_scope':
      return 'The Slack app lacks a permission: install it again with the scopes of manifest.yml.';
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
      return `Gatehouse may not post in ${place}: allow it in the channel's posting permissions.`;
    default:
      return `Slack refused the card for ${place}: ${said(code, 60)}.`;
  }
}
