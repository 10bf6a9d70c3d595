import type { EntryOf } from '../config/on-call-shape.ts';
import { delivered, settled } from './delivery.ts';
import { frame } from './mail-frame.ts';
import type { Mailer } from './mailer.ts';
import type { Delivery, OnCall, Page } from './on-call.ts';
import { asEnded, line, nextStep, pageFacts } from './plain.ts';

/** On call by mail: one when it begins, and one in the same thread when it is over. */
export function byEmail(name: string, entry: EntryOf<'email'>, mailer: Pick<Mailer, 'send'>): OnCall {
  const tell = (moment: 'asked' | 'ended', page: Page): Promise<Delivery> =>
    settled('the mail server', () => {
      const key = (of: string) => `${name}/${page.key}/${of}`;
      const inReplyTo = moment === 'ended' ? key('asked') : undefined;
      return mailer.send({ to: entry.to, ...pageMail(page, moment), key: key(moment), inReplyTo });
    });
  return {
    name,
    kind: 'email',
    fallback: entry.then ?? null,
    trigger: (page) => tell('asked', page),
    acknowledge: async () => delivered(),
    resolve: (page) => tell('ended', asEnded(page)),
    inbound: null,
  };
}

const pageMail = (page: Page, moment: 'asked' | 'ended') =>
  frame({
    subject: line(page.summary, 116),
    isFollowUp: moment === 'ended',
    environment: { name: page.environment, color: null },
    risk: page.level,
    headline: line(page.summary, 300),
    next: nextStep(page),
    facts: pageFacts(page).filter(([fact]) => fact !== 'Environment' && fact !== 'Risk'),
    command: null,
    button: page.ending === null ? 'Open the decision page' : 'See what happened',
    url: page.url,
  });
