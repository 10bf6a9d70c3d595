/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { webAddress } from '../core/web-address.ts';
import { cardsOf } from '../store/cards.ts';
import { findRequest } from '../store/requests.ts';
import { answerPage, SignInButton } from './document.tsx';
import type { Session } from './sessions.ts';
import { canSignIn, type Web } from './surroundings.ts';

export type Answer = Response | Promise<Response>;

interface Plain {
  title: string;
  words: string;
  session?: Session | null;
  /** Path of ours to come back to after a sign-in; null: no button. */
  signInTo?: string | null;
  leadsTo?: { words: string; to: string };
  more?: Child;
}

/** A page that says one thing, and at most offers to sign in. */
export function plainPage(
  c: Context,
  web: Web,
  status: ContentfulStatusCode,
  { title, words, session = null, signInTo = null, leadsTo, more }: Plain,
): Answer {
  const offers = signInTo !== null && canSignIn(web);
  return answerPage(c, web, {
    title,
    status,
    session,
    content: (
      <section class="plain">
        <h1>{title}</h1>
        <p>{words}</p>
        {offers && <SignInButton web={web} returnTo={signInTo} />}
        {leadsTo && (
          <a class="button primary wide" href={leadsTo.to}>
            {leadsTo.words}
          </a>
        )}
        {more}
      </section>
    ),
  });
}

/** The same for what does not exist and for what this person may not see. */
export const notFoundPage = (c: Context, web: Web, session: Session | null = null): Answer =>
  plainPage(c, web, 404, {
    title: 'There is nothing here for you',
    words:
      'Either there is no such request, or it is not yours to see: people see what is asked in their channels.',
    session,
  });

export const unclearPage = (c: Context, web: Web): Answer =>
  plainPage(c, web, 503, {
    title: 'Slack does not answer',
    words: 'So nobody knows whether you may see or decide this, and nothing was done. Try again in a minute.',
  });

/** For somebody whose session is over, or who pressed a button without one. */
export const signedOutPage = (c: Context, web: Web, requestId: string | null = null): Answer =>
  plainPage(c, web, requestId === null ? 200 : 401, {
    title: 'You are signed out',
    words:
      requestId === null
        ? 'Close this page, or sign in again from the link of a request.'
        : 'This did not count. Sign in again, then decide.',
    signInTo: requestId === null ? null : `/requests/${requestId}`,
  });

/** For everybody who is not signed in. It says the same of every id, and nothing of any request. */
export const signInPage = (c: Context, web: Web, requestId: string): Answer =>
  plainPage(c, web, 401, {
    title: 'A command may be waiting for your decision',
    words:
      'Gatehouse asks people before a command runs. Sign in, and you see the command, its risk, who asks and why, if it is asked in one of your channels. Opening this page decides nothing.',
    signInTo: `/requests/${requestId}`,
  });

/** As `signInPage`, for the list of what waits. */
export const signInToListPage = (c: Context, web: Web): Answer =>
  plainPage(c, web, canSignIn(web) ? 401 : 404, {
    title: 'Commands may be waiting for your decision',
    words: canSignIn(web)
      ? 'Sign in, and you see what waits in your channels. Opening this page decides nothing.'
      : 'Nobody can sign in here: decide on the cards in Slack, or ask there with /gate pending.',
    signInTo: '/requests',
  });

/** Nobody can sign in: it says what is missing, and where the card is in Slack. */
export async function withoutSignInPage(c: Context, web: Web, requestId: string): Promise<Response> {
  const { db } = web.deps.database;
  const request = await findRequest(db, requestId);
  if (!request) return notFoundPage(c, web);
  const cards = await cardsOf(db, requestId);
  const card = webAddress(cards.find(({ permalink }) => permalink)?.permalink);
  const missing =
    web.deps.people === null
      ? 'Gatehouse is not connected to a Slack workspace, so nobody can sign in.'
      : 'To decide on this page, whoever runs the gate sets SLACK_CLIENT_ID and SLACK_CLIENT_SECRET (Basic Information of the Slack app) and adds this redirect URL to the app:';
  return plainPage(c, web, 200, {
    title: 'Decide in Slack',
    words: card
      ? 'This request has a card in Slack.'
      : 'This request has no card in Slack (yet). Load this page again in a moment.',
    leadsTo: card ? { words: 'Open the card in Slack', to: card.href } : undefined,
    more: (
      <>
        <p class="soft">{missing}</p>
        {web.deps.people !== null && (
          <p>
            <code>{`${web.site.origin}${web.site.base}/sign-in/slack`}</code>
          </p>
        )}
      </>
    ),
  });
}
