import type { EntryOf } from '../config/on-call-shape.ts';
import { call, type Outside } from './call.ts';
import { delivered, settled } from './delivery.ts';
import { readRecord } from './json.ts';
import type { Delivery, OnCall, Page } from './on-call.ts';
import { asEnded } from './plain.ts';
import { hmacHex } from './signatures.ts';
import { type Moment, TEMPLATES } from './webhook-templates.ts';

/** Any product that takes a call: in its own form, or in ours (`plain`). Signed when there is a secret for it. */
export function webhook(name: string, entry: EntryOf<'webhook'>, outside: Outside): OnCall {
  const { host } = new URL(entry.url);
  const who = `the webhook at ${host}`;
  const tell = (moment: Moment, page: Page): Promise<Delivery> =>
    settled(who, async () => {
      const content = TEMPLATES[entry.template](moment, page);
      if (content === null) return delivered();
      const body = JSON.stringify(content);
      const answer = await call(outside, {
        who,
        url: entry.url,
        headers: headersFor(entry, body, outside.now()),
        body,
        secrets: [entry.url, ...secretsIn(entry.url), entry.token ?? '', entry.secret ?? ''],
      });
      return answer.ok ? delivered(referenceIn(answer.text)) : answer;
    });
  return {
    name,
    kind: 'webhook',
    fallback: entry.then ?? null,
    trigger: (page) => tell('trigger', page),
    acknowledge: (page) => tell('acknowledge', page),
    resolve: (page) => tell('resolve', asEnded(page)),
    inbound: null,
  };
}

function headersFor(entry: EntryOf<'webhook'>, body: string, now: number): Record<string, string> {
  const seconds = Math.floor(now / 1000);
  return {
    'content-type': 'application/json',
    accept: 'application/json',
    ...(entry.token && { authorization: `Bearer ${entry.token}` }),
    ...(entry.secret && {
      'x-gatehouse-signature': `t=${seconds},v1=${hmacHex(entry.secret, `${seconds}.${body}`)}`,
    }),
  };
}

/** These products put keys into addresses: into the path, or behind the question mark. */
function secretsIn(address: string): string[] {
  const { pathname, searchParams } = new URL(address);
  return [...pathname.split('/'), ...searchParams.values()].filter((part) => part.length >= 8);
}

/** GoAlert tells the alert's number. */
function referenceIn(text: string): string | null {
  const { AlertID: id } = readRecord(text);
  return typeof id === 'number' ? String(id) : null;
}
