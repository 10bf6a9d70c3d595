import { readFileSync } from 'node:fs';
import path from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { parseDuration } from '../core/duration.ts';
import type { Environment } from '../core/environment.ts';
import type { LearningSettings } from '../core/learning-settings.ts';
import type { Policy } from '../core/policy.ts';
import type { Row } from '../core/risk/row.ts';
import { siteRows } from '../core/risk/site.ts';
import { toEnvironment } from './environments.ts';
import { checkEscalation } from './escalation.ts';
import { type ReadFile, readHolidays, readSmallFile } from './holidays.ts';
import { toLearning } from './learning-shape.ts';
import { type ModelSettings, toModelSettings } from './model-shape.ts';
import { checkOnCall, type EmailConfig, type OnCallEntries } from './on-call-shape.ts';
import { checkPolicies, toPolicy } from './policies.ts';
import { ConfigShape, type RawConfig, RiskRowShape } from './shape.ts';

/** How the gate reaches Slack; null when it has no tokens. */
export type SlackConfig = {
  botToken: string;
  apiUrl: string | undefined;
  /** Sign in with Slack on the pages; null: nobody can sign in. */
  signIn: { clientId: string; clientSecret: string } | null;
} & ({ mode: 'socket'; appToken: string } | { mode: 'http'; signingSecret: string });

export interface Config {
  url: string;
  port: number;
  host: string;
  environments: Map<string, Environment>;
  policies: Policy[];
  /** Rows of the site's own, for the risk of its commands. */
  riskRows: Row[];
  secondPersonForRules: RawConfig['rules']['second_person'];
  /** When and how the gate learns. */
  learning: LearningSettings;
  /** So long whoever asks can read the notes on a command before others are asked. */
  notesFirstSeconds: number;
  people: RawConfig['people'];
  onCall: OnCallEntries;
  /** How mail is sent; null: it is not. */
  email: EmailConfig | null;
  limits: RawConfig['limits'];
  /** The language model that explains and names; null: there is none. */
  model: ModelSettings | null;
  slack: SlackConfig | null;
  databaseUrl: string | null;
  /** Holds the embedded database, the signing key and the first admin token. */
  dataDirectory: string;
  signingKey: string | null;
  adminToken: string | null;
  /** How long it still serves after it was told to end, while /readyz sends new clients elsewhere. */
  drainSeconds: number;
  logLevel: string;
}

export interface ConfigFault {
  /** Where: a path in the file, or the name of a variable. */
  path: string;
  message: string;
}

/** Everything that is wrong with the configuration, together. */
export class ConfigFaults extends Error {
  readonly faults: ConfigFault[];
  constructor(file: string, faults: ConfigFault[]) {
    super(`${file} has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}`);
    this.faults = faults;
  }
}

type Variables = { [name: string]: string | undefined };

/** The name of the configuration file: asked for, from GATE_CONFIG, or ./gatehouse.yaml. */
export const configFileOf = (variables: Variables, asked?: string): string =>
  path.resolve(asked ?? variables.GATE_CONFIG ?? 'gatehouse.yaml');

