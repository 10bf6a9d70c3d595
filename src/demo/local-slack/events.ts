import { setTimeout as sleep } from 'node:timers/promises';
import { wirePerson } from './api/directory.ts';
import type { Json } from './checks.ts';
import type { Context } from './context.ts';
import { type Delivery, deliver } from './delivery.ts';
import { eventCallback } from './payloads.ts';
import { activePerson } from './seeing.ts';
import { directMessages, type Person } from './workspace.ts';

/** Slack tries again at once, after a minute and after five. */
export const slackRetryDelaysMs = [0, 60_000, 300_000];

const reasons = {
  timeout: 'http_timeout',
  unreachable: 'connection_failed',
  'no connection': 'connection_failed',
};

/** Sends an event, and again until it is acknowledged or the retries are used up. Returns every attempt. */
export async function sendEvent(
  { workspace, sender }: Context,
  event: Json,
  retry: { delaysMs: number[]; signal: AbortSignal },
): Promise<Delivery[]> {
  const payload = eventCallback(workspace, event);
  const attempts = [await deliver(sender, 'events_api', payload)];
  for (const [index, delay] of retry.delaysMs.entries()) {
    const last = attempts.at(-1)!;
    if ((last.status >= 200 && last.status < 300) || last.problem === 'no connection') break;
    const isOver = await sleep(delay, false, { signal: retry.signal, ref: false }).catch(() => true);
    if (isOver) break;
    const reason = last.problem ? reasons[last.problem] : 'http_error';
    attempts.push(await deliver(sender, 'events_api', payload, { attempt: index + 1, reason }));
  }
  return attempts;
}

export const userChange = (person: Person): Json => ({ type: 'user_change', user: wirePerson(person) });
export const teamJoin = (person: Person): Json => ({ type: 'team_join', user: wirePerson(person) });

/** Somebody looks at the app's home tab. */
export function appHomeOpened({ workspace }: Context, personId: string): Json {
  const person = activePerson(workspace, personId);
  const view = workspace.homes.get(person.id);
  return {
    type: 'app_home_opened',
    user: person.id,
    channel: directMessages(workspace, person.id).id,
    tab: 'home',
    ...(view && { view }),
  };
}
