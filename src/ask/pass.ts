import { randomBytes, randomUUID } from 'node:crypto';
import type { RequestBody, Submit } from '../api.ts';
import { type Bounds, type Client, Misconfigured, Refused, Unreachable } from '../client.ts';
import type { Command } from '../core/command/command.ts';
import { digestOf } from '../core/command/digest.ts';
import { redact, redactText } from '../core/command/redact.ts';
import { awaitDecision, HEARTBEAT_SECONDS, type Progress } from './await-decision.ts';
import { checkApproval, type TrustedKeys } from './check.ts';
import type { Ending } from './ending.ts';
import { type Execution, execute, exitCodeOf } from './execute.ts';
import { type Facts, gatherFacts, isUntouched } from './facts.ts';
import { type Interruption, watchInterruption } from './interruption.ts';
import { invocationOf } from './invocation.ts';

export interface Ask {
  command: Command;
  environment: string;
  cwd: string;
  project?: string;
  reason?: string;
  /** Only the emergency list decides it, and a retrospective follows. */
  emergency?: boolean;
  timeoutSeconds?: number;
  context: Submit['context'];
}

export interface Passage {
  client: Client;
  ask: Ask;
  /** The environment the command gets, already without what it must not get; PATH is read from it. */
  env: NodeJS.ProcessEnv;
  /** How long a gate that does not answer at first is tried. */
  connectMs: number;
  trustedKeys(bounds: Bounds): Promise<TrustedKeys>;
  tell(progress: Progress | { kind: 'approved'; request: RequestBody }): void;
}

const WITHDRAW_MS = 3_000;
const REPORT_MS = 10_000;

/** The whole way through the gate: ask, wait, check, use up the approval, run, report. Any doubt ends without a run. */
export async function pass(passage: Passage): Promise<Ending> {
  const interruption = watchInterruption();
  const from = performance.now();
  const known: { request: RequestBody | null } = { request: null };
  try {
    return await go(passage, interruption, known);
  } catch (error) {
    if (interruption.signal.aborted)
      return await takeBack(passage.client, known.request, interruption, performance.now() - from);
    return failure(error, known.request);
  } finally {
    interruption.stop();
  }
}

async function go(
  passage: Passage,
  interruption: Interruption,
  known: { request: RequestBody | null },
): Promise<Ending> {
  const { client, ask, env, connectMs } = passage;
  const { signal } = interruption;
  const searchPath = env.PATH ?? '/usr/bin:/bin';
  const gather = () => gatherFacts(ask.command, ask.environment, ask.cwd, searchPath);
  const tell: Passage['tell'] = (progress) => {
    if ('request' in progress) known.request = progress.request;
    passage.tell(progress);
  };

  const asked = gather();
  const trusted = await passage.trustedKeys({ signal, retryForMs: connectMs });
  const wait = { client, body: bodyOf(ask, asked), idempotencyKey: randomUUID(), connectMs, signal, tell };
  const request = await awaitDecision(wait);
  if (request.state !== 'approved') return { kind: 'refused', request };

  const now = regather(gather, request);
  if ('kind' in now) return now;
  const mismatch = checkApproval(request, asked, now, trusted);
  if (mismatch) return mismatch;
  const invocation = await invocationOf(now, request.decision?.by === 'rule', searchPath);
  if (!invocation) return { kind: 'mismatch', request, fault: 'other-command', ...UNREADABLE };
  const used = await useApproval(client, request, signal);
  if (used) return used;
  // Nothing can interrupt from here to the start of the command but this.
  if (signal.aborted || !isUntouched(now)) {
    const ran = await report(client, request, { started: true, exitCode: null, signal: null, durationMs: 0 });
    signal.throwIfAborted();
    return { kind: 'mismatch', request, fault: 'other-command', ...changedAtLast(now, ran) };
  }
  tell({ kind: 'approved', request });
  const running = execute(invocation, now.cwd, { ...env, PWD: now.cwd });
  interruption.stop();
  const execution = await running;
  return { kind: 'ran', request, execution, reported: await report(client, request, execution) };
}

