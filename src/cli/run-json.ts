import type { Ending, Verdict } from '../ask/ending.ts';
import type { ProgressPrinter } from './progress.ts';

/** One line on stderr: stdout is the command's own. */
export const printJson = (value: object): void => {
  process.stderr.write(`${JSON.stringify(value)}\n`);
};

/** Says once that it waits, where, and until when: enough for an agent to tell its person. */
export const waitingJson = (): ProgressPrinter => ({
  tell: (progress) => {
    if (progress.kind !== 'asked' || progress.request.state !== 'pending') return;
    const { id, environment, url, expires_at, asked, assessment, notes } = progress.request;
    const { channel, reviewers, approvals_needed, emergency, problem } = asked;
    printJson({
      event: 'waiting',
      id,
      environment,
      url,
      expires_at,
      asked: { channel, reviewers, approvals_needed, emergency, problem },
      assessment,
      notes,
    });
  },
  warn: () => {},
  end: () => {},
});

/** How it ended, whatever the ending: the same keys each time. */
export function endedJson(ending: Ending, verdict: Verdict): object {
  const { request } = ending;
  const execution = ending.kind === 'ran' && ending.execution.started ? ending.execution : null;
  return {
    event: 'ended',
    state: verdict.word,
    ran: execution !== null,
    exit_code: verdict.exitCode,
    signal: execution?.signal ?? null,
    duration_ms: execution?.durationMs ?? null,
    id: request?.id ?? null,
    url: request?.url ?? null,
    by: request?.decision?.by ?? null,
    decided_by: request?.decision?.people.map((person) => person.name) ?? [],
    reason: request?.decision?.reason ?? null,
    emergency: request?.asked.emergency ?? false,
    fault: ending.kind === 'mismatch' ? ending.fault : null,
    message: verdict.headline,
    hint: verdict.hint,
  };
}