/** Reads the file and the environment variables once. Throws `ConfigFaults` with every fault. */
export function loadConfig(variables: Variables, file: string): Config {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (e) {
    const message =
      (e as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'there is no such file. Write one (the README has an example), or name another with --config or GATE_CONFIG'
        : `it cannot be read: ${(e as Error).message}`;
    throw new ConfigFaults(file, [{ path: file, message }]);
  }
  return readConfig(text, variables, file);
}

/** As `loadConfig`, from the text of the file. `readFile` reads the files that it names. */
export function readConfig(
  text: string,
  variables: Variables,
  file = 'gatehouse.yaml',
  readFile: ReadFile = readSmallFile,
): Config {
  const faults: ConfigFault[] = [];
  const document = fillIn(parseYaml(text, file, faults), variables, [], faults);
  const parsed = ConfigShape.safeParse(document);
  if (!parsed.success) {
    for (const issue of parsed.error.issues)
      faults.push({ path: issue.path.join('.') || '(file)', message: mend(issue) });
  }
  const riskRows = checkBeyondShape(document, faults);
  const holidays = holidaysIn(document, path.dirname(file), readFile, faults);
  const slack = readSlack(variables, faults);
  if (slack?.signIn && parsed.success && !mayComeBackTo(parsed.data.url))
    faults.push({
      path: 'url',
      message: 'write https: Slack brings people who sign in back to nothing else',
    });
  const port = Number(variables.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    faults.push({ path: 'PORT', message: 'write a port from 0 to 65535' });
  const drainSeconds = Number(variables.GATE_DRAIN_SECONDS || 0);
  if (!(drainSeconds >= 0 && drainSeconds <= 300))
    faults.push({ path: 'GATE_DRAIN_SECONDS', message: 'write a number of seconds from 0 to 300' });
  if (variables.GATE_ADMIN_TOKEN && !/^gate_[A-Za-z0-9_-]{32,200}$/.test(variables.GATE_ADMIN_TOKEN)) {
    faults.push({
      path: 'GATE_ADMIN_TOKEN',
      message:
        'write gate_ and at least 32 random letters and digits, or leave it out: one is made at the first start',
    });
  }
  if (variables.DATABASE_URL && !/^postgres(ql)?:\/\//.test(variables.DATABASE_URL)) {
    faults.push({ path: 'DATABASE_URL', message: 'write postgres://user:password@host/database' });
  }
  if (faults.length > 0 || !parsed.success) throw new ConfigFaults(file, faults);
  return {
    url: parsed.data.url.replace(/\/+$/, ''),
    port,
    host: variables.HOST || '0.0.0.0',
    environments: new Map(
      Object.entries(parsed.data.environments).map(([name, e]) => [
        name,
        toEnvironment(name, e, holidays.get(name)),
      ]),
    ),
    policies: parsed.data.policies.map(toPolicy),
    riskRows,
    secondPersonForRules: parsed.data.rules.second_person,
    learning: toLearning(parsed.data.learning),
    notesFirstSeconds: parseDuration(parsed.data.runbook.notes_first) ?? 0,
    people: parsed.data.people,
    onCall: parsed.data.on_call ?? {},
    email: parsed.data.email ?? null,
    limits: parsed.data.limits,
    model: parsed.data.learning?.model ? toModelSettings(parsed.data.learning.model) : null,
    slack,
    databaseUrl: variables.DATABASE_URL || null,
    dataDirectory: path.resolve(variables.GATE_DATA || '.gatehouse'),
    signingKey: variables.GATE_SIGNING_KEY || null,
    adminToken: variables.GATE_ADMIN_TOKEN || null,
    drainSeconds,
    logLevel: variables.LOG_LEVEL || 'info',
  };
}

/** Faults that no shape shows, also in a file with other faults. Returns the sound risk rows. */
function checkBeyondShape(document: unknown, faults: ConfigFault[]): Row[] {
  const { environments, policies, risk } = (document ?? {}) as Record<string, unknown>;
  const names = Object.keys(environments ?? {});
  const report = (path: string, message: string) => void faults.push({ path, message });
  checkPolicies(policies, names, report);
  checkOnCall(document, report);
  checkEscalation(environments, report);
  const given = RiskRowShape.array().safeParse(risk ?? []);
  const { rows, faults: wrong } = siteRows(given.data ?? []);
  for (const fault of wrong) {
    const [, number, message = fault] = /^risk row (\d+) \(.*?\): (.*)$/s.exec(fault) ?? [];
    faults.push({ path: number === undefined ? 'risk' : `risk.${Number(number) - 1}`, message });
  }
  return rows;
}

/** The holidays of each environment, those of calendars too, around this year. */
function holidaysIn(
  document: unknown,
  directory: string,
  readFile: ReadFile,
  faults: ConfigFault[],
): Map<string, ReadonlySet<string>> {
  const { environments } = (document ?? {}) as Record<string, unknown>;
  const year = new Date().getUTCFullYear();
  return readHolidays(environments, { directory, readFile, year }, (path, message) =>
    faults.push({ path, message }),
  );
}

function parseYaml(text: string, file: string, faults: ConfigFault[]): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    faults.push({ path: `${path.basename(file)}:${line}:${col}`, message: error.message });
  }
  return document.errors.length > 0 ? {} : document.toJS();
}

/** Replaces `${NAME}` by environment variables, so that no secret has to stand in the file. */
function fillIn(value: unknown, variables: Variables, place: string[], faults: ConfigFault[]): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = variables[name];
      if (found === undefined)
        faults.push({ path: place.join('.'), message: `the environment variable ${name} is not set` });
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((v, i) => fillIn(v, variables, [...place, String(i)], faults));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, fillIn(v, variables, [...place, k], faults)]),
    );
  }
  return value;
}

function mend(issue: { code?: string; message: string; keys?: string[]; expected?: string }): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown key ${issue.keys?.map((k) => `"${k}"`).join(', ')}: remove it, or mend its spelling`;
  return issue.message;
}

/** On this machine http is fine: a local Slack brings people there, too. */
const mayComeBackTo = (url: string): boolean =>
  url.startsWith('https:') || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

function readSlack(variables: Variables, faults: ConfigFault[]): SlackConfig | null {
  const {
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_SIGNING_SECRET: signingSecret,
  } = variables;
  const signIn = readSignIn(variables, faults);
  if (!botToken && !appToken && !signingSecret) return null;
  const apiUrl = variables.SLACK_API_URL?.replace(/\/*$/, '/');
  if (!botToken)
    faults.push({ path: 'SLACK_BOT_TOKEN', message: 'set it too: the bot token of the Slack app (xoxb-…)' });
  else if (appToken) return { mode: 'socket', botToken, appToken, apiUrl, signIn };
  else if (signingSecret) return { mode: 'http', botToken, signingSecret, apiUrl, signIn };
  else
    faults.push({
      path: 'SLACK_APP_TOKEN',
      message:
        'set it (xapp-…, Socket Mode), or SLACK_SIGNING_SECRET (HTTP): clicks could not reach the gate',
    });
  return null;
}

/** Both or neither: without them nobody signs in to the pages. */
function readSignIn(
  { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret }: Variables,
  faults: ConfigFault[],
): SlackConfig['signIn'] {
  if (clientId && clientSecret) return { clientId, clientSecret };
  const missing = clientId ? 'SLACK_CLIENT_SECRET' : clientSecret ? 'SLACK_CLIENT_ID' : null;
  if (missing)
    faults.push({
      path: missing,
      message: 'set it too: both stand under "Basic Information" of the Slack app',
    });
  return null;
}
