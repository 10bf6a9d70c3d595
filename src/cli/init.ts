import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { ConfigFaults, configFileOf, readConfig } from '../config/config.ts';
import { ConfigShape } from '../config/shape.ts';
import { channel, officeHours, timeZone } from '../config/values.ts';
import { doctor } from '../doctor/doctor.ts';
import { readArguments, type Values, WrongUsage } from './arguments.ts';
import { withEnvFile } from './env-file.ts';
import {
  type Answers,
  type EnvironmentAnswer,
  type Read,
  readReviewers,
  readTransport,
  type Transport,
  withHash,
} from './init/answers.ts';
import { appLink, manifestFor } from './init/app-link.ts';
import { type Asking, openAsking } from './init/ask.ts';
import { configText } from './init/config-text.ts';
import { envText } from './init/env-text.ts';

const HELP = `gate init [--yes] [flags]

Asks a few questions, writes gatehouse.yaml and a template of .env, prints the link
that makes the Slack app, and looks with gate doctor at what is there. With --yes it
asks nothing: what no flag says is as usual.

  --url URL              where people and clients reach the gate   (http://localhost:3000)
  --transport WAY        socket: no public address is needed; http (socket)
  --environment NAME=CHANNEL   such as production=#deploys; may be repeated
  --reviewers WHO        channel, or ids: U0ANA,S0DBA               (channel)
  --time-zone ZONE       such as Europe/Berlin                      (that of this machine)
  --office-hours HOURS   such as "Mon-Fri 09:00-18:00"              (round the clock)
  --database KIND        embedded, or postgres: DATABASE_URL in .env (embedded)
  --config FILE          what is written                            (./gatehouse.yaml)
  --env-file FILE        where the secrets go                       (.env beside it)
  --force                writes over the configuration that is there; secrets stay
  --no-doctor            does not look at the end

Example:
  gate init --yes --url https://gate.example.com --transport http --environment production=#deploys
`;

const OPTIONS = {
  yes: { type: 'boolean' },
  url: { type: 'string' },
  transport: { type: 'string' },
  environment: { type: 'string', multiple: true },
  reviewers: { type: 'string' },
  'time-zone': { type: 'string' },
  'office-hours': { type: 'string' },
  database: { type: 'string' },
  config: { type: 'string' },
  'env-file': { type: 'string' },
  force: { type: 'boolean' },
  'no-doctor': { type: 'boolean' },
} as const;
type Flags = Values<typeof OPTIONS>;

export interface Terminal {
  input: Readable;
  output: Writable;
  isTerminal: boolean;
  variables: { [name: string]: string | undefined };
}

export const run = (argv: string[]): Promise<number> =>
  init(argv, {
    input: process.stdin,
    output: process.stdout,
    isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
    variables: process.env,
  });

/** Exit 0: both files are written, whatever the doctor says of them. */
export async function init(argv: string[], terminal: Terminal): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const flags = given.values;
  const file = configFileOf(terminal.variables, flags.config);
  const envFile = path.resolve(flags['env-file'] ?? path.join(path.dirname(file), '.env'));
  if (existsSync(file) && !flags.force)
    throw new WrongUsage(
      `${file} is there already`,
      'gate doctor looks at it; --force writes a new one over it',
    );
  if (!flags.yes && !terminal.isTerminal)
    throw new WrongUsage('there is no terminal to ask on', 'pass --yes, and what is not as usual with flags');

  const say = (words: string) => void terminal.output.write(`${words}\n`);
  const asking = flags.yes ? null : openAsking(terminal.input, terminal.output);
  try {
    const answers = asking ? await askFor(asking, flags) : answersIn(flags);
    writeFileSync(file, sound(answers, file));
    say(`\nWritten: ${file}`);
    const link = appLink(manifestFor(manifestText(), answers));
    say(`\nMake the Slack app: open this link, press Create, then Install.\n\n${link}\n`);
    const secrets = asking ? await askForSecrets(asking, answers) : {};
    say(writeSecrets(envFile, answers, { secrets, force: flags.force === true }));
    say(nextSteps(answers, path.relative(process.cwd(), envFile) || envFile));
  } finally {
    asking?.close();
  }
  if (flags['no-doctor']) return 0;
  await doctor({
    variables: withEnvFile(terminal.variables, envFile),
    file,
    json: false,
    sendTest: false,
    out: terminal.output,
    isLive: terminal.isTerminal,
  });
  return 0;
}

const manifestText = (): string => readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8');

/** The text of the file; a fault in it is one of ours, and nothing is written. */
function sound(answers: Answers, file: string): string {
  const text = configText(answers);
  try {
    readConfig(text, {}, file);
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    const faults = error.faults.map((fault) => `${fault.path}: ${fault.message}`);
    throw new WrongUsage(`this would be a faulty configuration: ${faults.join('; ')}`, 'mend the flags');
  }
  return text;
}

const USUAL = { url: 'http://localhost:3000', transport: 'socket', environments: 'production, staging' };
const zoneHere = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

/** Everything by flags, or as usual. */
function answersIn(flags: Flags): Answers {
  const url = must('--url', readUrl(flags.url ?? USUAL.url));
  const transport = must('--transport', readTransport(flags.transport ?? USUAL.transport));
  const fits = fitting(url, transport);
  if (fits) throw new WrongUsage(fits, 'write https in --url, or use --transport socket');
  const reviewers = must('--reviewers', readReviewers(flags.reviewers ?? 'channel'));
  const named = flags.environment ?? ['production=#deploys'];
  return {
    url,
    transport,
    environments: named.map((one) => ({ ...must('--environment', readNamed(one)), reviewers })),
    timeZone: must('--time-zone', by(timeZone)(flags['time-zone'] ?? zoneHere())),
    officeHours:
      flags['office-hours'] === undefined
        ? null
        : must('--office-hours', by(officeHours)(flags['office-hours'])),
    databaseUrl: must('--database', readDatabase(flags.database ?? 'embedded')),
  };
}

