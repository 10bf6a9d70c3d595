import type { SuggestionState } from '../../store/schema.ts';
import type { SuggestionRow } from '../../store/suggestions.ts';

/** Which suggestion is answered. `version`: what the person saw; with another one by now nothing is changed. */
export interface Answered {
  id: string;
  version: number;
}

/** Why an answer did not count. */
export type AnswerRefusal =
  | { code: 'unknown-suggestion' }
  /** Somebody, or the night, was first. */
  | { code: 'answered-before'; state: SuggestionState; byName: string | null }
  /** It is not what the person saw any more: show it again. */
  | { code: 'suggestion-changed'; suggestion: SuggestionRow }
  | { code: 'retrospective-due' }
  | { code: 'unknown-environment' }
  /** The same person has accepted it: it takes somebody else. */
  | { code: 'same-person' }
  /** People denied a command that it covers; redacted. */
  | { code: 'denied-since'; command: string }
  | { code: 'invalid-rule'; why: string }
  /** A step of narrowing that leads nowhere, in words. */
  | { code: 'not-narrower'; why: string };

export type Refused = { ok: false } & AnswerRefusal;

/** Why this row cannot be answered as the person saw it; null when it can. */
export function whyNotAnswerable(row: SuggestionRow | null, version: number): Refused | null {
  if (!row) return { ok: false, code: 'unknown-suggestion' };
  if (row.state !== 'open' && row.state !== 'half')
    return { ok: false, code: 'answered-before', state: row.state, byName: row.answeredByName };
  return row.version === version ? null : { ok: false, code: 'suggestion-changed', suggestion: row };
}
