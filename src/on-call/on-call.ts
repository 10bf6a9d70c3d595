import type { RiskLevel } from '../core/risk/assessment.ts';

/** What whoever is on call is told: one incident at a provider, for one request or a storm of them. */
export interface Page {
  /** The same page has the same key, however often it is sent: the provider's dedup key, at most 255 characters. */
  key: string;
  /** One line without secrets, such as `production: approve "kubectl …"? HIGH risk`, or `57 requests wait in production`. */
  summary: string;
  environment: string;
  level: RiskLevel;
  /** How many requests wait under it. */
  waiting: number;
  /** Where the person decides: the decision page, and the card in Slack when it is known. */
  url: string;
  cardUrl: string | null;
  /** Further facts without secrets, for people: who asks, until when. */
  details: Record<string, string>;
  /** How it ended, in words (`approved by Ana`); null while it waits. */
  ending: string | null;
}

/** What became of one call to a provider. `reference` is its own name for the incident. */
export type Delivery =
  | { ok: true; reference: string | null }
  /** Worth another try: refused for now, or nobody knows whether it arrived. */
  | { ok: false; retry: true; afterSeconds: number | null; problem: string }
  /** The same call would fail again. */
  | { ok: false; retry: false; problem: string };

/**
 * One way to whoever is on call. Every call may be repeated: it is the same incident by its key. None of them rejects:
 * a failure is a value.
 */
export interface OnCall {
  /** As configured under `on_call`. */
  name: string;
  kind: OnCallKind;
  /** The entry of `on_call` that is tried as soon as this one fails; null: none. */
  fallback: string | null;
  /** Opens the incident, or brings its text up to date while it is open. */
  trigger(page: Page): Promise<Delivery>;
  /** Says at the provider that somebody is looking at it. */
  acknowledge(page: Page): Promise<Delivery>;
  /** Closes it. Harmless when the provider never had it. */
  resolve(page: Page): Promise<Delivery>;
  /** Reads what the provider tells us; null when it tells nothing. */
  inbound: Inbound | null;
}
export type OnCallKind = 'pagerduty' | 'opsgenie' | 'webhook' | 'email' | 'slack';

export interface Inbound {
  /**
   * @param body the bytes as they came, as text
   * @returns null when the signature or the secret is wrong; unknown things give no events and are fine
   */
  read(message: { headers: Headers; body: string }): InboundEvent[] | null;
}

export interface InboundEvent {
  /** The same delivery has the same id: it is taken once. */
  deliveryId: string;
  /** The key of the page it is about; null when the provider did not say, then `reference` tells. */
  key: string | null;
  reference: string | null;
  kind: 'acknowledged' | 'unacknowledged' | 'resolved';
  /** The name of the person at the provider: anybody's word, shown and nothing more. */
  by: string | null;
}
