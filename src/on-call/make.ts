import type { OnCallEntries, OnCallEntry } from '../config/on-call-shape.ts';
import type { Outside } from './call.ts';
import { refused } from './delivery.ts';
import { byEmail } from './email.ts';
import { genie } from './genie.ts';
import type { Mailer } from './mailer.ts';
import type { OnCall } from './on-call.ts';
import { pagerDuty } from './pagerduty.ts';
import { type SendDirect, slackDirect } from './slack-dm.ts';
import { webhook } from './webhook.ts';

export interface Ways extends Partial<Outside> {
  /** Null without `email:` in the configuration. */
  mailer: Pick<Mailer, 'send'> | null;
  /** Null without Slack. */
  sendDirect: SendDirect | null;
}

const TIMEOUT_MS = 5000;

/** Whoever can be paged, by the names of the configuration. */
export function makeOnCall(entries: OnCallEntries, ways: Ways): Map<string, OnCall> {
  return new Map(Object.entries(entries).map(([name, entry]) => [name, make(name, entry, ways)]));
}

function make(name: string, entry: OnCallEntry, ways: Ways): OnCall {
  const outside: Outside = {
    fetch: ways.fetch ?? fetch,
    timeoutMs: ways.timeoutMs ?? TIMEOUT_MS,
    now: ways.now ?? Date.now,
  };
  switch (entry.kind) {
    case 'pagerduty':
      return pagerDuty(name, entry, outside);
    case 'opsgenie':
      return genie(name, entry, outside);
    case 'webhook':
      return webhook(name, entry, outside);
    case 'email':
      return byEmail(name, entry, ways.mailer ?? { send: async () => refused('there is no mail server') });
    case 'slack':
      return slackDirect(name, entry, ways.sendDirect ?? (async () => refused('there is no Slack')));
  }
}
