import { jsonOf } from './pager-server.ts';

/** What PagerDuty's Events API v2 refuses: an event that is not as its documentation says. */

const SEVERITIES = ['critical', 'error', 'warning', 'info'];
const ACTIONS = ['trigger', 'acknowledge', 'resolve'];
const MAX_BYTES = 512 * 1024;

export interface PagerDutyEvent {
  routing_key: string;
  event_action: 'trigger' | 'acknowledge' | 'resolve';
  dedup_key?: string;
  client?: string;
  client_url?: string;
  links?: { href: string; text?: string }[];
  payload?: {
    summary: string;
    source: string;
    severity: string;
    component?: string;
    group?: string;
    class?: string;
    custom_details?: Record<string, unknown>;
  };
}

/** The event of a body, or every fault it has, in PagerDuty's words where they are known. */
export function readEvent(body: string): PagerDutyEvent | { status: number; faults: string[] } {
  if (Buffer.byteLength(body) > MAX_BYTES) return { status: 413, faults: ['Payload is over 512 KB'] };
  const event = jsonOf(body);
  if (!event) return { status: 400, faults: ['Event is not valid JSON'] };
  const faults = [
    ...faultsOfEvent(event),
    ...(event.event_action === 'trigger' ? faultsOfTrigger(event) : []),
  ];
  return faults.length > 0 ? { status: 400, faults } : (event as unknown as PagerDutyEvent);
}

function faultsOfEvent(event: Record<string, unknown>): string[] {
  const { routing_key: key, event_action: action, dedup_key: dedup } = event;
  const faults: string[] = [];
  if (typeof key !== 'string' || key === '') faults.push("'routing_key' is missing or blank");
  else {
    if (key.length !== 32) faults.push("Length of 'routing_key' is incorrect (should be 32 characters)");
    if (!/^[A-Za-z0-9]*$/.test(key)) faults.push("'routing_key' cannot contain non-alphanumeric characters.");
  }
  if (!ACTIONS.includes(action as string))
    faults.push("'event_action' must be trigger, acknowledge or resolve");
  if (dedup !== undefined && (typeof dedup !== 'string' || dedup.length > 255))
    faults.push("'dedup_key' is too long (maximum is 255 characters)");
  if (action !== 'trigger' && !dedup) faults.push("'dedup_key' is missing or blank");
  return faults;
}

function faultsOfTrigger({ payload, links }: Record<string, unknown>): string[] {
  const faults: string[] = [];
  const { summary, source, severity, custom_details: details } = (payload ?? {}) as Record<string, unknown>;
  if (typeof summary !== 'string' || summary === '') faults.push("'payload.summary' is missing or blank");
  else if (summary.length > 1024) faults.push("'summary' is too long (maximum is 1024 characters)");
  if (typeof source !== 'string' || source === '') faults.push("'payload.source' is missing or blank");
  if (!SEVERITIES.includes(severity as string)) faults.push("'payload.severity' is invalid");
  if (details !== undefined && (typeof details !== 'object' || details === null))
    faults.push("'payload.custom_details' is not an object");
  const isLink = (link: unknown) => URL.canParse(String((link as { href?: unknown } | null)?.href));
  if (links !== undefined && !(Array.isArray(links) && links.every(isLink)))
    faults.push("'links' must be a list of { href, text }");
  return faults;
}
