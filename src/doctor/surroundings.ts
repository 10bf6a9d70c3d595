import type { Environment } from '../core/environment.ts';
import { isInside } from '../core/office-hours.ts';
import { createMailer } from '../on-call/mailer.ts';
import { ask } from './ask.ts';
import { fault, note, ok, type Said } from './finding.ts';
import { keyIdsIn, type Site } from './site.ts';

/** What the file says, once it has no faults. */
export async function lookAtConfiguration({ config, file }: Site): Promise<Said[]> {
  const counts = [
    counted(config.environments.size, 'environment'),
    counted(config.policies.length, 'policy', 'policies'),
  ];
  const mails =
    [...config.environments.values()].some(({ escalation }) => escalation.steps.length > 0) || config.email;
  return [
    ok(`${file}: ${counts.join(', ')}`),
    ...(mails && config.slack && !config.slack.signIn
      ? [
          note(
            'people who come from a mail or a page cannot sign in',
            'set SLACK_CLIENT_ID and SLACK_CLIENT_SECRET, both under "Basic Information" of the Slack app',
          ),
        ]
      : []),
  ];
}

/** Does a gate run here, as configured, and is it well? */
export async function lookAtServer(site: Site): Promise<Said[]> {
  const server = await site.server();
  if (server.is === 'silent') return [note(`no gate runs at ${server.address}`, 'start it: gate serve')];
  if (server.is === 'other')
    return [
      fault(
        `something that is no gate listens at ${server.address}`,
        'choose another port with PORT, or stop what listens',
      ),
    ];
  const lacks = server.checks.filter(({ ok }) => !ok);
  if (lacks.length === 0) return [ok(`runs at ${server.address} and is ready`)];
  return lacks.map(({ name, needed, mend }) => {
    const says = `runs at ${server.address}; ${name} is not well`;
    return needed ? fault(says, mend ?? 'look into its log') : note(says, mend ?? null);
  });
}

/** Does the address that clients, cards and mails use lead to this gate? */
export async function lookAtAddress(site: Site): Promise<Said[]> {
  const { url } = site.config;
  const [answer, server] = await Promise.all([ask(`${url}/api/v1/keys`), site.server()]);
  const runs = server.is === 'running';
  const plain = isInTheClear(url)
    ? [
        note(
          `${url} is not https: tokens of clients travel in the clear`,
          'put a proxy with TLS before the gate, and write https in url',
        ),
      ]
    : [];
  const keys = keyIdsIn(answer);
  if (keys) return [...(await isOurs(site, keys)), ...plain];
  if (!runs) return [note(`${url}: looked at when the gate runs`, 'start it: gate serve'), ...plain];
  const says =
    'problem' in answer
      ? `${url} cannot be reached (${answer.problem})`
      : `${url} answers ${answer.status}, as no gate does`;
  return [fault(says, `lead it to ${server.address} (DNS, proxy, certificate), or mend url`), ...plain];
}

async function isOurs(site: Site, keys: string[]): Promise<Said[]> {
  const { url } = site.config;
  const [server, database] = await Promise.all([site.server(), site.database()]);
  const own =
    server.is === 'running' ? server.keys : database.is === 'open' ? database.examined.signingKeys : [];
  if (own.length === 0 || own.some((key) => keys.includes(key))) return [ok(`${url} leads to a gate`)];
  return [
    fault(
      `${url} leads to another gate: its keys are ${keys.join(', ')}, the ones here ${own.join(', ')}`,
      'mend url, or DATABASE_URL and the signing key',
    ),
  ];
}

/** On this machine alone, nobody listens in between. */
const isInTheClear = (url: string): boolean =>
  url.startsWith('http:') && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** Does the mail server take our password? Sends no mail. */
export async function lookAtMail({ config }: Site): Promise<Said[]> {
  if (!config.email) return [];
  const { hostname, port, username } = new URL(config.email.smtp);
  const answer = await createMailer(config.email).check();
  if (answer.ok) return [ok(`${hostname}${port && `:${port}`} takes mail from ${config.email.from}`)];
  const mend = answer.retry
    ? `let this machine reach ${hostname}, or mend email.smtp`
    : `mend ${username ? 'user and password' : 'the address'} in email.smtp; special characters are written as %40`;
  return [fault(answer.problem, mend)];
}

/** Does the language model answer? */
export async function lookAtModel({ config }: Site): Promise<Said[]> {
  if (!config.model) return [];
  const { createModel } = await import('../model/create-model.ts');
  const model = createModel(config.model, { onAsked: () => {} });
  try {
    const answer = await model.check();
    return [
      answer.ok
        ? ok(`${model.name} answers after ${answer.seconds.toFixed(1)} s`)
        : fault(answer.problem, answer.mend),
    ];
  } finally {
    model.close();
  }
}

/** What time it is in each environment, and whether that is in its office hours. */
export async function lookAtZones({ config }: Site): Promise<Said[]> {
  const at = new Date();
  return [...config.environments.values()].map((environment) => zoneOf(environment, at));
}

function zoneOf({ name, timeZone, officeHours }: Environment, at: Date): Said {
  const time = at.toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
  const says = `${name}: ${time} in ${timeZone}`;
  if (!officeHours) return ok(says);
  const where = isInside(officeHours, timeZone, at) ? 'inside' : 'outside';
  const words = `${says}, ${where} office hours`;
  return timeZone === 'UTC'
    ? note(words, 'office hours are by UTC: set time_zone if they are meant elsewhere')
    : ok(words);
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
