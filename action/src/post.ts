import { createClient } from '../../src/client.ts';
import { input, print, savedState } from './runner.ts';

const BOUND_MS = 5_000;

/** After the job: takes back, or reports, what the main part was killed over. */
export async function cleanUp(): Promise<void> {
  const id = savedState('request');
  if (!id || savedState('ended')) return;
  const options = {
    url: input('url'),
    token: input('token'),
    allowInsecure: process.env.GATE_INSECURE === '1',
  };
  const client = createClient(options);
  const bounds = { signal: AbortSignal.timeout(BOUND_MS), retryForMs: BOUND_MS };
  const started = Number(savedState('started'));
  if (started > 0) {
    const outcome = { exit_code: null, signal: 'SIGKILL', duration_ms: Math.max(0, Date.now() - started) };
    await client.report(id, outcome, bounds);
    print(`The job was cancelled while the command ran; the gate knows (${id})`);
  } else {
    await client.withdraw(id, 'The job was cancelled', bounds);
    print(`The job was cancelled; the request was withdrawn (${id})`);
  }
}
