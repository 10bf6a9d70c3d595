import type { WebhookTemplate } from '../config/on-call-shape.ts';
import { cut } from '../core/command/said.ts';
import type { Page } from './on-call.ts';
import { inert, inertLine, line, pageFacts, pageLines } from './plain.ts';

export type Moment = 'trigger' | 'acknowledge' | 'resolve';

/** What a product is sent; null: it has no word for this moment. The texts are for products that read Markdown. */
type Template = (moment: Moment, page: Page) => object | null;

const title = (page: Page, max: number): string => inertLine(page.summary, max) || 'Somebody waits';
const message = (page: Page, max: number): string => cut(pageLines(page).map(inert).join('\n'), max);
const facts = (page: Page): Record<string, string> =>
  Object.fromEntries(pageFacts(page).map(([name, value]) => [inert(name), inert(value)]));

/** Ours: everything as it is, for whoever reads it with a program. */
const plain: Template = (moment, page) => ({
  event: moment,
  key: page.key,
  summary: line(page.summary, 1024),
  environment: line(page.environment, 100),
  risk: page.level,
  waiting: page.waiting,
  url: page.url,
  card_url: page.cardUrl,
  details: Object.fromEntries(pageFacts(page)),
  ending: page.ending === null ? null : line(page.ending, 200),
});

/** GoAlert's generic API, JSON. It sanitizes by itself and cuts details at 6 KiB. */
const goalert: Template = (moment, page) =>
  moment === 'acknowledge'
    ? null
    : {
        summary: title(page, 118),
        details: message(page, 2000),
        dedup: page.key,
        ...(moment === 'resolve' && { action: 'close' }),
        meta: { environment: inertLine(page.environment, 100), risk: page.level },
      };

/** Formatted webhook of Grafana OnCall and IRM. */
const grafana: Template = (moment, page) =>
  moment === 'acknowledge'
    ? null
    : {
        alert_uid: page.key,
        title: title(page, 200),
        state: moment === 'resolve' ? 'ok' : 'alerting',
        link_to_upstream_details: page.url,
        message: message(page, 4000),
      };

/** HTTP alert source of incident.io, type "Default". */
const incidentio: Template = (moment, page) =>
  moment === 'acknowledge'
    ? null
    : {
        title: title(page, 200),
        deduplication_key: page.key,
        status: moment === 'resolve' ? 'resolved' : 'firing',
        description: message(page, 4000),
        source_url: page.url,
        metadata: facts(page),
      };

/** Generic webhook of Rootly, where one says which field is which: external_id tells alerts apart, state ends them. */
const rootly: Template = (moment, page) =>
  moment === 'acknowledge'
    ? null
    : {
        title: title(page, 200),
        description: message(page, 4000),
        external_id: page.key,
        external_url: page.url,
        state: moment === 'resolve' ? 'resolved' : 'triggered',
        labels: facts(page),
      };

export const TEMPLATES: Record<WebhookTemplate, Template> = { plain, goalert, grafana, incidentio, rootly };