/** Secrets stay on this machine; the digest binds the real bytes. */
function bodyOf(ask: Ask, facts: Facts): Submit {
  const { command, redactions } = redact(ask.command);
  const salt = randomBytes(16).toString('hex');
  return {
    environment: ask.environment,
    ...(command.kind === 'argv' ? { argv: command.argv } : { command: command.text }),
    project: ask.project,
    reason: ask.reason && redactText(ask.reason),
    emergency: ask.emergency || undefined,
    cwd: facts.cwd,
    program: facts.program ?? undefined,
    digest: { salt, sha256: digestOf(facts, salt) },
    redacted: redactions.length > 0 || undefined,
    timeout_seconds: ask.timeoutSeconds,
    heartbeat_seconds: HEARTBEAT_SECONDS,
    context: ask.context,
  };
}

/** After the approval, what cannot run any more is a mismatch, not a mistake of the caller. */
function regather(gather: () => Facts, request: RequestBody): Facts | Ending {
  try {
    return gather();
  } catch (error) {
    if (!(error instanceof Misconfigured)) throw error;
    const hint = 'look at what changed, then ask again';
    return { kind: 'mismatch', request, fault: 'other-command', why: error.message, hint };
  }
}

/** Burns the single use. Null: it is ours, and only ours. */
async function useApproval(
  client: Client,
  request: RequestBody,
  signal: AbortSignal,
): Promise<Ending | null> {
  const retryForMs = Math.max(0, Date.parse(request.use_by ?? '') - client.now()) || 0;
  try {
    await client.start(request.id, randomUUID(), { signal, retryForMs });
    return null;
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.status !== 409) throw error;
    return { kind: 'mismatch', request, fault: 'used', why: error.message, hint: error.problem.hint };
  }
}

const changedAtLast = (facts: Facts, told: boolean) => ({
  why: `${facts.file} was changed while the approval was being used`,
  hint: `look at what changed, then ask again${told ? '' : '; the gate could not be told that nothing ran'}`,
});

const UNREADABLE = {
  why: 'a rule covers what the gate was shown, but with its secrets the command cannot be read',
  hint: 'take the secret out of the command, for example into a file or a variable of the job',
};

/** Tells the gate how it went. Its failure changes nothing. */
async function report(client: Client, request: RequestBody, execution: Execution): Promise<boolean> {
  const outcome = execution.started
    ? { exit_code: execution.exitCode, signal: execution.signal, duration_ms: execution.durationMs }
    : { exit_code: exitCodeOf(execution), signal: null, duration_ms: 0 };
  const interruption = watchInterruption();
  const signal = AbortSignal.any([interruption.signal, AbortSignal.timeout(REPORT_MS)]);
  try {
    await client.report(request.id, outcome, { signal, retryForMs: REPORT_MS });
    return true;
  } catch {
    return false;
  } finally {
    interruption.stop();
  }
}

async function takeBack(
  client: Client,
  request: RequestBody | null,
  interruption: Interruption,
  afterMs: number,
): Promise<Ending> {
  const signal = String(interruption.signal.reason);
  const ending = { kind: 'interrupted', request, signal, afterMs } as const;
  if (!request) return { ...ending, told: false };
  const bounds = { signal: AbortSignal.timeout(WITHDRAW_MS), retryForMs: WITHDRAW_MS };
  const told = await client.withdraw(request.id, `Interrupted by ${signal}`, bounds).then(
    () => true,
    () => false,
  );
  return { ...ending, told };
}

function failure(error: unknown, request: RequestBody | null): Ending {
  if (error instanceof Misconfigured)
    return { kind: 'misconfigured', request, why: error.message, hint: error.hint };
  if (error instanceof Refused) {
    const { title, detail, hint, errors = [] } = error.problem;
    const fields = errors.map((fault) => `${fault.path}: ${fault.message}`).join('; ');
    const why = [title, detail, fields].filter((part) => part && part !== title).join(': ');
    return { kind: 'misconfigured', request, why: why ? `${title}: ${why}` : title, hint };
  }
  if (error instanceof Unreachable) {
    const hint = request
      ? `the request was ${request.id}; it ends by itself. Ask again when the gate is back`
      : 'is GATE_URL right, does the gate run, can this machine reach it?';
    return { kind: 'unreachable', request, why: error.message, hint };
  }
  throw error;
}
