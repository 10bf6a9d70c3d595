import path from 'node:path';
import type { TrustedKeys } from '../../src/ask/check.ts';
import { contextOf } from '../../src/ask/context.ts';
import { type Ending, verdictOf } from '../../src/ask/ending.ts';
import { passedOnEnvironment } from '../../src/ask/execute.ts';
import { type Ask, pass } from '../../src/ask/pass.ts';
import { readPinnedKeys } from '../../src/ask/pinned-keys.ts';
import { type Bounds, type Client, createClient, Misconfigured } from '../../src/client.ts';
import { type Command, commandText } from '../../src/core/command/command.ts';
import { redact } from '../../src/core/command/redact.ts';
import { parseDuration } from '../../src/core/duration.ts';
import { keyIdOf } from '../../src/core/proof/envelope.ts';
import { logProgress } from './log.ts';
import { cleanUp } from './post.ts';
import {
  addSummary,
  annotateError,
  annotateWarning,
  input,
  inputVariable,
  mask,
  print,
  savedState,
  saveState,
  setOutput,
} from './runner.ts';
import { summaryOf } from './summary.ts';
import { splitWords } from './words.ts';

const INPUTS =
  'command environment url token timeout reason emergency working-directory shell public-key'.split(' ');
/** What the runner gives to actions and not to the commands of a job, and what is ours. */
const NOT_PASSED_ON = new Set([
  ...INPUTS.map(inputVariable),
  ...'GATE_TOKEN GITHUB_STATE STATE_request STATE_started STATE_ended'.split(' '),
  ...'ACTIONS_RUNTIME_TOKEN ACTIONS_RUNTIME_URL ACTIONS_RESULTS_URL ACTIONS_CACHE_URL'.split(' '),
]);
const CONNECT_MS = 60_000;

/** The main part of the step: its exit code is the command's, and never 0 without a run. */
async function main(): Promise<number> {
  saveState('main', 'yes');
  if (input('token')) mask(input('token'));
  const ending = await go().catch((error: unknown): Ending => {
    if (!(error instanceof Misconfigured)) throw error;
    return { kind: 'misconfigured', request: null, why: error.message, hint: error.hint };
  });
  saveState('ended', 'yes');
  return tell(ending);
}

async function go(): Promise<Ending> {
  const ask = readAsk();
  const client = createClient({
    url: needed('url'),
    token: needed('token'),
    allowInsecure: process.env.GATE_INSECURE === '1',
  });
  const { tell, end } = logProgress(commandText(redact(ask.command).command), client.now);
  return pass({
    client,
    ask,
    env: passedOnEnvironment(process.env, ask.cwd, (name) => NOT_PASSED_ON.has(name)),
    connectMs: CONNECT_MS,
    trustedKeys: (bounds) => trustedKeys(client, bounds),
    tell,
  }).finally(end);
}

function readAsk(): Ask {
  const timeout = input('timeout');
  const timeoutSeconds = timeout ? parseDuration(timeout) : undefined;
  if (timeoutSeconds === null || timeoutSeconds === 0 || (timeoutSeconds ?? 1) > 86_400)
    throw new Misconfigured(`timeout is no duration up to 24h: ${timeout}`, 'write it as 90s, 5m or 1h30m');
  return {
    command: readCommand(),
    environment: needed('environment'),
    cwd: path.resolve(process.env.GITHUB_WORKSPACE || process.cwd(), input('working-directory')),
    reason: input('reason') || undefined,
    emergency: readEmergency(),
    timeoutSeconds,
    context: contextOf(process.env),
  };
}

function readCommand(): Command {
  const text = needed('command');
  const shell = input('shell') || 'bash';
  if (shell === 'bash') return { kind: 'shell', text };
  if (shell === 'none') return { kind: 'argv', argv: splitWords(text) };
  throw new Misconfigured(`there is no shell ${shell}`, 'use bash, or none for a program without a shell');
}

/** An emergency without a reason is none; and a word that is no answer must not become the usual way by mistake. */
function readEmergency(): boolean {
  const text = input('emergency') || 'false';
  if (text !== 'true' && text !== 'false')
    throw new Misconfigured(`emergency is neither true nor false: ${text}`, 'write emergency: true');
  if (text === 'true' && !input('reason'))
    throw new Misconfigured(
      'an emergency needs the input reason',
      'say what is wrong and why it cannot wait, under "with:" in the step',
    );
  return text === 'true';
}

function needed(name: string): string {
  const value = input(name);
  if (!value) throw new Misconfigured(`the input ${name} is missing`, `give it under "with:" in the step`);
  return value;
}

/** A runner forgets, so there is no first use to remember: the key is pinned, or TLS alone is trusted. */
async function trustedKeys(client: Client, bounds: Bounds): Promise<TrustedKeys> {
  const pinned = input('public-key');
  const mend = 'compare the input public-key with /api/v1/keys of the gate, on a way you trust';
  if (pinned) return { keys: readPinnedKeys(pinned, 'public-key'), mend };
  const keys = await client.keys(bounds);
  const names = keys.map(keyIdOf).join(', ');
  annotateWarning(
    'Gatehouse',
    `no public-key given: trusting what ${client.origin} says its key is (${names})`,
  );
  return { keys, mend };
}

/** Outputs, annotation, summary. */
function tell(ending: Ending): number {
  const verdict = verdictOf(ending);
  const { decision, id } = ending.request ?? {};
  const people = decision?.people.map((person) => person.name).join(', ');
  const ran = ending.kind === 'ran' && ending.execution.started;
  setOutput('decision', verdict.word);
  setOutput('request-id', id ?? '');
  setOutput('decided-by', people || decision?.by || '');
  setOutput('reason', decision?.reason ?? '');
  setOutput('exit-code', ran ? String(verdict.exitCode) : '');
  addSummary(summaryOf(ending, verdict, { command: input('command'), environment: input('environment') }));

  const sentence = `${verdict.headline.charAt(0).toUpperCase()}${verdict.headline.slice(1)}`;
  if (verdict.exitCode === 0) print(sentence);
  else annotateError('Gatehouse', [sentence, verdict.hint].filter(Boolean).join('. Next: '));
  if (ending.kind === 'ran' && !ending.reported)
    annotateWarning('Gatehouse', 'the gate could not be told how the command ended');
  return verdict.exitCode;
}

try {
  process.exit(savedState('main') ? await cleanUp().then(() => 0) : await main());
} catch (error) {
  annotateError('Gatehouse', `not run: ${(error as Error).message}`);
  process.exit(savedState('main') ? 0 : 1);
}
