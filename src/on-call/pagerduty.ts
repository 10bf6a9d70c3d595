import type { EntryOf } from '../config/on-call-shape.ts';
import type { RiskLevel } from '../core/risk/assessment.ts';
import { call, type Outside } from './call.ts';
import { delivered, settled } from './delivery.ts';
import type { Delivery, OnCall, Page } from './on-call.ts';
import { pagerDutyInbound } from './pagerduty-inbound.ts';
import { line, pageFacts } from './plain.ts';

const SEVERITY: Record<RiskLevel, string> = {
  LOW: 'info',
  MEDIUM: 'warning',
  HIGH: 'error',
  CRITICAL: 'critical',
};

/**
 * PagerDuty by its Events API v2. It takes an event before it looks at it: accepted means neither delivered nor read.
 * A trigger after a resolve opens a new incident, so the caller never sends one.
 */
export function pagerDuty(name: string, entry: EntryOf<'pagerduty'>, outside: Outside): OnCall {
  const enqueue = (event: object): Promise<Delivery> =>
    settled('PagerDuty', async () => {
      const answer = await call(outside, {
        who: 'PagerDuty',
        url: `${entry.base_url}/v2/enqueue`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ routing_key: entry.routing_key, ...event }),
        secrets: [entry.routing_key],
      });
      return answer.ok ? delivered() : answer;
    });
  return {
    name,
    kind: 'pagerduty',
    fallback: entry.then ?? null,
    trigger: (page) => enqueue(trigger(page)),
    acknowledge: (page) => enqueue({ event_action: 'acknowledge', dedup_key: page.key }),
    resolve: (page) => enqueue({ event_action: 'resolve', dedup_key: page.key }),
    inbound: pagerDutyInbound(entry.webhook_secrets),
  };
}

function trigger(page: Page): object {
  const environment = line(page.environment, 100);
  return {
    event_action: 'trigger',
    dedup_key: page.key,
    client: 'Gatehouse',
    client_url: page.url,
    links: [
      { href: page.url, text: 'Approve or deny' },
      ...(page.cardUrl ? [{ href: page.cardUrl, text: 'The card in Slack' }] : []),
    ],
    payload: {
      summary: line(page.summary, 1024) || `${environment}: somebody waits`,
      source: URL.canParse(page.url) ? new URL(page.url).host : 'gatehouse',
      severity: SEVERITY[page.level],
      component: environment,
      group: 'Gatehouse',
      class: page.waiting > 1 ? 'requests wait' : 'request waits',
      custom_details: Object.fromEntries(pageFacts(page)),
    },
  };
}
