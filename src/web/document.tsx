/** @jsxRuntime automatic @jsxImportSource hono/jsx */
import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { said } from '../core/command/said.ts';
import { guarded } from './headers.ts';
import { formToken, type Session } from './sessions.ts';
import type { Web } from './surroundings.ts';

interface Page {
  title: string;
  session: Session | null;
  content: Child;
  status?: ContentfulStatusCode;
}

/** A whole page, with its headers. */
export function answerPage(c: Context, web: Web, page: Page): Response | Promise<Response> {
  guarded(c);
  const { assets } = web;
  return c.html(
    html`<!doctype html>${(
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>{page.title} · Gatehouse</title>
          <link rel="icon" href={assets.pathOf('icon.svg')} type="image/svg+xml" />
          <link rel="stylesheet" href={assets.pathOf('page.css')} />
          <script src={assets.pathOf('page.js')} defer />
        </head>
        <body>
          <header class="top">
            <p class="product">Gatehouse</p>
            {page.session && <SignedIn web={web} session={page.session} />}
          </header>
          <main>{page.content}</main>
        </body>
      </html>
    )}`,
    page.status ?? 200,
  );
}

const SignedIn = ({ web, session }: { web: Web; session: Session }) => (
  <form class="signed-in" method="post" action={`${web.site.base}/sign-out`}>
    <input type="hidden" name="csrf" value={formToken(session)} />
    <span>
      Signed in as <b>{said(session.who.name, 40)}</b>
    </span>
    <button type="submit" class="quiet">
      Sign out
    </button>
  </form>
);

/** The one button of somebody who is not signed in. */
export const SignInButton = ({ web, returnTo }: { web: Web; returnTo: string }) => (
  <form method="post" action={`${web.site.base}/sign-in`}>
    <input type="hidden" name="return_to" value={returnTo} />
    <button type="submit" class="primary wide">
      Sign in with Slack
    </button>
  </form>
);
