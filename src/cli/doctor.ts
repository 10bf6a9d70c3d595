import { configFileOf } from '../config/config.ts';
import { doctor } from '../doctor/doctor.ts';
import { readArguments } from './arguments.ts';
import { withEnvFile } from './env-file.ts';

const HELP = `gate doctor [--config FILE] [--env-file FILE] [--send-test] [--json]

Looks at everything the gate needs: configuration, database, keys, disk, clocks,
address, Slack tokens, scopes, channels, who could approve, on-call keys, mail and
model. Says how to mend each fault. Changes nothing, pages nobody, and works whether
or not the gate runs. Call it with the variables that gate serve gets.

  --config FILE     the configuration; GATE_CONFIG, or ./gatehouse.yaml
  --env-file FILE   variables, one NAME=value a line; those that are set already win
  --send-test       posts a test card into the channel of each environment
  --json            one object: { ok, findings: [{ name, status, says, mend }] }

Exits with 0 when there is no fault, else with 1.

Example:
  gate doctor --env-file .env --send-test
`;

const OPTIONS = {
  config: { type: 'string' },
  'env-file': { type: 'string' },
  'send-test': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

export async function run(argv: string[]): Promise<number> {
  const given = readArguments(argv, { options: OPTIONS, help: HELP });
  if (!given) return 0;
  const { config, 'env-file': envFile, 'send-test': sendTest = false, json = false } = given.values;
  const variables = withEnvFile(process.env, envFile);
  return doctor({
    variables,
    file: configFileOf(variables, config),
    json,
    sendTest,
    out: process.stdout,
    isLive: process.stdout.isTTY === true && !json,
  });
}
