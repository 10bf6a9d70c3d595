import type { Context } from 'hono';
import { webAddress } from '../core/web-address.ts';
import { timeNow } from '../gate/clock.ts';
import { cardsOf } from '../store/cards.ts';
import { see, sessionOf } from './access.ts';
import { answerPage } from './document.tsx';
import { guarded } from './headers.ts';
import { notFoundPage, signInPage, unclearPage, withoutSignInPage } from './plain-pages.tsx';
import { requestContent, requestFragment } from './request-page.tsx';
import { formToken, touchSession } from './sessions.ts';
import { canSignIn, type Web } from './surroundings.ts';
import { inWords, takeSaid } from './what-was-said.ts';

/** `/requests/{id}`; with `?fragment` only its changing part, for the script of the page. Reading decides nothing. */
export async function showRequest(c: Context, web: Web, requestId: string): Promise<Response> {
  if (!canSignIn(web)) return withoutSignInPage(c, web, requestId);
  const session = await sessionOf(c, web);
  if (!session) return signInPage(c, web, requestId);
  const seen = await see(web, session.who, requestId);
  if (seen.kind === 'unclear') return unclearPage(c, web);
  if (seen.kind === 'hidden') return notFoundPage(c, web, session);

  const { view, environment, voter } = seen;
  const { db } = web.deps.database;
  const cards = await cardsOf(db, view.id);
  const shown = {
    view,
    environment,
    voter,
    base: web.site.base,
    path: `${web.site.base}/requests/${requestId}`,
    csrf: formToken(session),
    now: await timeNow(null, web.deps),
    card: webAddress(cards.find(({ permalink }) => permalink)?.permalink),
  };
  if (c.req.query('fragment') !== undefined) {
    guarded(c);
    return c.html(requestFragment(shown));
  }
  await touchSession(db, session);
  const said = takeSaid(c, web, requestId);
  return answerPage(c, web, {
    title: `${environment.name}: ${view.state === 'pending' ? 'waits for a decision' : view.state}`,
    session,
    content: requestContent(shown, said && inWords(said, view, environment)),
  });
}
