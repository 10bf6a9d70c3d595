import { WebClient, type WebClientOptions } from '@slack/web-api';
import type { Deps } from '../gate/deps.ts';
import type { People } from '../gate/people.ts';
import { openDirectory } from './directory.ts';
import { type Identity, readIdentity } from './identity.ts';
import { knownPeople } from './known-people.ts';
import { boltLogger, type Log } from './log.ts';
import { directSender } from './send-lines.ts';
import type { Workspace } from './slack.ts';

export interface SlackOptions {
  botToken: string;
  /** For Slack over HTTP. */
  signingSecret?: string;
  /** For Socket Mode; takes precedence. */
  appToken?: string;
  /** Where the Web API is, when it is not Slack's own. */
  apiUrl?: string;
  log: Log;
  /** Told of faults. */
  observe: Deps['observe'];
}

/** Slack as it is before there are any deps: it can be asked, and hears of nothing yet. */
export interface OpenedSlack {
  workspace: Workspace;
  people: People;
  /** Says something to one person, outside the cards: a page by direct message. */
  sendDirect: ReturnType<typeof directSender>;
  who: Who;
  options: SlackOptions;
}

const CALL_TIMEOUT_MS = 5000;

/** Makes what it takes to ask Slack. Calls nobody yet; start.ts starts the surface over it. */
export function openSlack(options: SlackOptions): OpenedSlack {
  const { log, observe } = options;
  const logger = boltLogger(log);
  const client = new WebClient(options.botToken, { ...clientOptionsOf(options), logger });
  const who = identity(client);
  const workspace = { ...openDirectory(client), client, log, observe, identity: who.read };
  return { workspace, people: knownPeople(workspace), sendDirect: directSender(client), who, options };
}

/** One try per call, answered within five seconds: what has to arrive is in the database and is tried again from there. */
export function clientOptionsOf({ apiUrl }: SlackOptions): WebClientOptions {
  return {
    ...(apiUrl && { slackApiUrl: apiUrl.endsWith('/') ? apiUrl : `${apiUrl}/` }),
    timeout: CALL_TIMEOUT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
}

export interface Who {
  read(): Promise<Identity>;
  known(): Identity | null;
  problem(): string | null;
}

/** Asks until it is known, once at a time; then it is known for good. */
function identity(client: WebClient): Who {
  let known: Identity | null = null;
  let asking: Promise<Identity> | null = null;
  let problem: string | null = 'Slack has not answered yet';
  const ask = async () => {
    try {
      known = await readIdentity(client);
      problem = null;
      return known;
    } catch (error) {
      problem = `Slack did not say whose token this is: ${error instanceof Error ? error.message : String(error)}`;
      throw error;
    } finally {
      asking = null;
    }
  };
  return {
    known: () => known,
    problem: () => problem,
    read: () => {
      if (known) return Promise.resolve(known);
      asking ??= ask();
      return asking;
    },
  };
}
