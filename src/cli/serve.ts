import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, ConfigFaults, configFileOf, loadConfig } from '../config/config.ts';
import { type Gatehouse, startGatehouse } from '../main.ts';
import { readArguments } from './arguments.ts';
import { withEnvFile } from './env-file.ts';
import { complain } from './say.ts';

const HELP = `gate serve [--config FILE] [--env-file FILE]

Starts the gate: the API, the cards in Slack, the timers. The embedded database
lives in ./.gatehouse (GATE_DATA names another directory) unless DATABASE_URL
names a PostgreSQL.

  --config FILE     the configuration; GATE_CONFIG, or ./gatehouse.yaml
  --env-file FILE   variables, one NAME=value a line; those that are set already win

Variables: SLACK_BOT_TOKEN with SLACK_APP_TOKEN (Socket Mode) or
SLACK_SIGNING_SECRET (HTTP), DATABASE_URL, PORT, HOST, GATE_DATA,
GATE_SIGNING_KEY, GATE_ADMIN_TOKEN, LOG_LEVEL, GATE_DRAIN_SECONDS (how long it
still serves after SIGTERM, while /readyz says 503).

Example:
  SLACK_BOT_TOKEN=xoxb-… SLACK_APP_TOKEN=xapp-… gate serve --config gatehouse.yaml
`;

const OPTIONS = { config: { type: 'string' }, 'env-file': { type: 'string' } } as const;

/** Starts the server and runs until SIGTERM or SIGINT. Exit 2: it must not start as configured. */
export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const variables = withEnvFile(process.env, given.values['env-file']);
  const file = configFileOf(variables, given.values.config);
  let config: Config;
  try {
    config = loadConfig(variables, file);
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    complain(error.message, 'mend these, then start again:');
    for (const { path, message } of error.faults) process.stderr.write(`  ${path}: ${message}\n`);
    return 2;
  }
  // A second signal while it ends is not listened for: it ends the process at once.
  const stop = new Promise<void>((resolve) => {
    const signals = ['SIGTERM', 'SIGINT'] as const;
    const once = () => {
      for (const signal of signals) process.off(signal, once);
      resolve();
    };
    for (const signal of signals) process.on(signal, once);
  });
  const gate = await startGatehouse(config).catch((error: Error) => {
    complain(`the gate cannot start: ${error.message}`, hintFor(error));
    return null;
  });
  if (!gate) return 2;
  await greet(gate, config, file);
  await stop;
  gate.leave();
  await sleep(config.drainSeconds * 1000);
  process.stderr.write('Closing: who waits is told to ask again.\n');
  await gate.close();
  return 0;
}

async function greet(gate: Gatehouse, config: Config, file: string): Promise<void> {
  const lines = [
    ['Gatehouse', `${gate.deps.version}, configured by ${file}`],
    ['Listens on', `${gate.address}, reached at ${config.url}`],
    [
      'Database',
      config.databaseUrl
        ? 'PostgreSQL'
        : `embedded, in ${config.dataDirectory} (single node; it survives a crash, not a power cut)`,
    ],
    ['Public key', `${gate.publicKey}  (GATE_PUBLIC_KEY at the clients)`],
  ];
  const { file: tokenFile, made } = gate.adminToken;
  if (tokenFile)
    lines.push(['Admin token', `${made ? 'made, ' : ''}in ${tokenFile}; gate token create reads it`]);
  for (const check of await gate.ready()) {
    if (!check.ok) lines.push([check.name === 'slack' ? 'Slack' : check.name, check.mend ?? 'not ready']);
  }
  for (const [name, value] of lines) process.stderr.write(`${(name as string).padEnd(12)} ${value}\n`);
}

function hintFor(error: Error & { code?: string }): string {
  if (error.code === 'EADDRINUSE') return 'choose another port with PORT';
  if (error.code === 'ECONNREFUSED' || error.code === 'CONNECT_TIMEOUT')
    return 'check DATABASE_URL and that PostgreSQL runs';
  return 'gate serve --help names the variables it reads';
}
