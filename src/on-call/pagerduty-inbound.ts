import { readRecord, recordOf, textOf } from './json.ts';
import type { Inbound, InboundEvent } from './on-call.ts';
import { line } from './plain.ts';
import { hmacHex, isSame, sha256Hex } from './signatures.ts';

const KINDS = new Map<unknown, InboundEvent['kind']>([
  ['incident.acknowledged', 'acknowledged'],
  ['incident.unacknowledged', 'unacknowledged'],
  ['incident.resolved', 'resolved'],
]);

/** PagerDuty's V3 webhooks, one event in each. Null without a secret: nothing could be believed. */
export function pagerDutyInbound(secrets: readonly string[]): Inbound | null {
  if (secrets.length === 0) return null;
  return {
    read: ({ headers, body }) => {
      if (!isSigned(secrets, headers.get('x-pagerduty-signature') ?? '', body)) return null;
      const event = recordOf(readRecord(body).event);
      const incident = recordOf(event.data);
      const kind = KINDS.get(event.event_type);
      if (!kind) return [];
      return [
        {
          // The event's id is signed and X-Webhook-Id is not: with that one an old event could be sent again as new.
          deliveryId: textOf(event.id) ?? headers.get('x-webhook-id') ?? sha256Hex(body),
          key: textOf(incident.incident_key),
          reference: textOf(incident.id),
          kind,
          by: nameOf(recordOf(event.agent).summary),
        },
      ];
    },
  };
}

/** While a secret is changed, both sides may have two: any pair will do. All are compared, whichever matches. */
function isSigned(secrets: readonly string[], header: string, body: string): boolean {
  const given = header
    .split(',')
    .slice(0, 10)
    .map((one) => one.trim());
  const matches = secrets
    .map((secret) => `v1=${hmacHex(secret, body)}`)
    .flatMap((expected) => given.filter((one) => isSame(one, expected)));
  return matches.length > 0;
}

const nameOf = (value: unknown): string | null => line(textOf(value) ?? '', 100) || null;
