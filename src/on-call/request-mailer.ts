import { type MailFacts, mailText } from './mail-text.ts';
import type { Mailer } from './mailer.ts';
import type { Delivery } from './on-call.ts';

/** Tells people of requests by mail. */
export interface RequestMailer {
  /** @param mail `key`: the same mail has the same key, however often it is sent */
  tell(mail: { to: string; key: string; facts: MailFacts }): Promise<Delivery>;
}

export const requestMailer = (mailer: Mailer): RequestMailer => ({
  tell: ({ to, key, facts }) => mailer.send({ to: [to], key, ...mailText(facts) }),
});
