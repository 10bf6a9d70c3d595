import { createHash, createHmac, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Json } from './checks.ts';
import { type Person, teamOf, type Workspace } from './workspace.ts';

/** The app as it is registered for Sign in with Slack. */
export type OpenIdClient = {
  id: string;
  secret: string;
  /** Where people may be sent back: these addresses and what lies below them. */
  redirectUris: string[];
};

/** How a test forges id_tokens: other claims, or another signature. */
export type Forgery = { claims?: (claims: Json) => Json; signedBy?: 'another key' | 'the client secret' };

type Code = { person: string; nonce: string | undefined; redirectUri: string; at: number; isUsed: boolean };

/** What a browser asks for at the authorize page. */
export type SignIn = {
  clientId: string;
  redirectUri: string;
  responseType: string;
  scope: string;
  state: string | undefined;
  nonce: string | undefined;
};

/** Slack's side of Sign in with Slack (OpenID Connect): codes, tokens and the key that signs them. */
export type OpenId = {
  /** null: the app has no client credentials, and every sign-in is refused. */
  client: OpenIdClient | null;
  forgery: Forgery | null;
  /** Why Slack would not show its authorize page; null: it would. */
  refusal(wish: SignIn): string | null;
  /** Where the browser goes once this person agreed. */
  agree(wish: SignIn, person: Person): string;
  /** Exchanges a code, once. */
  token(body: Json): Json;
  keys(): Json;
};

const CODE_LIFETIME_MS = 10 * 60_000;
const TOKEN_LIFETIME_SECONDS = 300;
const SCOPES = ['openid', 'profile', 'email'];
const KEY_ID = 'local-slack-1';

export function createOpenId(workspace: Workspace, url: () => string): OpenId {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, Code>();
  const openId: OpenId = {
    client: null,
    forgery: null,
    refusal: (wish) => refusalOf(openId.client, wish),
    agree(wish, person) {
      const code = `${randomBytes(6).toString('hex')}.${randomBytes(16).toString('hex')}`;
      const { nonce, redirectUri, state } = wish;
      codes.set(code, { person: person.id, nonce, redirectUri, at: workspace.now(), isUsed: false });
      const back = new URL(redirectUri);
      back.searchParams.set('code', code);
      if (state !== undefined) back.searchParams.set('state', state);
      return back.href;
    },
    token(body) {
      const error = tokenRefusal(openId.client, body);
      if (error) return { ok: false, error };
      const code = codes.get(String(body.code));
      if (!code || workspace.now() - code.at > CODE_LIFETIME_MS) return { ok: false, error: 'invalid_code' };
      if (code.isUsed) return { ok: false, error: 'code_already_used' };
      if (code.redirectUri !== body.redirect_uri) return { ok: false, error: 'bad_redirect_uri' };
      code.isUsed = true;
      const accessToken = `xoxp-${randomBytes(16).toString('hex')}`;
      const person = workspace.people.get(code.person)!;
      const claims = claimsOf(person, {
        issuer: url(),
        audience: openId.client!.id,
        nonce: code.nonce,
        accessToken,
        now: Math.floor(workspace.now() / 1000),
      });
      return {
        ok: true,
        access_token: accessToken,
        token_type: 'Bearer',
        id_token: signedToken(claims, key.privateKey, openId),
      };
    },
    keys: () => ({
      keys: [{ ...key.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: KEY_ID }],
    }),
  };
  return openId;
}

function refusalOf(client: OpenIdClient | null, wish: SignIn): string | null {
  if (!client || wish.clientId !== client.id) return 'invalid_client_id';
  if (!client.redirectUris.some((known) => liesUnder(wish.redirectUri, known))) return 'bad_redirect_uri';
  if (wish.responseType !== 'code') return 'invalid_response_type';
  const scopes = wish.scope.split(/[ ,]+/).filter(Boolean);
  if (!scopes.includes('openid') || scopes.some((scope) => !SCOPES.includes(scope))) return 'invalid_scope';
  return null;
}

/** Slack wants the scheme, the host and the beginning of the path to be those registered, and https beside loopback. */
function liesUnder(address: string, registered: string): boolean {
  if (!URL.canParse(address)) return false;
  const [wanted, known] = [new URL(address), new URL(registered)];
  const isSafe = wanted.protocol === 'https:' || /^(localhost|127\.0\.0\.1|\[::1\])$/.test(wanted.hostname);
  return isSafe && wanted.origin === known.origin && wanted.pathname.startsWith(known.pathname);
}

function tokenRefusal(client: OpenIdClient | null, body: Json): string | null {
  if (!client || body.client_id !== client.id) return 'invalid_client_id';
  if (body.client_secret !== client.secret) return 'bad_client_secret';
  if (body.grant_type !== undefined && body.grant_type !== 'authorization_code') return 'invalid_grant_type';
  return null;
}

function claimsOf(
  person: Person,
  about: { issuer: string; audience: string; nonce: string | undefined; accessToken: string; now: number },
): Json {
  const half = createHash('sha256').update(about.accessToken).digest().subarray(0, 16);
  return {
    iss: about.issuer,
    sub: person.id,
    aud: about.audience,
    exp: about.now + TOKEN_LIFETIME_SECONDS,
    iat: about.now,
    auth_time: about.now,
    ...(about.nonce !== undefined && { nonce: about.nonce }),
    at_hash: half.toString('base64url'),
    'https://slack.com/team_id': teamOf(person),
    'https://slack.com/user_id': person.id,
    locale: 'en-US',
    name: person.realName,
    given_name: person.realName.split(' ')[0],
    family_name: person.realName.split(' ').slice(1).join(' '),
  };
}

function signedToken(claims: Json, key: KeyObject, { forgery, client }: OpenId): string {
  const encoded = (part: Json) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const payload = encoded(forgery?.claims?.(claims) ?? claims);
  if (forgery?.signedBy === 'the client secret') {
    const input = `${encoded({ alg: 'HS256', typ: 'JWT', kid: KEY_ID })}.${payload}`;
    return `${input}.${createHmac('sha256', client!.secret).update(input).digest('base64url')}`;
  }
  const other = forgery?.signedBy && generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const input = `${encoded({ alg: 'RS256', typ: 'JWT', kid: KEY_ID })}.${payload}`;
  return `${input}.${sign('sha256', Buffer.from(input), other ?? key).toString('base64url')}`;
}
