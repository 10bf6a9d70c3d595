import type { Slot } from './slots.ts';

/** One part of a rule's word after quotes are removed and choices are made (R3). */
export type Token =
  | { kind: 'literal'; text: string }
  | { kind: 'star' }
  | { kind: 'one' }
  /** `members` are the characters themselves, ranges written out. */
  | { kind: 'set'; members: string; text: string }
  | { kind: 'path' }
  | { kind: 'slot'; slot: Slot };

/** What a rule says before choices are made: `{a,b}`, `{svc:a,b}` and `{svc}` are still open. */
export type OpenToken =
  | Token
  | { kind: 'choice'; values: string[]; name: string | null }
  | { kind: 'repeat'; name: string };

export const isWild = (token: Token): boolean => token.kind !== 'literal' && token.kind !== 'slot';
