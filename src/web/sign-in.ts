import { timingSafeEqual } from 'node:crypto';
import type { Context, Hono } from 'hono';
import { sessionOf } from './access.ts';
import { dropCookie, giveCookie, readCookie } from './cookies.ts';
import { addressOf, isFromOurPage, readForm } from './guard.ts';
import { type Answer, plainPage, signedOutPage } from './plain-pages.tsx';
import {
  beginSignIn,
  endSession,
  isFormToken,
  openSession,
  SESSION_SECONDS,
  SIGN_IN_SECONDS,
  takeSignIn,
} from './sessions.ts';
import { returnPath } from './site.ts';
import { canSignIn, type Web } from './surroundings.ts';

const CALLBACK = '/sign-in/slack';

/** Signing in with Slack, and out again. */
export function signInRoutes(app: Hono, web: Web): void {
  app.post('/sign-in', (c) => begin(c, web));
  app.get(CALLBACK, (c) => finish(c, web));
  app.post('/sign-out', (c) => signOut(c, web));
}

const redirectUri = ({ site }: Web): string => `${site.origin}${site.base}${CALLBACK}`;

/** A form begins it, never a link: mail scanners open links. */
async function begin(c: Context, web: Web): Promise<Response> {
  const { openId, signIn } = web;
  if (!isFromOurPage(c, web.site)) return foreign(c, web);
  if (!canSignIn(web) || !openId || !signIn) return impossible(c, web);
  if (!web.mayBeginSignIn(addressOf(c))) {
    return plainPage(c, web, 429, {
      title: 'Too many sign-ins at once',
      words: 'Wait a minute, then try again.',
    });
  }
  const returnTo = returnPath((await readForm(c))?.get('return_to')) ?? '';
  const { state, nonce } = await beginSignIn(web.deps.database.db, returnTo);
  giveCookie(c, web.site, 'sign-in', state, SIGN_IN_SECONDS);
  const teamId = await signIn.workspace().then(
    (ours) => ours.teamId,
    () => null,
  );
  const there = openId.authorizeUrl({ state, nonce, redirectUri: redirectUri(web), teamId });
  // Not a redirect: browsers hold every step of one against form-action, and Slack leads on to hosts nobody can list.
  c.header('refresh', `0;url=${there}`);
  return plainPage(c, web, 200, {
    title: 'On to Slack',
    words: 'Slack tells the gate who you are, and sends you back.',
    leadsTo: { words: 'Continue to Slack', to: there },
  });
}

/**
 * Slack sends the browser back here. Only a browser that began this sign-in holds its state as a cookie: a link that
 * somebody else prepared signs nobody in.
 */
async function finish(c: Context, web: Web): Promise<Response> {
  const { db } = web.deps.database;
  const [state, code] = [c.req.query('state') ?? '', c.req.query('code') ?? ''];
  const own = readCookie(c, web.site, 'sign-in') ?? '';
  const isOurs = c.req.method === 'GET' && own !== '' && isSame(own, state);
  if (!isOurs || !canSignIn(web) || !web.openId) return notSignedIn(c, web, 'unknown');
  dropCookie(c, web.site, 'sign-in');
  const begun = await takeSignIn(db, state);
  if (!begun) return notSignedIn(c, web, 'unknown');
  if (code === '') return notSignedIn(c, web, 'refused', begun.returnTo);
  const answer = await web.openId
    .signIn({ code, nonce: begun.nonce, redirectUri: redirectUri(web) })
    .catch((error: unknown) => {
      web.onFault('signing in with Slack', error);
      return null;
    });
  if (!answer) return notSignedIn(c, web, 'unreachable', begun.returnTo);
  if (!answer.ok) {
    web.onFault('signing in with Slack', new Error(answer.detail));
    return notSignedIn(c, web, answer.why, begun.returnTo);
  }
  const old = await sessionOf(c, web);
  if (old) await endSession(db, old.secret);
  giveCookie(c, web.site, 'session', await openSession(db, answer.who), SESSION_SECONDS);
  if (begun.returnTo !== '') return c.redirect(`${web.site.base}${begun.returnTo}`, 303);
  return plainPage(c, web, 200, {
    title: 'You are signed in',
    words: 'Open the link of a request again to see it.',
  });
}

async function signOut(c: Context, web: Web): Promise<Response> {
  if (!isFromOurPage(c, web.site)) return foreign(c, web);
  const session = await sessionOf(c, web);
  const form = await readForm(c);
  if (session) {
    if (!isFormToken(session, form?.get('csrf'))) return foreign(c, web);
    await endSession(web.deps.database.db, session.secret);
  }
  dropCookie(c, web.site, 'session');
  return signedOutPage(c, web);
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export const foreign = (c: Context, web: Web): Answer =>
  plainPage(c, web, 403, {
    title: 'This did not come from a page of the gate',
    words: 'Nothing was done. Open the request again and use the buttons there.',
  });

const impossible = (c: Context, web: Web): Answer =>
  plainPage(c, web, 503, {
    title: 'Nobody can sign in here yet',
    words: 'Open the link of a request: its page says what is missing.',
  });

const WHY_NOT = {
  unknown: [400, 'This sign-in is not known, has been used, or took longer than ten minutes.'],
  refused: [403, 'Slack did not say who you are.'],
  forged: [403, 'What came back is not Slack’s word for this sign-in, so it does not count.'],
  'other-workspace': [403, 'You signed in to another Slack workspace. Only people of this one can come in.'],
  unreachable: [503, 'Slack does not answer at the moment.'],
} as const;

function notSignedIn(c: Context, web: Web, why: keyof typeof WHY_NOT, returnTo = ''): Answer {
  const [status, words] = WHY_NOT[why];
  return plainPage(c, web, status, { title: 'You are not signed in', words, signInTo: returnTo || null });
}
