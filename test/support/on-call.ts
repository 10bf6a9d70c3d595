import type { Delivery, OnCall, Page } from '../../src/on-call/on-call.ts';
import type { RequestMailer } from '../../src/on-call/request-mailer.ts';

export interface Call {
  does: 'trigger' | 'acknowledge' | 'resolve';
  page: Page;
}

export interface StubPager extends OnCall {
  calls: Call[];
  /** What the next calls are answered; the last one for ever. */
  answers: (Delivery | ((call: Call) => Promise<Delivery>))[];
  /** Keys that were triggered and not resolved, by what arrived. */
  open(): string[];
}

export const WORKS: Delivery = { ok: true, reference: null };
export const DOWN: Delivery = { ok: false, retry: true, afterSeconds: null, problem: 'it answers 500' };

/** A provider in this process that keeps every call. */
export function stubPager(name = 'primary', fallback: string | null = null): StubPager {
  const take = async (call: Call): Promise<Delivery> => {
    const { calls, answers } = stub;
    calls.push(call);
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? WORKS;
    return typeof answer === 'function' ? answer(call) : answer;
  };
  const stub: StubPager = {
    name,
    kind: 'pagerduty',
    fallback,
    calls: [],
    answers: [WORKS],
    trigger: (page) => take({ does: 'trigger', page }),
    acknowledge: (page) => take({ does: 'acknowledge', page }),
    resolve: (page) => take({ does: 'resolve', page }),
    inbound: null,
    open: () => {
      const keys = new Set<string>();
      for (const { does, page } of stub.calls) {
        if (does === 'trigger') keys.add(page.key);
        if (does === 'resolve') keys.delete(page.key);
      }
      return [...keys];
    },
  };
  return stub;
}

export interface StubMailer extends RequestMailer {
  sent: Parameters<RequestMailer['tell']>[0][];
  answer: Delivery;
}

export function stubMailer(): StubMailer {
  const stub: StubMailer = {
    sent: [],
    answer: WORKS,
    tell: async (mail) => {
      stub.sent.push(mail);
      return stub.answer;
    },
  };
  return stub;
}
