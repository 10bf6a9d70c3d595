import type { EntryOf } from '../config/on-call-shape.ts';
import { delivered, settled } from './delivery.ts';
import type { Delivery, OnCall, Page } from './on-call.ts';
import { asEnded, line, pageLines } from './plain.ts';

/** A direct message, as lines of plain text: whoever sends it must not read markup in them. */
export interface DirectMessage {
  userId: string;
  lines: string[];
  /** The same message has the same key: what was sent with it need not be sent again. */
  key: string;
}
export type SendDirect = (message: DirectMessage) => Promise<Delivery>;

/** On call by direct message in Slack. It wakes nobody whose telephone is silent: good as somebody's fallback. */
export function slackDirect(name: string, entry: EntryOf<'slack'>, send: SendDirect): OnCall {
  const tell = (moment: string, page: Page): Promise<Delivery> => {
    const lines = [line(page.summary, 300), ...pageLines(page)];
    const toOne = (userId: string) =>
      settled('Slack', () => send({ userId, lines, key: `${page.key}/${moment}/${userId}` }));
    return Promise.all(entry.users.map(toOne)).then(together);
  };
  return {
    name,
    kind: 'slack',
    fallback: entry.then ?? null,
    trigger: (page) => tell('asked', page),
    acknowledge: async () => delivered(),
    resolve: (page) => tell('ended', asEnded(page)),
    inbound: null,
  };
}

/**
 * One answer of several: again while anybody could still be told, refused when nobody could. Who was told does not
 * notice the repeat, by the message's key.
 */
function together(all: Delivery[]): Delivery {
  const first = (wanted: (one: Delivery) => boolean) => all.find(wanted);
  return (
    first((one) => !one.ok && one.retry) ??
    first((one) => one.ok) ??
    all[0] ?? { ok: false, retry: false, problem: 'nobody is named' }
  );
}
