import { Hono, type Context as HonoContext } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import type { Json } from './checks.ts';
import type { OpenId, SignIn } from './open-id.ts';
import type { Person, Workspace } from './workspace.ts';

/** Who this browser is, as far as this Slack knows: whoever acts in its page, or was chosen here. */
const PERSON = 'local_slack_person';

export const remember = (c: HonoContext, personId: string): void =>
  setCookie(c, PERSON, personId, { path: '/', sameSite: 'Lax', httpOnly: true });

/** The pages of Sign in with Slack that a browser meets, and the public key. */
export function authorizeRoutes(openId: OpenId, workspace: Workspace): Hono {
  const app = new Hono();
  app.get('/openid/connect/keys', (c) => c.json(openId.keys()));
  app.get('/openid/connect/authorize', (c) => {
    const wish = wishOf(c);
    const refusal = openId.refusal(wish);
    if (refusal) return page(c, 400, 'This does not work', html`<p>Slack says: <code>${refusal}</code></p>`);
    const people = [...workspace.people.values()].filter((one) => !one.deleted && !one.isBot);
    const named = c.req.query('as');
    const person = people.find(({ id }) => id === (named ?? getCookie(c, PERSON)));
    if (!person) return page(c, 200, 'Sign in to Gatehouse', choices(c, people));
    if (named) remember(c, person.id);
    return c.redirect(openId.agree(wish, person), 302);
  });
  return app;
}

const wishOf = (c: HonoContext): SignIn => ({
  clientId: c.req.query('client_id') ?? '',
  redirectUri: c.req.query('redirect_uri') ?? '',
  responseType: c.req.query('response_type') ?? '',
  scope: c.req.query('scope') ?? '',
  state: c.req.query('state'),
  nonce: c.req.query('nonce'),
});

/** One link a person: each is the same question with its answer. */
function choices(c: HonoContext, people: Person[]) {
  const query = new URL(c.req.url).searchParams;
  const links = people.map((person) => {
    query.set('as', person.id);
    const about =
      person.title ?? (person.isGuest ? 'Guest' : person.isStranger ? 'Another organisation' : '');
    return html`<li><a href="?${query.toString()}"><b>${person.realName}</b> <small>${about}</small></a></li>`;
  });
  return html`<p>Gatehouse wants to know who you are. Continue as</p><ul>${links}</ul>`;
}

function page(c: HonoContext, status: 200 | 400, title: string, content: unknown) {
  const headers: Json = {
    'Content-Security-Policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
  };
  return c.html(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title} · Local Slack</title>
          <link rel="icon" href="/page/icon.svg" type="image/svg+xml" />
          <link rel="stylesheet" href="/page/sign-in.css" />
        </head>
        <body>
          <p class="banner"><b>Local Slack</b> — a stand-in on this machine; nothing leaves it</p>
          <main><h1>${title}</h1>${content}</main>
        </body>
      </html>`,
    status,
    headers as Record<string, string>,
  );
}
