import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { ask } from './ask.ts';
import { fault, note, ok, type Said } from './finding.ts';
import { callSlack, type Site } from './site.ts';

const REINSTALL =
  'under "Install App" of the Slack app install it again, and set SLACK_BOT_TOKEN to the new token (xoxb-…)';

/** Does Slack know the bot token? */
export async function lookAtBotToken(site: Site): Promise<Said[]> {
  const auth = await site.auth();
  if (!auth)
    return [
      fault(
        'nobody can be asked: no Slack tokens are set',
        'set SLACK_BOT_TOKEN with SLACK_APP_TOKEN or SLACK_SIGNING_SECRET; gate init prints the link that makes the app',
      ),
    ];
  if (auth.is === 'known') return [ok(`${auth.bot} in ${auth.team}`)];
  if (auth.is === 'refused') return [refused(auth.code)];
  const where = new URL(site.config.slack?.apiUrl ?? 'https://slack.com/api/').host;
  return [
    fault(
      `Slack does not answer at ${where} (${auth.problem})`,
      'let this machine reach it: network, proxy, SLACK_API_URL',
    ),
  ];
}

function refused(code: string): Said {
  switch (code) {
    case 'ratelimited':
      return note('Slack asks to be called less often', 'try again in a minute');
    case 'not_allowed_token_type':
      return fault(
        'SLACK_BOT_TOKEN is a token of another kind',
        'set it to the bot token (xoxb-…), not the app-level one (xapp-…)',
      );
    default:
      return fault(`Slack does not take SLACK_BOT_TOKEN: ${code}`, REINSTALL);
  }
}

/** Do clicks reach the gate: over Socket Mode by the app-level token, over HTTP by the same secret at its address? */
export async function lookAtClicks(site: Site): Promise<Said[]> {
  const { slack, url } = site.config;
  if (!slack) return [];
  if (slack.mode === 'socket') return [await appToken(slack.apiUrl, slack.appToken)];
  return [await signingSecret(site, url, slack.signingSecret)];
}

async function appToken(apiUrl: string | undefined, token: string): Promise<Said> {
  const answer = await callSlack(apiUrl, 'apps.connections.open', token);
  if ('problem' in answer)
    return fault(`Slack opens no socket (${answer.problem})`, 'let this machine reach Slack: network, proxy');
  if (answer.json?.ok === true) return ok('Socket Mode: Slack takes SLACK_APP_TOKEN');
  const code = String(answer.json?.error ?? `HTTP ${answer.status}`);
  if (code === 'ratelimited') return note('Slack asks to be called less often', 'try again in a minute');
  return fault(
    `Slack does not take SLACK_APP_TOKEN: ${code}`,
    'make an app-level token with connections:write under "Basic Information" of the Slack app (xapp-…), and switch Socket Mode on',
  );
}

/** As Slack proves itself when the address is entered there. */
async function signingSecret(site: Site, url: string, secret: string): Promise<Said> {
  // Another one each time: the gate takes no request twice, and two doctors may ask in one second.
  const challenge = `gate-doctor-${randomUUID()}`;
  const body = JSON.stringify({ type: 'url_verification', challenge });
  const seconds = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-slack-request-timestamp': String(seconds),
    'x-slack-signature': `v0=${signature}`,
  };
  const address = `${url}/slack/events`;
  const answer = await ask(address, { method: 'POST', headers, body });
  if ('problem' in answer) {
    if ((await site.server()).is !== 'running')
      return note('HTTP: looked at when the gate runs', 'start it: gate serve');
    return fault(
      `HTTP: ${address} cannot be reached (${answer.problem}), so Slack cannot either`,
      'let it be reached from outside, or use Socket Mode: SLACK_APP_TOKEN instead of SLACK_SIGNING_SECRET',
    );
  }
  if (answer.json?.challenge === challenge)
    return ok(
      `HTTP: ${address} takes this SLACK_SIGNING_SECRET; --send-test shows whether Slack has it, too`,
    );
  if (answer.status === 401)
    return fault(
      `HTTP: ${address} does not take this SLACK_SIGNING_SECRET`,
      'give every process the one under "Basic Information" of the Slack app, and see that a proxy leaves body and headers as they are',
    );
  if ((await site.server()).is !== 'running')
    return note('HTTP: looked at when the gate runs', 'start it: gate serve');
  return fault(`HTTP: ${address} answers ${answer.status}, as no gate does`, 'lead this address to the gate');
}

interface Scopes {
  bot: string[];
  bot_optional: string[];
}

/** What works less well without an optional scope. */
const WITHOUT: Record<string, string> = {
  'channels:history': 'a card may be posted twice after a crash',
  'groups:history': 'a card may be posted twice after a crash',
  'dnd:read': 'cards do not know who has notifications paused',
};

/** Was the app installed with the permissions of manifest.yml? */
export async function lookAtScopes(site: Site): Promise<Said[]> {
  const auth = await site.auth();
  if (auth?.is !== 'known') return [];
  if (auth.scopes === null) return [note('Slack does not say which scopes the token has')];
  const { bot, bot_optional } = manifestScopes();
  const lacked = (wanted: string[]) => wanted.filter((scope) => !auth.scopes?.includes(scope));
  const [missing, optional] = [lacked(bot), lacked(bot_optional)];
  const mend = (scopes: string[]) =>
    `add ${scopes.join(', ')} under "OAuth & Permissions" of the Slack app, or paste manifest.yml anew; then install it again`;
  const found: Said[] = [];
  if (missing.length > 0) found.push(fault(`missing: ${missing.join(', ')}`, mend(missing)));
  if (optional.length > 0) {
    const losses = [...new Set(optional.map((scope) => WITHOUT[scope] ?? scope))];
    found.push(note(`without ${optional.join(', ')}: ${losses.join('; ')}`, mend(optional)));
  }
  return found.length > 0 ? found : [ok(`all ${bot.length + bot_optional.length} of manifest.yml`)];
}

function manifestScopes(): Scopes {
  const manifest = parse(readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8')) as {
    oauth_config: { scopes: Scopes };
  };
  return manifest.oauth_config.scopes;
}
