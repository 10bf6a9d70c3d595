import { contextOf } from '../ask/context.ts';
import { type Ending, verdictOf } from '../ask/ending.ts';
import { passedOnEnvironment } from '../ask/execute.ts';
import { type Ask, pass } from '../ask/pass.ts';
import { Misconfigured } from '../client.ts';
import { type Command, commandText } from '../core/command/command.ts';
import { redact } from '../core/command/redact.ts';
import { parseDuration } from '../core/duration.ts';
import { readArguments, type Values, WrongUsage } from './arguments.ts';
import { trustedKeys } from './known-keys.ts';
import { type ProgressPrinter, printProgress } from './progress.ts';
import { endedJson, printJson, waitingJson } from './run-json.ts';
import { complain } from './say.ts';
import { CONNECTION, CONNECTION_HELP, connect } from './settings.ts';

const HELP = `gate run --env ENVIRONMENT [flags] -- CMD ARG…
gate run --env ENVIRONMENT [flags] --shell TEXT

Asks people in Slack, waits for their decision, and runs the command if they approve.

  --env E               the environment it runs against, as the gate knows it
  --shell TEXT          shell text, run by bash without start-up files
  --reason R            why, for the people who decide
  --emergency           it cannot wait for the usual people: only the emergency
                        list of the environment may approve it, everybody is told
                        at once, and a retrospective is due within 24 hours of the
                        approval. Needs --reason. What a rule lets pass owes nothing
  --timeout 5m          give up sooner than the environment does
  --cwd DIR             run in this directory
  --project P           when the token is good for several
  --connect-timeout 60s how long a gate that does not answer at first is tried
  --public-key KEY      the gate's public key (GATE_PUBLIC_KEY); without it the
                        first key seen is remembered
${CONNECTION_HELP}
  --json                on stderr, instead of words: one JSON line when it waits
                        ("event":"waiting"), one at the end ("event":"ended")

Its exit code is the command's own, or
  120 denied    121 withdrawn (Ctrl-C)    122 blocked by a policy
  123 what would run is not what was approved      124 expired, nobody decided
  125 the gate cannot be reached, or something is not set right

The command gets no standard input: what is piped in is not what people approved.
It gets this environment, less GATE_TOKEN and what makes bash or the loader run
something else (BASH_ENV, ENV, SHELLOPTS, BASHOPTS, PS4, PROMPT_COMMAND,
exported functions, LD_PRELOAD, LD_AUDIT).

Example:
  gate run --env production --reason "Release 1.4" -- kubectl rollout restart deployment/api
  gate run --env production --emergency --reason "checkout is down" -- kubectl rollout undo deployment/api`;

const OPTIONS = {
  ...CONNECTION,
  env: { type: 'string' },
  shell: { type: 'string' },
  reason: { type: 'string' },
  emergency: { type: 'boolean' },
  timeout: { type: 'string' },
  cwd: { type: 'string' },
  project: { type: 'string' },
  'connect-timeout': { type: 'string' },
  'public-key': { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Flags = Values<typeof OPTIONS>;

/** `gate run`: asks, waits, checks, runs. Its own exit codes begin at 120, so that the command's can be told apart. */
export async function run(argv: string[]): Promise<number> {
  let isJson = argv.slice(0, firstOperand(argv)).includes('--json');
  try {
    const given = readArguments(argv, { options: OPTIONS, help: HELP });
    if (!given) return 0;
    isJson = given.values.json ?? false;
    const command = readCommand(given.values, given.positionals, argv);
    return await passGate(given.values, command);
  } catch (error) {
    const isKnown = error instanceof Misconfigured || error instanceof WrongUsage;
    const hint = isKnown ? error.hint : 'this is a fault of gate: please report it';
    // 125 as `env` does: a 1 or a 2 could be the command's own.
    const why = (error as Error).message;
    const ending: Ending = { kind: 'misconfigured', request: null, why, hint };
    return finish(ending, isJson);
  }
}

async function passGate(flags: Flags, command: Command): Promise<number> {
  const ask = readAsk(flags, command);
  const client = connect(flags);
  const isLive = process.stderr.isTTY === true && !process.env.CI && process.env.TERM !== 'dumb';
  const printer: ProgressPrinter = flags.json
    ? waitingJson()
    : printProgress({ command: commandText(redact(command).command), now: client.now, isLive });
  const pinned = flags['public-key'] ?? process.env.GATE_PUBLIC_KEY;
  const ending = await pass({
    client,
    ask,
    env: passedOnEnvironment(process.env, ask.cwd, (name) => name === 'GATE_TOKEN'),
    connectMs: seconds(flags['connect-timeout'], '--connect-timeout', 60) * 1000,
    trustedKeys: (bounds) => trustedKeys(pinned, client, bounds, printer.warn),
    tell: printer.tell,
  }).finally(printer.end);
  return finish(ending, flags.json ?? false);
}

function readAsk(flags: Flags, command: Command): Ask {
  if (!flags.env)
    throw new WrongUsage('--env is missing', 'name the environment: gate run --env production -- CMD ARG…');
  const timeout = flags.timeout === undefined ? undefined : seconds(flags.timeout, '--timeout', 0);
  if (timeout !== undefined && (timeout < 1 || timeout > 86_400))
    throw new WrongUsage('--timeout is between 1s and 24h', 'for example --timeout 5m');
  if (flags.emergency && !flags.reason?.trim())
    throw new WrongUsage(
      '--emergency needs --reason',
      'say what is wrong and why it cannot wait: --emergency --reason "checkout is down, OPS-123"',
    );
  return {
    command,
    environment: flags.env,
    cwd: flags.cwd ?? process.cwd(),
    project: flags.project,
    reason: flags.reason,
    emergency: flags.emergency,
    timeoutSeconds: timeout,
    context: contextOf(process.env),
  };
}

function readCommand(flags: Flags, argv: string[], whole: string[]): Command {
  const example = 'gate run --env production -- CMD ARG…';
  if (flags.shell !== undefined) {
    if (argv.length > 0) throw new WrongUsage('--shell and a command were both given', 'give one of them');
    return { kind: 'shell', text: flags.shell };
  }
  if (argv.length === 0) throw new WrongUsage('there is no command to run', example);
  if (!whole.includes('--'))
    throw new WrongUsage('the command has to follow "--"', `so that its flags stay its own: ${example}`);
  if (whole.length - whole.indexOf('--') - 1 !== argv.length)
    throw new WrongUsage(`unexpected argument before "--": ${argv[0]}`, example);
  return { kind: 'argv', argv };
}

/** Says how it ended. A command that ran has said what it had to say itself. */
function finish(ending: Ending, isJson: boolean): number {
  const verdict = verdictOf(ending);
  if (isJson) {
    printJson(endedJson(ending, verdict));
    return verdict.exitCode;
  }
  const hasRun = ending.kind === 'ran' && ending.execution.started;
  if (hasRun) process.stderr.write(`gate: ${verdict.headline}\n`);
  else complain(verdict.headline, verdict.hint);
  if (ending.kind === 'ran' && !ending.reported)
    process.stderr.write('gate: warning: the gate could not be told how it ended\n');
  return verdict.exitCode;
}

function seconds(text: string | undefined, flag: string, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = parseDuration(text);
  if (value === null) throw new WrongUsage(`${flag} is no duration: ${text}`, `write it as 90s, 5m or 1h30m`);
  return value;
}

const firstOperand = (argv: string[]): number => (argv.includes('--') ? argv.indexOf('--') : argv.length);
