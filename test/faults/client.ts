import { randomUUID } from 'node:crypto';
import type { RequestBody } from '../../src/api.ts';
import { awaitDecision, HEARTBEAT_SECONDS } from '../../src/ask/await-decision.ts';
import { checkApproval } from '../../src/ask/check.ts';
import { gatherFacts } from '../../src/ask/facts.ts';
import { createClient } from '../../src/client.ts';
import { digestOf } from '../../src/core/command/digest.ts';
import { CANARY, type FaultWorld } from './world.ts';

const PATIENCE_MS = 60_000;

export interface Outcome {
  request: RequestBody;
  hasRun: boolean;
  /** From the beginning until it knew the decision. */
  decidedMs: number;
}

export interface ClientOptions {
  url?: string;
  onAsked?: (request: RequestBody) => void;
  /** It promises no heartbeat: the test moves the clock by more than a live client would ever be silent. */
  withoutHeartbeat?: boolean;
}

/**
 * A client that asks, waits, checks the grant, uses it up, notes what it runs, and reports: as `gate run` does it, with
 * its own parts, but many of them in this process.
 */
export function runClient(
  world: FaultWorld,
  environment: string,
  argv: string[],
  options: ClientOptions = {},
): Promise<Outcome> {
  const outcome = live(world, environment, argv, options);
  // A test that has failed meanwhile waits for it no more.
  outcome.catch(() => {});
  return outcome;
}

async function live(
  world: FaultWorld,
  environment: string,
  argv: string[],
  options: ClientOptions,
): Promise<Outcome> {
  const client = createClient({ url: options.url ?? world.balancer.url, token: world.token });
  // That of the test that is running now.
  const { signal } = world;
  const gather = () => gatherFacts({ kind: 'argv', argv }, environment, '/', '/usr/bin:/bin');
  const asked = gather();
  const { command, cwd, program } = asked;
  const salt = randomUUID();
  const from = performance.now();
  const bounds = { retryForMs: PATIENCE_MS, signal };
  try {
    const request = await awaitDecision({
      client,
      body: {
        environment,
        argv,
        cwd,
        program: program ?? undefined,
        reason: `use --password ${CANARY}`,
        digest: { salt, sha256: digestOf(asked, salt) },
        heartbeat_seconds: options.withoutHeartbeat ? undefined : HEARTBEAT_SECONDS,
        // Each of a run of its own: many of one run would share a card.
        context: { run_id: randomUUID() },
      },
      idempotencyKey: randomUUID(),
      connectMs: PATIENCE_MS,
      signal,
      tell: (progress) => {
        if (progress.kind !== 'asked' || signal.aborted) return;
        world.ledger.accepted.add(progress.request.id);
        options.onAsked?.(progress.request);
      },
    });
    const decidedMs = performance.now() - from;
    if (request.state !== 'approved') return { request, hasRun: false, decidedMs };
    const mismatch = checkApproval(request, asked, gather(), { keys: [world.publicKey], mend: '' });
    if (mismatch) throw new Error(`${mismatch.fault}: ${mismatch.why}`);
    await client.start(request.id, randomUUID(), bounds);
    world.ledger.ran.push({ requestId: request.id, command, environment, cwd, program });
    await client.report(request.id, { exit_code: 0, signal: null, duration_ms: 1 }, bounds);
    return { request, hasRun: true, decidedMs };
  } finally {
    client.close();
  }
}
