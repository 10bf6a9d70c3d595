import net from 'node:net';
import tls from 'node:tls';
import type { EntryOf, OnCallEntry } from '../config/on-call-shape.ts';
import type { Environment } from '../core/environment.ts';
import { makeOnCall } from '../on-call/make.ts';
import type { Page } from '../on-call/on-call.ts';
import { problemOf } from './ask.ts';
import { fault, note, ok, type Said } from './finding.ts';
import type { Site } from './site.ts';

const CONNECT_WITHIN_MS = 5000;

/** Does the provider know our key? Pages nobody: closing what was never opened is a call that changes nothing. */
export async function lookAtPager(site: Site, name: string, entry: OnCallEntry): Promise<Said[]> {
  return [await reached(site, name, entry), ...unused(site, name)];
}

function reached(site: Site, name: string, entry: OnCallEntry): Promise<Said> | Said {
  switch (entry.kind) {
    case 'pagerduty':
      return closing(name, entry, {
        fine: 'PagerDuty takes this routing key',
        mend: 'copy the Integration Key of an Events API v2 integration of the service; in Europe set base_url to https://events.eu.pagerduty.com',
      });
    case 'opsgenie':
      return closing(name, entry, {
        fine: 'OpsGenie takes this key',
        mend: 'copy the key of an API integration that may create and update; in Europe set base_url to https://api.eu.opsgenie.com',
      });
    case 'webhook':
      return connecting(entry);
    case 'email':
      return ok(`by mail to ${entry.to.join(', ')}`);
    case 'slack':
      return inSlack(site, entry);
  }
}

async function closing(
  name: string,
  entry: OnCallEntry,
  { fine, mend }: { fine: string; mend: string },
): Promise<Said> {
  const onCall = makeOnCall({ [name]: { ...entry } }, { mailer: null, sendDirect: null }).get(name);
  const answer = await onCall?.resolve(NEVER_OPENED);
  if (!answer || answer.ok) return ok(fine);
  return fault(
    answer.problem,
    answer.retry ? 'let this machine reach it (network, proxy), or try again later' : mend,
  );
}

const NEVER_OPENED: Page = {
  key: 'gatehouse-doctor',
  summary: 'A look at the key: nothing to do',
  environment: 'doctor',
  level: 'LOW',
  waiting: 0,
  url: '',
  cardUrl: null,
  details: {},
  ending: 'a look at the key',
};

/** Whatever it is sent, a webhook may wake somebody: it is only connected to. */
async function connecting({ url }: EntryOf<'webhook'>): Promise<Said> {
  const { hostname, port, protocol, host } = new URL(url);
  const isSecure = protocol === 'https:';
  const problem = await connect(
    { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (isSecure ? 443 : 80) },
    isSecure,
  );
  return problem === null
    ? ok(`${host} answers; its keys are not looked at, that would page somebody`)
    : fault(`${host} cannot be reached (${problem})`, 'mend the address, or let this machine reach it');
}

function connect(to: { host: string; port: number }, isSecure: boolean): Promise<string | null> {
  return new Promise((resolve) => {
    const servername = net.isIP(to.host) ? '' : to.host;
    const socket = isSecure ? tls.connect({ ...to, servername }) : net.connect(to);
    const end = (problem: string | null) => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(CONNECT_WITHIN_MS, () => end(`no answer within ${CONNECT_WITHIN_MS / 1000} s`));
    socket.once(isSecure ? 'secureConnect' : 'connect', () => end(null));
    socket.once('error', (error) => end(problemOf(error)));
  });
}

async function inSlack(site: Site, { users }: EntryOf<'slack'>): Promise<Said> {
  const slack = await site.slack();
  const [first] = site.config.environments.values();
  if (!slack || !first) return fault('there is no Slack', 'set SLACK_BOT_TOKEN');
  const people = await slack.people.audience(first, { users, groups: [], emails: [] });
  if (people === null) return note('Slack does not say who they are', 'try again');
  const gone = people.filter(({ isGone }) => isGone).map(({ userId }) => userId);
  if (gone.length === users.length)
    return fault(`nobody of them is in Slack: ${gone.join(', ')}`, 'name other users');
  if (gone.length > 0) return note(`not in Slack any more: ${gone.join(', ')}`, 'take them out');
  return ok(`a direct message to ${people.map((person) => person.name).join(', ')}`);
}

/** A pager that nothing leads to pages nobody. */
function unused({ config }: Site, name: string): Said[] {
  const led = [...config.environments.values()].flatMap(pagersOf);
  const reaches = new Set<string>();
  for (let next = led; next.length > 0; ) {
    for (const one of next) reaches.add(one);
    next = next.flatMap((one) => config.onCall[one]?.then ?? []).filter((one) => !reaches.has(one));
  }
  if (reaches.has(name)) return [];
  return [
    note('no environment pages it', `write { after: 6m, page: ${name} } into an escalation, or take it out`),
  ];
}

const pagersOf = ({ escalation, emergency }: Environment): string[] =>
  [...escalation.steps.map(({ page }) => page), escalation.pageAtOnce?.page, emergency?.page].filter(
    (page): page is string => Boolean(page),
  );
