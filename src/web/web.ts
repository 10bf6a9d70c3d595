import { Hono } from 'hono';
import { rateLimit } from '../core/rate-limit.ts';
import type { Deps } from '../gate/deps.ts';
import { loadAssets } from './assets.ts';
import { answerForms } from './forms.ts';
import { follow } from './live.ts';
import { notFoundPage, plainPage } from './plain-pages.tsx';
import { showRequest } from './show-request.ts';
import { signInRoutes } from './sign-in.ts';
import { siteOf } from './site.ts';
import { type SlackSignIn, slackOpenId } from './slack-oidc.ts';
import type { Web } from './surroundings.ts';
import { showWaiting } from './waiting-page.tsx';

export interface WebOptions {
  /** Where people reach the gate: links, cookies and the check of origins follow from it. */
  url: string;
  /** Sign in with Slack; null: nobody can sign in, and the page says how to change that. */
  signIn: SlackSignIn | null;
  /** Aborts when the server closes: pages that follow a request reconnect to another replica. */
  closing: AbortSignal;
  /** Says a fault to the log. */
  onFault(where: string, error: unknown): void;
}

/** Sign-ins begun from one address (a whole office may share it), and forms of one session: sixty, then one a second. */
const PACE = { perSecond: 1, burst: 60 };

/** The pages for people: the decision page of a request, and signing in to it. */
export function createWeb(deps: Deps, options: WebOptions): Hono {
  const site = siteOf(options.url);
  const web: Web = {
    deps,
    site,
    assets: loadAssets(site.base),
    signIn: options.signIn,
    openId: options.signIn && slackOpenId(options.signIn),
    closing: options.closing,
    onFault: options.onFault,
    mayBeginSignIn: withinPace(),
    maySendForm: withinPace(),
  };
  const app = new Hono();
  app.onError((error, c) => {
    options.onFault(`${c.req.method} ${c.req.path}`, error);
    return plainPage(c, web, 500, {
      title: 'Something went wrong',
      words: 'Nothing was decided by this. Load the page again; if it stays, the log of the gate says more.',
    });
  });
  app.get('/web/:file', (c) => web.assets.serve(c, c.req.param('file')) ?? notFoundPage(c, web));
  app.get('/requests', (c) => showWaiting(c, web));
  app.get('/requests/:id', (c) => showRequest(c, web, c.req.param('id')));
  app.get('/requests/:id/events', (c) => follow(c, web, c.req.param('id')));
  answerForms(app, web);
  signInRoutes(app, web);
  return app;
}

/** Does somebody, by their key, keep to the pace? */
function withinPace(): (key: string) => boolean {
  const take = rateLimit(PACE, () => performance.now());
  return (key) => take(key) === 0;
}
