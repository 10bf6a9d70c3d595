import { randomUUID } from 'node:crypto';

/** What a provider sent to our side, and the statuses it got back; `lost`: no answer. */
export interface HookDelivery {
  id: string;
  body: string;
  statuses: (number | 'lost')[];
  state: 'queued' | 'delivered' | 'dropped';
}

export interface Subscription {
  deliveries: HookDelivery[];
  isDisabled(): boolean;
  /** Sends what is to be told, after what was to be told before. */
  send(body: string): Promise<HookDelivery>;
  /** The same delivery once more, under the same id. */
  redeliver(delivery: HookDelivery): Promise<HookDelivery>;
  /** Another try for whatever is queued: the provider does this for 48 hours. */
  retryQueued(): Promise<void>;
  /** Resolves when everything that was to be sent has been. */
  settled(): Promise<void>;
}

export interface SubscriptionSettings {
  url: string;
  headers: (delivery: HookDelivery) => Record<string, string>;
  now: () => number;
  /** PagerDuty: so many dropped in a row and the subscription is off for a day. */
  disabledAfter?: number;
}

const A_DAY_MS = 24 * 3600 * 1000;

/**
 * Webhooks as PagerDuty sends them: in order, repeated after 5xx, 429 or silence, dropped at once after another 4xx.
 */
export function subscribe(settings: SubscriptionSettings): Subscription {
  const { url, headers, now, disabledAfter = Number.POSITIVE_INFINITY } = settings;
  const deliveries: HookDelivery[] = [];
  let droppedInARow = 0;
  let disabledUntil = 0;
  let last: Promise<unknown> = Promise.resolve();

  const attempt = async (delivery: HookDelivery): Promise<HookDelivery> => {
    const status = await post(url, headers(delivery), delivery.body);
    delivery.statuses.push(status);
    if (status === 'lost' || status >= 500 || status === 429) return delivery;
    const isFine = status >= 200 && status < 300;
    delivery.state = isFine ? 'delivered' : 'dropped';
    droppedInARow = isFine ? 0 : droppedInARow + 1;
    if (droppedInARow >= disabledAfter) {
      droppedInARow = 0;
      disabledUntil = now() + A_DAY_MS;
      for (const waiting of deliveries) if (waiting.state === 'queued') waiting.state = 'dropped';
    }
    return delivery;
  };
  const inOrder = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const mine = last.then(work);
    last = mine;
    return mine;
  };
  const isDisabled = (): boolean => now() < disabledUntil;

  return {
    deliveries,
    isDisabled,
    send: (body) =>
      inOrder(async () => {
        const delivery: HookDelivery = { id: randomUUID(), body, statuses: [], state: 'queued' };
        deliveries.push(delivery);
        if (!isDisabled()) return attempt(delivery);
        delivery.state = 'dropped';
        return delivery;
      }),
    redeliver: (delivery) => inOrder(() => attempt(delivery)),
    retryQueued: () =>
      inOrder(async () => {
        for (const delivery of deliveries) if (delivery.state === 'queued') await attempt(delivery);
      }),
    settled: async () => void (await last),
  };
}

async function post(url: string, headers: Record<string, string>, body: string): Promise<number | 'lost'> {
  try {
    const signal = AbortSignal.timeout(5000);
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 'lost';
  }
}
