import type { EntryOf } from '../config/on-call-shape.ts';
import { cut } from '../core/command/said.ts';
import type { RiskLevel } from '../core/risk/assessment.ts';
import { type Answer, type Call, call, type Outside } from './call.ts';
import { again, delivered, type Failure, settled } from './delivery.ts';
import { genieInbound } from './genie-inbound.ts';
import { readRecord, recordOf, textOf } from './json.ts';
import type { Delivery, OnCall, Page } from './on-call.ts';
import { inert, inertLine, pageFacts, pageLines } from './plain.ts';

type Ask = (
  path: string,
  json?: object,
  more?: Partial<Call> & { patience?: number },
) => Promise<Answer | Failure>;

const PRIORITY: Record<RiskLevel, string> = { CRITICAL: 'P1', HIGH: 'P2', MEDIUM: 'P3', LOW: 'P4' };
/**
 * OpsGenie, and what took its place in Jira Service Management: the same calls at another address. An alert is known
 * by its alias; while one is open with it, no second is opened.
 */
export function genie(name: string, entry: EntryOf<'opsgenie'>, outside: Outside): OnCall {
  const ask: Ask = (path, json, { patience = 1, ...more } = {}) =>
    call(
      { ...outside, timeoutMs: outside.timeoutMs * patience },
      {
        who: 'OpsGenie',
        url: `${entry.base_url}/v2/alerts${path}`,
        headers: { 'content-type': 'application/json', authorization: `GenieKey ${entry.api_key}` },
        body: json && JSON.stringify(json),
        secrets: [entry.api_key],
        ...more,
      },
    );
  // Not known there, or not any more: then nothing is left to do.
  const change = async (page: Page, action: 'acknowledge' | 'close'): Promise<Delivery> => {
    const answer = await ask(byAlias(page, action), { source: 'Gatehouse' }, { alsoFine: [404] });
    return answer.ok ? delivered() : answer;
  };
  return {
    name,
    kind: 'opsgenie',
    fallback: entry.then ?? null,
    trigger: (page) => settled('OpsGenie', () => open(ask, page, entry.responders)),
    acknowledge: (page) => settled('OpsGenie', () => change(page, 'acknowledge')),
    resolve: (page) => settled('OpsGenie', () => change(page, 'close')),
    inbound: genieInbound(entry.webhook_secret),
  };
}

async function open(ask: Ask, page: Page, responders: object[]): Promise<Delivery> {
  const answer = await ask('', alert(page, responders));
  if (!answer.ok) return answer;
  // An open alert keeps the words it was opened with: a page that grows must say so. It is sent either way.
  if (page.waiting > 1) await ask(byAlias(page, 'message'), { message: message(page) }, { method: 'PUT' });
  const id = textOf(readRecord(answer.text).requestId);
  return id === null ? delivered() : created(ask, id);
}

/** Accepted is not created: the alert comes into being a moment later, and its id with it. */
async function created(ask: Ask, requestId: string): Promise<Delivery> {
  const path = `/requests/${encodeURIComponent(requestId)}`;
  // The page is on its way: its id may not hold up for long who sends it.
  const answer = await ask(path, undefined, { method: 'GET', patience: 0.2 });
  if (!answer.ok) return delivered();
  const { isSuccess, alertId } = recordOf(readRecord(answer.text).data);
  if (isSuccess === false && !alertId) return again('OpsGenie took the alert and did not create it');
  return delivered(textOf(alertId));
}

const byAlias = (page: Page, action: string): string =>
  `/${encodeURIComponent(page.key)}/${action}?identifierType=alias`;

const message = (page: Page): string => inertLine(page.summary, 130) || 'Somebody waits';

const alert = (page: Page, responders: object[]): object => ({
  message: message(page),
  alias: page.key,
  description: cut(pageLines(page).map(inert).join('\n'), 15_000),
  ...(responders.length > 0 && { responders }),
  tags: ['gatehouse', page.level, inertLine(page.environment, 50)],
  // 8,000 characters for all of them together.
  details: Object.fromEntries(
    pageFacts(page).map(([name, value]) => [inertLine(name, 60), inertLine(value, 250)]),
  ),
  entity: inertLine(page.environment, 100),
  source: 'Gatehouse',
  priority: PRIORITY[page.level],
});