function must<T>(flag: string, read: Read<T>): T {
  if ('value' in read) return read.value;
  throw new WrongUsage(`${flag}: ${read.why}`, 'gate init --help shows examples');
}

async function askFor({ ask }: Asking, flags: Flags): Promise<Answers> {
  const url = await ask('Where do people and clients reach the gate?', flags.url ?? USUAL.url, readUrl);
  const transport = await ask(
    'How does Slack reach it? socket needs no public address; http does',
    flags.transport ?? USUAL.transport,
    (typed) => {
      const read = readTransport(typed);
      const why = 'value' in read ? fitting(url, read.value) : null;
      return why ? { why: `${why}: write socket` } : read;
    },
  );
  const usual = flags.environment?.map((one) => one.split('=')[0]).join(', ') ?? USUAL.environments;
  const names = await ask('Which environments?', usual, readNames);
  const environments: EnvironmentAnswer[] = [];
  for (const name of names) {
    const flagged = flags.environment?.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
    const asked = await ask(`In which channel does ${name} ask?`, flagged ?? '#deploys', readChannel);
    const who = `Who may approve in ${name}? channel: every full member; or U… and S… ids`;
    environments.push({
      name,
      channel: asked,
      reviewers: await ask(who, flags.reviewers ?? 'channel', readReviewers),
    });
  }
  const zone = await ask('In which time zone?', flags['time-zone'] ?? zoneHere(), by(timeZone));
  const hours = await ask<string | null>(
    'Office hours? none: round the clock',
    flags['office-hours'] ?? 'none',
    (typed) => (typed === 'none' ? { value: null } : by(officeHours)(typed)),
  );
  const databaseUrl = await ask(
    'Database? embedded: one server, for trials; or postgres, or postgres://user:password@host/database',
    flags.database ?? 'embedded',
    readDatabase,
  );
  return { url, transport, environments, timeZone: zone, officeHours: hours, databaseUrl };
}

/** Reads by the check of the configuration. */
const by =
  <T>(schema: z.ZodType<T>) =>
  (typed: string): Read<T> => {
    const read = schema.safeParse(typed);
    return read.success ? { value: read.data } : { why: read.error.issues[0]?.message ?? 'that is none' };
  };

const readUrl = (typed: string): Read<string> => by(ConfigShape.shape.url)(typed.replace(/\/+$/, ''));
const readChannel = (typed: string): Read<string> => by(channel)(withHash(typed));

/** Slack calls nothing but https. */
const fitting = (url: string, transport: Transport): string | null =>
  transport === 'http' && !url.startsWith('https:')
    ? `Slack reaches only https, and the address is ${url}`
    : null;

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/;
const NAME_MEND = 'use letters, digits, "-", "_" and "."';

function readNames(typed: string): Read<string[]> {
  const names = [...new Set(typed.split(/[\s,]+/).filter((name) => name !== ''))];
  const odd = names.find((name) => !NAME.test(name));
  if (names.length === 0) return { why: 'name at least one' };
  return odd === undefined ? { value: names } : { why: `${odd}: ${NAME_MEND}` };
}

function readNamed(typed: string): Read<Pick<EnvironmentAnswer, 'name' | 'channel'>> {
  const [name = '', asked = ''] = typed.split(/=(.*)/s);
  if (!NAME.test(name)) return { why: `${name}: ${NAME_MEND}` };
  const read = readChannel(asked);
  return 'why' in read ? { why: `${read.why}: ${name}=#deploys` } : { value: { name, channel: read.value } };
}

function readDatabase(typed: string): Read<string | null> {
  if (typed === 'embedded') return { value: null };
  if (typed === 'postgres') return { value: '' };
  if (/^postgres(ql)?:\/\//.test(typed) && URL.canParse(typed)) return { value: typed };
  return { why: 'write embedded, postgres, or postgres://user:password@host/database' };
}

async function askForSecrets({ secret }: Asking, { transport }: Answers): Promise<Record<string, string>> {
  const second = transport === 'socket' ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET';
  const where =
    transport === 'socket'
      ? 'an app-level token with connections:write, xapp-…'
      : 'under "Basic Information"';
  return {
    SLACK_BOT_TOKEN: await secret('SLACK_BOT_TOKEN (under "Install App", xoxb-…; Enter: later)'),
    [second]: await secret(`${second} (${where}; Enter: later)`),
  };
}

/** Writes the template for this user alone. What stands in an old one stays. */
function writeSecrets(
  file: string,
  answers: Answers,
  { secrets, force }: { secrets: Record<string, string>; force: boolean },
): string {
  const old = existsSync(file) ? (parseEnv(readFileSync(file, 'utf8')) as Record<string, string>) : null;
  const given = Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== ''));
  if (old && !force && Object.keys(given).length === 0) return `Kept as it is: ${file}`;
  writeFileSync(file, envText(answers, { ...old, ...given }), { mode: 0o600 });
  // An old file keeps its mode when it is written to.
  chmodSync(file, 0o600);
  return `Written: ${file}, for this user alone${old ? '; what stood there stays' : ''}`;
}

function nextSteps({ environments }: Answers, envFile: string): string {
  const channels = [...new Set(environments.map(({ channel: name }) => name))].join(', ');
  return `
Next:
  1. Put the tokens of the Slack app into ${envFile}.
  2. Type /invite @gatehouse in ${channels}.
  3. gate doctor --env-file ${envFile} --send-test
  4. gate serve --env-file ${envFile}

What gate doctor says now:
`;
}
