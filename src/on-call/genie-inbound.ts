import { readRecord, recordOf, textOf } from './json.ts';
import type { Inbound, InboundEvent } from './on-call.ts';
import { line } from './plain.ts';
import { isSame, sha256Hex } from './signatures.ts';

const KINDS = new Map<unknown, InboundEvent['kind']>([
  ['Acknowledge', 'acknowledged'],
  ['UnAcknowledge', 'unacknowledged'],
  ['Close', 'resolved'],
]);

/**
 * OpsGenie's outgoing webhook. It signs nothing: a secret in a header of its settings says who speaks. Null without
 * one: nothing could be believed.
 */
export function genieInbound(secret: string | undefined): Inbound | null {
  if (!secret) return null;
  return {
    read: ({ headers, body }) => {
      const bearer = /^Bearer (.+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
      const own = headers.get('x-gatehouse-secret') ?? '';
      const matches = [bearer, own].filter((given) => isSame(given, secret));
      if (matches.length === 0) return null;
      const { action, alert } = readRecord(body);
      const { alertId, alias, username, updatedAt } = recordOf(alert);
      const kind = KINDS.get(action);
      if (!kind) return [];
      return [
        {
          // It numbers no deliveries: what is told, of which alert, at which moment.
          deliveryId: sha256Hex(JSON.stringify([action, alertId, updatedAt ?? body])),
          key: textOf(alias),
          reference: textOf(alertId),
          kind,
          by: line(textOf(username) ?? '', 100) || null,
        },
      ];
    },
  };
}
