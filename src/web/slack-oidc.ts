import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Someone } from '../gate/people.ts';
import { isLoopback } from './site.ts';

/** How the app is registered in Slack, and which workspace is ours. */
export interface SlackSignIn {
  clientId: string;
  clientSecret: string;
  /** Where the Web API is, when it is not Slack's own. A local Slack there signs in by itself, too. */
  apiUrl?: string;
  /** Whose bot the gate is: only people of that workspace or organisation sign in. Rejects while Slack does not say. */
  workspace(): Promise<{ teamId: string; enterpriseId: string | null }>;
}

export type SignedIn =
  | { ok: true; who: Someone & { teamId: string } }
  | { ok: false; why: 'refused' | 'forged' | 'other-workspace'; detail: string };

export interface OpenIdProvider {
  /** Where the browser is sent. */
  authorizeUrl(wish: { state: string; nonce: string; redirectUri: string; teamId: string | null }): string;
  /** Who it is that came back with this code. Rejects when Slack cannot be reached. */
  signIn(given: { code: string; nonce: string; redirectUri: string }): Promise<SignedIn>;
}

const CALL_TIMEOUT_MS = 5000;
const CLOCK_SKEW_SECONDS = 60;
const CLAIM = {
  user: 'https://slack.com/user_id',
  team: 'https://slack.com/team_id',
  enterprise: 'https://slack.com/enterprise_id',
} as const;

/**
 * Sign in with Slack, by OpenID Connect's authorization code flow. Without PKCE: Slack offers that only to apps that
 * give up their secret for good (docs.slack.dev/changelog/2026/03/30/pkce); the nonce binds the code to its sign-in.
 */
export function slackOpenId(options: SlackSignIn): OpenIdProvider {
  const { clientId, clientSecret } = options;
  const at = addressesOf(options.apiUrl);
  const keys = createRemoteJWKSet(new URL(at.keys), { timeoutDuration: CALL_TIMEOUT_MS });
  return {
    authorizeUrl({ state, nonce, redirectUri, teamId }) {
      const url = new URL(at.authorize);
      const query = {
        response_type: 'code',
        scope: 'openid profile',
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        nonce,
        ...(teamId && { team: teamId }),
      };
      for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
      return url.href;
    },
    async signIn({ code, nonce, redirectUri }) {
      const form = new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        code,
        redirect_uri: redirectUri,
        grant_type: 'authorization_code',
      });
      const answer = await exchange(at.token, form);
      if (!answer.ok || typeof answer.id_token !== 'string')
        return {
          ok: false,
          why: 'refused',
          detail: `openid.connect.token: ${answer.error ?? 'no id_token'}`,
        };
      const ours = await options.workspace();
      try {
        const { payload } = await jwtVerify(answer.id_token, keys, {
          issuer: at.issuer,
          audience: clientId,
          algorithms: ['RS256'],
          clockTolerance: CLOCK_SKEW_SECONDS,
          requiredClaims: ['exp', 'iat', 'nonce', CLAIM.user, CLAIM.team],
        });
        return personIn(payload, { clientId, nonce, ours });
      } catch (error) {
        if (!isAboutTheToken(error)) throw error;
        return { ok: false, why: 'forged', detail: `the id_token: ${error.message}` };
      }
    },
  };
}

/** Everything else means that the keys could not be fetched: nobody knows yet whether the token is good. */
const isAboutTheToken = (error: unknown): error is errors.JOSEError =>
  error instanceof errors.JOSEError && /^ERR_(JWT|JWS|JOSE_ALG|JWKS_NO_MATCHING)/.test(error.code);

function personIn(
  claims: JWTPayload,
  wanted: { clientId: string; nonce: string; ours: { teamId: string; enterpriseId: string | null } },
): SignedIn {
  const forged = (detail: string): SignedIn => ({ ok: false, why: 'forged', detail });
  // A list would mean that the token was made for somebody else as well.
  if (claims.aud !== wanted.clientId) return forged('the id_token is for several clients');
  if (claims.nonce !== wanted.nonce) return forged('the id_token belongs to another sign-in');
  const text = (name: string): string | null => {
    const value = claims[name];
    return typeof value === 'string' && value !== '' && value.length <= 200 ? value : null;
  };
  const [userId, teamId, enterpriseId] = [text(CLAIM.user), text(CLAIM.team), text(CLAIM.enterprise)];
  if (!userId || !teamId) return forged('the id_token does not say who and where');
  const { ours } = wanted;
  const isOurs =
    teamId === ours.teamId ||
    (ours.enterpriseId !== null && (teamId === ours.enterpriseId || enterpriseId === ours.enterpriseId));
  if (!isOurs) return { ok: false, why: 'other-workspace', detail: `signed in from ${teamId}` };
  return { ok: true, who: { userId, teamId, enterpriseId, name: text('name') ?? 'somebody' } };
}

async function exchange(url: string, form: URLSearchParams) {
  const response = await fetch(url, {
    method: 'POST',
    body: form,
    redirect: 'error',
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  return (await response.json()) as { ok?: boolean; error?: string; id_token?: unknown };
}

/** Slack's own addresses. A Slack on this machine has all of them beside its API; no other API address moves the keys. */
function addressesOf(apiUrl = 'https://slack.com/api/') {
  const api = new URL(apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/`);
  const home = isLoopback(api.hostname) ? api.origin : 'https://slack.com';
  return {
    issuer: home,
    authorize: `${home}/openid/connect/authorize`,
    keys: `${home}/openid/connect/keys`,
    token: new URL('openid.connect.token', api).href,
  };
}
