import type { RequestBody } from '../api.ts';
import { duration } from '../core/duration.ts';
import { type Execution, exitCodeOf } from './execute.ts';

/** Every way an ask can end. Only `ran` means that anything was started. */
export type Ending =
  | { kind: 'ran'; request: RequestBody; execution: Execution; reported: boolean }
  /** Denied, expired, withdrawn or blocked. */
  | { kind: 'refused'; request: RequestBody }
  /** What would run is not what was approved, or may no longer run. */
  | { kind: 'mismatch'; request: RequestBody; fault: string; why: string; hint: string }
  | { kind: 'interrupted'; request: RequestBody | null; signal: string; told: boolean; afterMs: number }
  | { kind: 'unreachable'; request: RequestBody | null; why: string; hint: string }
  | { kind: 'misconfigured'; request: RequestBody | null; why: string; hint: string };

export const EXIT = { denied: 120, withdrawn: 121, blocked: 122, mismatch: 123, expired: 124, noGate: 125 };

/** What to tell the person who waited: one sentence, and what to do next. */
export interface Verdict {
  exitCode: number;
  /** The state in which it ended, in one word: the same for people, `--json` and the action's output. */
  word: string;
  headline: string;
  hint: string | null;
}

export function verdictOf(ending: Ending): Verdict {
  switch (ending.kind) {
    case 'ran':
      return ranVerdict(ending.execution);
    case 'refused':
      return refusedVerdict(ending.request);
    case 'mismatch':
      return {
        exitCode: EXIT.mismatch,
        word: 'mismatch',
        headline: `not run, what would run is not what was approved: ${ending.why}`,
        hint: ending.hint,
      };
    case 'interrupted':
      return {
        exitCode: EXIT.withdrawn,
        word: 'withdrawn',
        headline: `withdrawn after ${duration(ending.afterMs)} (${ending.signal}); nothing was run`,
        hint: ending.told
          ? null
          : 'the gate could not be told; it closes the request when it misses this client',
      };
    case 'unreachable':
      return {
        exitCode: EXIT.noGate,
        word: 'unreachable',
        headline: `the gate cannot be reached, nothing was run: ${ending.why}`,
        hint: ending.hint,
      };
    case 'misconfigured':
      return { exitCode: EXIT.noGate, word: 'misconfigured', headline: ending.why, hint: ending.hint };
  }
}

function ranVerdict(execution: Execution): Verdict {
  const exitCode = exitCodeOf(execution);
  const verdict = { exitCode, word: 'approved', hint: null };
  if (!execution.started)
    return {
      ...verdict,
      headline: `approved, but it could not be started: ${execution.message}`,
      hint: 'mend that and ask again; this approval is used up',
    };
  const { signal, durationMs } = execution;
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${exitCode}`;
  return { ...verdict, headline: `the command ${how} after ${duration(durationMs)}` };
}

function refusedVerdict(request: RequestBody): Verdict {
  const { decision, state } = request;
  const after = decision ? ` after ${duration(decision.after_seconds * 1000)}` : '';
  const reason = decision?.reason ? `: ${decision.reason}` : '';
  const by = deciders(request);
  switch (state) {
    case 'denied': {
      if (decision?.by === 'nobody-there') return nobodyThere(request, after);
      const isLonely = decision?.by === 'nobody-to-ask';
      const hint = isLonely
        ? 'have the gate connected to Slack, or a rule made for this command'
        : `nothing was run; talk to ${by ?? 'them'} before you ask again, and do not ask for the same in another form`;
      return {
        exitCode: EXIT.denied,
        word: state,
        headline: `denied${by ? ` by ${by}` : ''}${after}${reason}`,
        hint,
      };
    }
    case 'blocked':
      return {
        exitCode: EXIT.blocked,
        word: state,
        headline: `blocked by a policy${reason}`,
        hint: 'nothing was run, and nobody can approve it: do what the policy says instead; gate rules explain shows every policy that was looked at',
      };
    case 'expired':
      return {
        exitCode: EXIT.expired,
        word: state,
        headline: `expired: ${tally(request)} within ${duration((decision?.after_seconds ?? 0) * 1000)}`,
        hint: `nothing was run; find somebody in ${placeOf(request)} who can decide now, then ask again`,
      };
    default: {
      const isReplaced = decision?.by === 'newer-request';
      return {
        exitCode: EXIT.withdrawn,
        word: state,
        headline: `withdrawn${by ? ` by ${by}` : ''}${after}${reason}`,
        hint: isReplaced
          ? 'nothing was run; the newer request goes on in its place, do not ask again for this one'
          : 'nothing was run; ask again if it is still wanted',
      };
    }
  }
}

/** An unattended client: nobody decided, so there is nobody to talk to. */
const nobodyThere = (request: RequestBody, after: string): Verdict => ({
  exitCode: EXIT.denied,
  word: 'denied',
  headline: `denied${after}: nobody was there in ${placeOf(request)}, and this token does not wait for them`,
  hint: 'nothing was run; ask again in office hours, or have a rule made for this command',
});

const tally = ({ asked }: RequestBody): string =>
  asked.approvals.length > 0
    ? `only ${asked.approvals.length} of ${asked.approvals_needed} approved`
    : 'nobody decided';

/** The people who decided, or null when it was not people. */
export const deciders = ({ decision }: RequestBody): string | null =>
  decision && decision.people.length > 0 ? listed(decision.people.map((person) => person.name)) : null;

/** How an approval came about: `approved by Ana after 42 s`, `allowed by rule: kubectl get *`. */
export function approvalWords(request: RequestBody): string {
  const { decision } = request;
  const because = decision?.reason ? `: ${shortened(decision.reason)}` : '';
  if (decision?.by === 'rule') return `allowed by rule${because}`;
  if (decision?.by === 'policy') return `allowed by policy${because}`;
  const after = duration((decision?.after_seconds ?? 0) * 1000);
  const by = deciders(request);
  return `approved${by ? ` by ${by}` : ''} after ${after}`;
}

const LONGEST_REASON = 200;
const shortened = (text: string): string =>
  text.length > LONGEST_REASON ? `${text.slice(0, LONGEST_REASON)}…` : text;

export const placeOf = ({ asked, environment }: RequestBody): string =>
  asked.channel ?? `the channel of ${environment}`;

export const listed = (names: string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
