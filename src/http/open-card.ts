import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Deps } from '../gate/deps.ts';
import { cardsOf } from '../store/cards.ts';
import { findRequest } from '../store/requests.ts';
import type { ApiEnv } from './authenticate.ts';

/**
 * `/requests/{id}`, the link in terminals and job logs: leads to the card in Slack. It shows nothing itself, so it
 * needs no sign-in; Slack knows who may see the channel.
 */
export function openCard(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.get('/requests/:id', async (c) => {
    const { db } = deps.database;
    const request = await findRequest(db, c.req.param('id'));
    const permalink = request && (await cardsOf(db, request.id)).find((card) => card.permalink)?.permalink;
    if (permalink && /^https?:\/\//.test(permalink)) return c.redirect(permalink, 302);
    const text = request
      ? 'This request has no card in Slack (yet). Load this page again in a moment, or ask Slack: /gate show ' +
        request.id
      : 'There is no such request here. Check the link.';
    return c.text(`${text}\n`, request ? 200 : 404);
  });
}
